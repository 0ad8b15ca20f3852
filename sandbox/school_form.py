"""What only the schools' own form tells: zoned students, the leaving cohort, budgets of private schools.

Here: figures by school and stage for 2.13, 3.1 and 3.4, planned to stand on their
lines or one person beside, and the books of the yearly monitor.
Not here: figures that records decide, computers (the asset cards tell them) (declared.py), the judgement (truth_quality.py,
truth_government.py).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from sandbox.catalogue import NEIGHBOURHOOD, RETENTION, TRAINING_BUDGET
from sandbox.monitor_figures import books, computers
from sandbox.places import TOWNSHIPS
from sandbox.plan import County, School
from sandbox.standard import (
    FUNDED_AS, JUDGED_STAGES, JUNIOR, LEAST_NEIGHBOURHOOD, LEAST_RETENTION, SENIOR, SPLIT_KINDS, STAGES_OF_KIND,
)  # fmt: skip

Unit = tuple[int, str]  # place of the school in the plan, stage


@dataclass
class Cohort:
    """The junior students who left this summer, and what became of those who entered three years before.

    `deaths` None: the school left the cell empty.
    """

    graduates: int
    entrants: int
    transfers_in: int
    transfers_out: int
    deaths: int | None


def is_zoned(school: School) -> bool:
    """Whether 2.13 asks the school: public, not boarding, in a city or town."""
    return not school.is_private and not school.is_boarding and TOWNSHIPS[school.township][2].startswith("1")


def zoned_students(county: County) -> dict[Unit, int]:
    """Students who live in the zone of their school, by unit; of schools that are not asked only a part.

    Primary all, junior exactly enough or a few more; one too few of one stage where
    2.13 is not to be met.
    """
    rng = county.random("zoned students")
    units = [(place, stage) for place, school in enumerate(county.schools) for stage in school.students if stage in JUDGED_STAGES]
    heads = {unit: county.schools[unit[0]].students[unit[1]] for unit in units}
    result = {unit: count * 4 // 5 for unit, count in heads.items()}
    asked = {stage: [u for u in units if u[1] == stage and heads[u] and is_zoned(county.schools[u[0]])] for stage in JUDGED_STAGES}
    judged = [stage for stage in JUDGED_STAGES if asked[stage]]
    spoilt = judged[int(rng.integers(len(judged)))] if NEIGHBOURHOOD not in county.wishes.met else None
    for stage in judged:
        total = sum(heads[unit] for unit in asked[stage])
        wanted = math.ceil(LEAST_NEIGHBOURHOOD[stage] * total / 100)
        wanted = wanted - 1 if stage == spoilt else wanted + int(rng.integers(2)) * ((total - wanted) // 3)
        left = total - wanted  # live elsewhere: most of them in the largest schools
        for unit in sorted(asked[stage], key=heads.get, reverse=True):
            elsewhere = min(left, math.ceil(heads[unit] / 4))
            result[unit], left = heads[unit] - elsewhere, left - elsewhere
    return result


def cohorts(county: County) -> dict[int, Cohort]:
    """The leaving cohort of every junior unit with students, by place of the school.

    Together they stand exactly on 95 % of the second published formula, or a few
    above; one graduate too few where 3.1 is not to be met.
    """
    rng = county.random("cohorts")
    result: dict[int, Cohort] = {}
    for place, school in enumerate(county.schools):
        if students := school.students.get(JUNIOR, 0):
            entrants = max(4, round(students / 3 * rng.uniform(0.95, 1.05)))
            moves = [int(n) for n in rng.binomial(entrants, [0.03, 0.04, 0.0008])]
            result[place] = Cohort(0, entrants, *moves)
    one, *_ = result.values()
    step = LEAST_RETENTION / 100
    one.entrants += -sum(_base(cohort) for cohort in result.values()) % step.denominator
    total = sum(_base(cohort) for cohort in result.values())
    graduates = int(step * total)
    if RETENTION not in county.wishes.met and RETENTION not in county.wishes.open:
        graduates -= 1
    elif rng.random() < 0.5:
        graduates += (total - graduates) // 3
    left = total - graduates  # who did not stay: in proportion, the rest in the largest
    for cohort in sorted(result.values(), key=_base):
        lost = min(left, math.ceil(_base(cohort) * (total - graduates) / total))
        cohort.graduates, left = _base(cohort) - lost, left - lost
    if RETENTION in county.wishes.open:
        one.deaths = None
    return result


def _base(cohort: Cohort) -> int:
    return cohort.entrants + cohort.transfers_in - cohort.transfers_out


def private_budgets(county: County) -> dict[int, tuple[Decimal, Decimal]]:
    """公用经费 and teacher training that private schools say they budget, by place; the first exactly 5 %.

    Where 3.4 is not to be met in a county that is not balanced, the last has a cent less.
    """
    places = [place for place, school in enumerate(county.schools) if school.is_private]
    result = {}
    for number, place in enumerate(places):
        running = Decimal(900) * max(sum(county.schools[place].students.values()), FUNDED_AS)
        training = running * (5 if number == 0 else 6) / 100
        if place == places[-1] and TRAINING_BUDGET not in county.wishes.met and not county.wishes.is_balanced:
            training = running * 5 / 100 - Decimal("0.01")
        result[place] = running, training
    return result


def form_figures(county: County) -> Iterator[tuple[School, str, str, Decimal | int | None]]:
    """School, stage, measure and figure; None is an empty cell."""
    zoned, leaving, money = zoned_students(county), cohorts(county), private_budgets(county)
    for place, school in enumerate(county.schools):
        for stage in school.students:
            if stage != SENIOR:
                yield school, stage, "zoned_students", zoned[place, stage]
                yield school, stage, "zone_base_students", school.students[stage]
        if cohort := leaving.get(place):
            for name, figure in vars(cohort).items():
                yield school, JUNIOR, f"junior_{name}", figure
        whole = "whole" if school.kind in SPLIT_KINDS else STAGES_OF_KIND[school.kind][0]
        if place in money:
            running, training = money[place]
            yield school, whole, "public_funds_budget_yuan", running
            yield school, whole, "training_funds_budget_yuan", training
        if school.kind in SPLIT_KINDS or len(STAGES_OF_KIND[school.kind]) == 1:
            yield school, whole, "books", books(county, school)
            yield school, whole, "computers", computers(county, school)
