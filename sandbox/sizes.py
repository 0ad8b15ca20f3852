"""How many schools of each kind there are, and how many students sit in each.

Here: kinds, student numbers, and the two halves of the primary students whose
equipment makes a coefficient of variation of exactly one half.
Not here: teachers and facilities (targets.py), names and codes (plan.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sandbox.catalogue import SCHOOL_SIZE
from sandbox.fulfilment import Wishes
from sandbox.standard import JUNIOR, MOST_STUDENTS, PRIMARY, SENIOR, scope_reason_of

LEAST_SCHOOLS = 12

# kind -> schools of it in a county of 128, and the least number in any county
_SHARES = {
    "twelve_year_school": (1, 1),
    "complete_secondary_school": (2, 1),
    "special_school": (1, 1),
    "vocational_school": (1, 1),
    "teaching_point": (11, 2),
    "nine_year_school": (11, 1),
    "junior_school": (24, 2),
}

# kind -> usual students by stage before scaling to the county
_USUAL = {
    "primary_school": {PRIMARY: 560},
    "junior_school": {JUNIOR: 950},
    "nine_year_school": {PRIMARY: 640, JUNIOR: 420},
    "twelve_year_school": {PRIMARY: 700, JUNIOR: 520, SENIOR: 480},
    "complete_secondary_school": {JUNIOR: 760, SENIOR: 980},
    "vocational_school": {JUNIOR: 260},
}
_LEAST = 60  # students of an ordinary stage, however small the county

# Equipment per primary student: with half of the students at each value the mean
# is 4000 and the deviation 2000 everywhere, so CV = 1/2 exactly, and the lower
# value stands exactly on the threshold.
LOWER_EQUIPMENT, UPPER_EQUIPMENT = 2000, 6000


@dataclass
class Roll:
    """A school before it has a name: its kind, its students, its equipment half.

    `is_anchor`: the number of students is chosen so that a threshold can be hit
    exactly, and must not move.
    """

    kind: str
    students: dict[str, int]
    is_anchor: bool = False
    equipment_per_primary_student: int | None = None

    def in_scope(self, stage: str) -> bool:
        return scope_reason_of(self.kind, self.students.get(stage, 0)) is None


def kind_counts(schools: int) -> dict[str, int]:
    """How many schools of each kind make a county of that many schools."""
    if schools < LEAST_SCHOOLS:
        raise ValueError(f"a county needs at least {LEAST_SCHOOLS} schools to hold every kind, not {schools}")
    counts = {kind: max(least, round(schools * share / 128)) for kind, (share, least) in _SHARES.items()}
    return {"primary_school": schools - sum(counts.values()), **counts}


def rolls(schools: int, students: int, rng: np.random.Generator, wishes: Wishes = Wishes()) -> list[Roll]:
    """The schools of the county, primary schools first; about `students` in all.

    In a balanced county no school is too large but, where that is not to be met, one
    by one student. Raises ValueError when so many students do not fit its schools.
    """
    result = [Roll(kind, {}) for kind, count in kind_counts(schools).items() for _ in range(count)]
    of_kind = {kind: [roll for roll in result if roll.kind == kind] for kind in kind_counts(schools)}
    _fixed_numbers(of_kind, schools, students, rng)
    if wishes.is_balanced and SCHOOL_SIZE not in wishes.met:
        of_kind["primary_school"][2].students = {PRIMARY: MOST_STUDENTS["primary_school"] + 1}
    _scaled_numbers(result, students, rng)
    if wishes.is_balanced:
        _keep_within_limits(result, students)
    else:
        _equal_halves(result)
    return result


def _fixed_numbers(of_kind: dict[str, list[Roll]], schools: int, students: int, rng: np.random.Generator) -> None:
    usual = students / schools
    # 1000 students make 42 / 10 / 9 / 23 (primary) and 53 / 10 / 9 / 24 (junior) exact
    exact = 1000 if usual >= 300 else 500 if usual >= 150 else 100
    primary, junior = of_kind["primary_school"], of_kind["junior_school"]
    for roll, stage, number in ((primary[0], PRIMARY, exact), (junior[0], JUNIOR, exact)):
        roll.students, roll.is_anchor = {stage: number}, True
    if len(primary) > 6 and usual >= 300:
        # 17 of 2000 is the floor of the backbone indicator
        primary[1].students, primary[1].is_anchor = {PRIMARY: 2000}, True
    if len(primary) > 5:
        primary[-1].students = {PRIMARY: 0}  # on the register, nobody in it
    for number, point in enumerate(of_kind["teaching_point"]):
        low, high = (12, 50) if number % 2 else (50, 97)
        point.students = {PRIMARY: int(rng.integers(low, high))}
    # both sides of the line between a point that counts and one that does not
    of_kind["teaching_point"][0].students = {PRIMARY: 50}
    of_kind["teaching_point"][1].students = {PRIMARY: 49}
    for special in of_kind["special_school"]:
        special.students = {PRIMARY: int(rng.integers(60, 90)), JUNIOR: int(rng.integers(30, 50))}


def _scaled_numbers(result: list[Roll], students: int, rng: np.random.Generator) -> None:
    weights: list[tuple[Roll, str, float]] = []
    nine_year = [roll for roll in result if roll.kind == "nine_year_school"]
    for roll in result:
        if roll.students:
            continue
        size = float(np.clip(rng.lognormal(0.0, 0.45), 0.3, 2.6))
        for stage, usual in _USUAL[roll.kind].items():
            if len(nine_year) > 2 and roll is nine_year[-1] and stage == JUNIOR:
                roll.students[stage] = 0  # opened with its primary part alone
            else:
                weights.append((roll, stage, usual * size))
    rest = students - sum(sum(roll.students.values()) for roll in result)
    scale = max(rest, 0) / sum(weight for _, _, weight in weights)
    for roll, stage, weight in weights:
        roll.students[stage] = max(_LEAST, round(weight * scale))


def _keep_within_limits(result: list[Roll], students: int) -> None:
    """Schools that came out too large give up what is above; a tenth of the county may be lost that way."""
    for roll in result:
        judged = [stage for stage in roll.students if stage != SENIOR]
        above = sum(roll.students[stage] for stage in judged) - MOST_STUDENTS[roll.kind]
        if above > 1:  # one too many is planned
            roll.students[judged[0]] -= above
    if min(min(roll.students.values()) for roll in result) < 0 or sum(sum(r.students.values()) for r in result) < students * 9 // 10:
        raise ValueError(f"{students} students do not fit {len(result)} schools of permitted size / 学生数超出各校规模上限之和")


def _equal_halves(result: list[Roll]) -> None:
    """Divide the primary students that count into two halves of equally many."""
    counted = [roll for roll in result if roll.in_scope(PRIMARY)]
    halves: dict[int, list[Roll]] = {LOWER_EQUIPMENT: [], UPPER_EQUIPMENT: []}

    def put(roll: Roll, value: int) -> None:
        roll.equipment_per_primary_student = value
        halves[value].append(roll)

    def total(value: int) -> int:
        return sum(roll.students[PRIMARY] for roll in halves[value])

    put(counted[0], LOWER_EQUIPMENT)  # the school that stands exactly on every threshold
    integrated = [roll for roll in counted if roll.kind in ("nine_year_school", "twelve_year_school")]
    for number, roll in enumerate(integrated):
        # at the lower value the junior part, worth 1.1 as much, stays under its threshold
        put(roll, LOWER_EQUIPMENT if number % 5 == 2 else UPPER_EQUIPMENT)
    # each half has an ordinary school that can take the last few students
    ordinary = [roll for roll in counted if roll.kind == "primary_school" and not roll.is_anchor]
    spare = dict(zip(halves, ordinary, strict=False))
    for value, roll in spare.items():
        put(roll, value)
    for roll in sorted(counted[1:], key=lambda roll: -roll.students[PRIMARY]):
        if roll.equipment_per_primary_student is None:
            put(roll, min(halves, key=total))
    lighter, heavier = sorted(halves, key=total)
    spare[lighter].students[PRIMARY] += total(heavier) - total(lighter)
