"""What each school has: teachers, areas, equipment, rooms, chosen to fall where we want.

Here: the choice of amounts so that the county holds every status, exact ties and
coefficients of variation on both sides of their limits.
Not here: a county that meets part 1 (balanced.py), what the amounts amount to
(truth.py), rows and files made from them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction

import numpy as np

from sandbox.sizes import Roll
from sandbox.standard import (
    ABOVE_DEGREE, BACKBONE, CV_LIMIT, EQUIPMENT, FACILITY_MEASURES, FLOOR_SHARE, INDICATOR_OF_MEASURE,
    INDICATORS, JUDGED_STAGES, JUNIOR, MULTIMEDIA, PE_ARTS, PEOPLE_MEASURES, PRIMARY, SENIOR,
    SPLIT_KINDS, SPLIT_WEIGHT, SPORTS_AREA, STAGES_OF_KIND, TEACHING_AREA, squared_cv,
)  # fmt: skip

SHARE_ALL_MET, SHARE_ONE_NOT_MET = 0.55, 0.30
_FULL_TIME_PER_STUDENT = {PRIMARY: (0.060, 0.070), JUNIOR: (0.074, 0.084), SENIOR: (0.075, 0.085)}
_COUNTED = (*PEOPLE_MEASURES, MULTIMEDIA)  # whole numbers
_OF_TEACHERS = {ABOVE_DEGREE: "above_degree", BACKBONE: "backbone", PE_ARTS: "pe_arts"}


@dataclass(frozen=True)
class Teachers:
    """Full-time teachers of one stage of one school, and how many of them have what."""

    full_time: int
    above_degree: int
    backbone: int
    pe_arts: int


@dataclass
class Holdings:
    """What a school holds: teachers by stage, facilities of the whole school."""

    teachers: dict[str, Teachers] = field(default_factory=dict)
    facilities: dict[str, Decimal] = field(default_factory=dict)

    def of(self, measure: str, roll: Roll, stage: str) -> Fraction:
        """What of a measure counts for one stage: its own teachers, its part of the facilities."""
        if measure in PEOPLE_MEASURES:
            return Fraction(getattr(self.teachers[stage], _OF_TEACHERS[measure]))
        return Fraction(self.facilities[measure]) * roll.students[stage] / weighted_students(roll, stage)

    def put(self, measure: str, stage: str, amount: Fraction) -> None:
        """Set the amount of a school of one stage; it has full-time teachers enough for it."""
        if measure in PEOPLE_MEASURES:
            teachers = replace(self.teachers[stage], **{_OF_TEACHERS[measure]: int(amount)})
            self.teachers[stage] = replace(teachers, full_time=max(teachers.full_time, int(amount)))
        else:
            self.facilities[measure] = Decimal(amount.numerator) / Decimal(amount.denominator)


@dataclass
class Unit:
    """A judged unit on its way: what it should come to and what it got."""

    roll: Roll
    stage: str
    wanted: dict[str, str] = field(default_factory=dict)  # measure -> status, else met
    exact: dict[str, Fraction] = field(default_factory=dict)  # measure -> share of the threshold
    people: dict[str, int] = field(default_factory=dict)

    @property
    def students(self) -> int:
        return self.roll.students[self.stage]

    def needed(self, measure: str) -> Fraction:
        """The amount, of the whole school where facilities are shared, on the unit's threshold."""
        return INDICATOR_OF_MEASURE[measure].needed(self.stage, _serves(measure, self))

    def failing(self) -> int:
        return len(self.wanted) + sum(share < 1 for share in self.exact.values())


def holdings(rolls: list[Roll], rng: np.random.Generator) -> list[Holdings]:
    """Teachers and facilities of every school, in the order of `rolls`."""
    units = judged_units(rolls)
    _plant_ties(units)
    _deal_failures(units, rng)
    for unit in units:
        unit.people = people_of(unit, rng)
    for stage in JUDGED_STAGES:
        _widen_backbone([unit for unit in units if unit.stage == stage], CV_LIMIT[stage], rng)
    by_roll: dict[int, list[Unit]] = {}
    for unit in units:
        by_roll.setdefault(id(unit.roll), []).append(unit)
    return [holdings_of(roll, by_roll.get(id(roll), []), rng) for roll in rolls]


