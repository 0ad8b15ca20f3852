"""What each school has in a county that meets part 1, but for what it is asked to miss.

Here: amounts a little above every threshold, so that every unit meets all seven and
coefficients stay small; one unit that fails the school rule, or one that has so much
of something that the coefficient of its stage is past its limit. Not here: counties
whose part 1 falls as it does by seed (targets.py).
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np

from sandbox.catalogue import RESOURCE_SCHOOL_RULE
from sandbox.fulfilment import Wishes
from sandbox.sizes import Roll
from sandbox.standard import CV_LIMIT, INDICATORS, JUDGED_STAGES, PRIMARY, SPORTS_AREA, TEACHING_AREA, squared_cv
from sandbox.targets import Holdings, Unit, holdings_of, in_grain, judged_units, people_of

_OF_ONE_STAGE = ("primary_school", "junior_school")
_AT_MOST_OF_STAGE = Fraction(1, 3)  # a unit with more students can hardly pull a coefficient past its limit
_FOR_THE_POINT = 3
_STEP = Fraction(1, 8)  # of what the unit needs


def holdings(rolls: list[Roll], rng: np.random.Generator, wishes: Wishes, parent: int) -> list[Holdings]:
    """Teachers and facilities of every school, in the order of `rolls`.

    The school at `parent` has teachers to spare for its point: where no register says
    whose point it is, the school still meets everything without them.
    """
    units = judged_units(rolls)
    for kind in _OF_ONE_STAGE:  # the first school of each kind stands exactly on every threshold
        first = next(unit for unit in units if unit.roll.kind == kind)
        first.exact = {indicator.measure: Fraction(1) for indicator in INDICATORS}
    if RESOURCE_SCHOOL_RULE not in wishes.met:
        unit = _ordinary(units)[int(rng.integers(len(_ordinary(units))))]
        # one below the floor, or two between floor and threshold
        misses = ({TEACHING_AREA: "below_floor"}, {TEACHING_AREA: "within_floor", SPORTS_AREA: "within_floor"})
        unit.wanted = misses[int(rng.integers(2))]
    for unit in units:
        unit.people = people_of(unit, rng)
    by_roll: dict[int, list[Unit]] = {}
    for unit in units:
        by_roll.setdefault(id(unit.roll), []).append(unit)
    result = [holdings_of(roll, by_roll.get(id(roll), []), rng) for roll in rolls]
    of_roll = {id(roll): held for roll, held in zip(rolls, result, strict=True)}
    for place, indicator in enumerate(INDICATORS):
        if indicator.id not in wishes.met:
            stage = JUDGED_STAGES[place % 2]
            _pull_apart(indicator.measure, [unit for unit in units if unit.stage == stage], of_roll)
    own = result[parent].teachers
    own[PRIMARY] = replace(own[PRIMARY], full_time=own[PRIMARY].full_time + _FOR_THE_POINT)
    return result


def _ordinary(units: list[Unit]) -> list[Unit]:
    """Units that share their school's facilities with no other stage, and stand on no line."""
    return [unit for unit in units if unit.roll.kind in _OF_ONE_STAGE and not unit.exact]


def _pull_apart(measure: str, units: list[Unit], of_roll: dict[int, Holdings]) -> None:
    """Give one ordinary unit more and more of `measure` until the stage's coefficient is past its limit."""
    stage, total = units[0].stage, sum(unit.students for unit in units)
    able = [u for u in _ordinary(units) if not u.wanted and u.students <= _AT_MOST_OF_STAGE * total]
    rich = max(able, key=lambda unit: unit.students)
    amounts = {id(unit): of_roll[id(unit.roll)].of(measure, unit.roll, unit.stage) for unit in units}
    step = in_grain(measure, _STEP * rich.needed(measure))
    while (_squared(units, amounts) or 0) <= CV_LIMIT[stage] ** 2:
        amounts[id(rich)] += step
    of_roll[id(rich.roll)].put(measure, stage, amounts[id(rich)])


def _squared(units: list[Unit], amounts: dict[int, Fraction]) -> Fraction | None:
    return squared_cv([unit.students for unit in units], [amounts[id(unit)] for unit in units])