def judged_units(rolls: list[Roll]) -> list[Unit]:
    return [Unit(r, s) for r in rolls for s in JUDGED_STAGES if s in r.students and r.in_scope(s)]


def people_of(unit: Unit, rng: np.random.Generator) -> dict[str, int]:
    return {m: int(_amount(m, unit, unit.students, rng)) for m in PEOPLE_MEASURES}


def in_grain(measure: str, amount: Fraction) -> Fraction:
    """The amount, rounded up to what there can be of the measure: whole people and rooms, hundredths of the rest."""
    grain = 1 if measure in _COUNTED else 100
    return Fraction(math.ceil(amount * grain), grain)


def _plant_ties(units: list[Unit]) -> None:
    """Units that stand exactly on a threshold or a floor, or a hair beside it."""
    everything = {indicator.measure: Fraction(1) for indicator in INDICATORS}
    hair_under_threshold, hair_under_floor = Fraction(9999, 10_000), Fraction(8499, 10_000)
    planted = {
        "primary_school": (
            everything,
            {BACKBONE: FLOOR_SHARE},
            {SPORTS_AREA: FLOOR_SHARE},
            {TEACHING_AREA: hair_under_floor},
            {SPORTS_AREA: hair_under_threshold},
        ),
        "junior_school": (
            everything,
            {EQUIPMENT: FLOOR_SHARE},
            {TEACHING_AREA: hair_under_threshold},
            {SPORTS_AREA: hair_under_floor},
        ),
    }
    for kind, shares in planted.items():
        for unit, exact in zip([u for u in units if u.roll.kind == kind], shares, strict=False):
            unit.exact = {m: s for m, s in exact.items() if not (m == EQUIPMENT and unit.stage == PRIMARY)}


def _deal_failures(units: list[Unit], rng: np.random.Generator) -> None:
    """Let about 55 % meet everything, 30 % miss one indicator, the rest miss more."""
    for unit in units:
        value = unit.roll.equipment_per_primary_student
        if unit.stage == JUNIOR and value and SPLIT_WEIGHT[JUNIOR] * value < INDICATOR_OF_MEASURE[EQUIPMENT].threshold[JUNIOR]:
            unit.wanted[EQUIPMENT] = "within_floor"  # follows from the primary part
    free = [unit for unit in units if not unit.exact and not unit.wanted]
    given_one = sum(unit.failing() == 1 for unit in units)
    given_none = sum(bool(unit.exact) and unit.failing() == 0 for unit in units)
    none = max(0, round(SHARE_ALL_MET * len(units)) - given_none)
    one = max(0, round(SHARE_ONE_NOT_MET * len(units)) - given_one)
    order = [free[i] for i in rng.permutation(len(free))]
    for number, unit in enumerate(order[none:]):
        misses = 1 if number < one else int(rng.integers(2, 4))
        for place, measure in enumerate(rng.permutation(_may_miss(unit))[:misses].tolist()):
            within = number % 5 not in (1, 3) if misses == 1 else place % 2 == 0
            possible = _within_floor_exists(measure, unit)
            unit.wanted[measure] = "within_floor" if within and possible else "below_floor"


def _may_miss(unit: Unit) -> list[str]:
    """Measures that can miss without dragging the school's other stage along."""
    both = sum(unit.roll.students.get(stage, 0) > 0 for stage in JUDGED_STAGES) == 2
    if both:
        return list(PEOPLE_MEASURES)
    primary = unit.stage == PRIMARY  # there equipment belongs to the tie of the CV
    return [i.measure for i in INDICATORS if not (primary and i.measure == EQUIPMENT)]


def weighted_students(roll: Roll, stage: str) -> Fraction:
    """Students of `stage` that the whole school's facilities would serve alone."""
    if roll.kind not in SPLIT_KINDS:
        return Fraction(sum(roll.students.values()))
    return sum((SPLIT_WEIGHT[s] * n for s, n in roll.students.items()), Fraction(0)) / SPLIT_WEIGHT[stage]


def _serves(measure: str, unit: Unit) -> Fraction:
    return weighted_students(unit.roll, unit.stage) if measure in FACILITY_MEASURES else Fraction(unit.students)


def _within_floor_exists(measure: str, unit: Unit) -> bool:
    if measure not in _COUNTED:
        return True
    needed = unit.needed(measure)
    return math.ceil(FLOOR_SHARE * needed) < needed


def _amount(measure: str, unit: Unit, served: Fraction | int, rng: np.random.Generator) -> Fraction:
    """An amount for `served` students that comes to the status wanted."""
    needed = INDICATOR_OF_MEASURE[measure].needed(unit.stage, served)
    grain = 1 if measure in _COUNTED else 100
    if measure in unit.exact:
        amount = unit.exact[measure] * needed
        # people and rooms do not come in parts; the ledger keeps four decimals
        return Fraction(math.ceil(amount)) if grain == 1 else Fraction(math.floor(amount * 10_000), 10_000)
    status = unit.wanted.get(measure, "met")
    if status == "met":
        return Fraction(math.ceil(needed * Fraction(rng.uniform(1.0, 1.3)) * grain), grain)
    if status == "within_floor":
        least, most = math.ceil(FLOOR_SHARE * needed * grain), math.ceil(needed * grain) - 1
        return Fraction(int(rng.integers(least, most + 1)), grain)
    most = math.ceil(FLOOR_SHARE * needed * grain) - 1
    return Fraction(min(most, int(needed * Fraction(rng.uniform(0.55, 0.84)) * grain)), grain)


def _widen_backbone(units: list[Unit], limit: Fraction, rng: np.random.Generator) -> None:
    """Give some units ever more backbone teachers until the CV is just past its limit."""
    rich = [unit for unit in units if not unit.exact and BACKBONE not in unit.wanted]
    rich = [rich[i] for i in rng.permutation(len(rich))[: max(1, len(units) // 5)]]
    students = np.array([unit.students for unit in units], dtype=float)
    place = {id(unit): number for number, unit in enumerate(units)}
    counts = np.array([unit.people[BACKBONE] for unit in units], dtype=float)
    turn = 0
    while students.sum() * (counts**2 / students).sum() / counts.sum() ** 2 - 1 <= float(limit**2) + 1e-9:
        counts[place[id(rich[turn % len(rich)])]] += 1
        turn += 1
    for unit, count in zip(units, counts, strict=True):
        unit.people[BACKBONE] = int(count)
    exact = squared_cv([u.students for u in units], [Fraction(u.people[BACKBONE]) for u in units])
    assert exact is not None and exact > limit**2


def holdings_of(roll: Roll, units: list[Unit], rng: np.random.Generator) -> Holdings:
    result = Holdings()
    people = {unit.stage: unit.people for unit in units}
    for stage in STAGES_OF_KIND[roll.kind]:
        result.teachers[stage] = _teachers(stage, roll.students[stage], people.get(stage), rng)
    for measure in FACILITY_MEASURES:
        amount = _facility(measure, roll, units, rng)
        result.facilities[measure] = Decimal(amount.numerator) / Decimal(amount.denominator)
    return result


def _teachers(stage: str, students: int, people: dict[str, int] | None, rng: np.random.Generator) -> Teachers:
    usual = math.ceil(students * rng.uniform(*_FULL_TIME_PER_STUDENT[stage]))
    if people is None:  # not judged: anything believable
        usual = max(usual, 2) if students else 0
        return Teachers(usual, usual * 3 // 4, usual // 8, usual // 6)
    full_time = max(usual, *people.values())
    return Teachers(full_time, people[ABOVE_DEGREE], people[BACKBONE], people[PE_ARTS])


def _facility(measure: str, roll: Roll, units: list[Unit], rng: np.random.Generator) -> Fraction:
    """The whole school's amount."""
    if measure == EQUIPMENT and roll.equipment_per_primary_student:
        return roll.equipment_per_primary_student * weighted_students(roll, PRIMARY)
    if not units:  # not judged: as if for its students, or for a few where nobody is left
        stage = STAGES_OF_KIND[roll.kind][0]
        return _amount(measure, Unit(roll, stage), max(sum(roll.students.values()), 40), rng)
    # the stage that asks for most decides; stages that share may not be told to miss
    amounts = [_amount(measure, unit, _serves(measure, unit), rng) for unit in units]
    return max(amounts)
