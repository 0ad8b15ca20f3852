"""What each indicator of the whole county must be, where the county's systems decide it.

Here: value and status of 2.3 to 2.7, 2.9, 2.12 and 3.4, counted in fractions from
the planned schools, classes, rooms, budget lines and people. Not here: part 1
(truth.py), whether the county was to meet an indicator (fulfilment.py), what needs
evidence, and 2.11: the personnel database does not say since when a teacher is at
the school, so who is eligible cannot be known.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from sandbox.finance import budget_lines
from sandbox.hr_tables import planned_columns
from sandbox.places import TOWNSHIPS
from sandbox.plan import County, School
from sandbox.rooms import rooms_by_school
from sandbox.staff import STAGES, Staff, staff_of
from sandbox.standard import (
    ALL_OF_THEM, ART_ROOMS, BASELINE_SINCE, CERTIFICATE_STAGE, CERTIFICATION, CLASS_SIZE, CLASSES_PER_ROOM, FUNDED_AS,
    JUDGED_STAGES, KINDS_WITH_MUSIC_AND_ART, LEAST_ROOM_M2, MOST_IN_CLASS, MOST_STUDENTS, MUSIC_ART_ROOMS, MUSIC_ROOMS, PRIMARY,
    PRIMARY_BASELINE, ROOM_KINDS, SCHOOL_SIZE, SMALL_SCHOOL_FUNDING, SPECIAL_ED_FUNDING, SPECIAL_FUNDING, TEACHER_TRAINING_COST,
    TRAINING_360H, TRAINING_BUDGET, TRAINING_HOURS_A_YEAR, TRAINING_SHARE, TRAINING_YEARS, is_running_cost,
)  # fmt: skip
from sandbox.truth import write_csv

WHOLE = "all"


@dataclass(frozen=True)
class CountyIndicatorTruth:
    """One row. `value` None: nothing there to judge."""

    indicator_id: str
    component: str
    stage: str
    value: Fraction | None
    status: str


def county_truth_of(county: County) -> list[CountyIndicatorTruth]:
    """The rows, sorted by key; 2.6 is left out for years whose baseline is not typed here."""
    running, training = _budgets(county)
    rows = [
        *(_violations(MUSIC_ART_ROOMS, _short_of_rooms(county, name), component=name) for name in (MUSIC_ROOMS, ART_ROOMS)),
        _violations(SCHOOL_SIZE, _too_large(county)),
        *(_violations(CLASS_SIZE, _crowded_classes(county, stage), stage=stage) for stage in JUDGED_STAGES),
        _special_funding(county, running),
        *_teachers(county),
        _violations(TRAINING_BUDGET, sum(training[unit] < TRAINING_SHARE * amount for unit, amount in running.items())),
    ]
    if county.as_of.year >= BASELINE_SINCE:
        rows.append(_small_schools(county, running))
    return sorted(rows, key=lambda row: (row.indicator_id, row.component, row.stage))


def write_county_truth(rows: list[CountyIndicatorTruth], folder: Path) -> None:
    write_csv(
        folder / "county_indicator.csv",
        "county_code,indicator_id,component,stage,value,status",
        ((row.indicator_id, row.component, row.stage, row.value, row.status) for row in rows),
    )


def _violations(indicator_id: str, count: int, *, component: str = "", stage: str = WHOLE) -> CountyIndicatorTruth:
    return CountyIndicatorTruth(indicator_id, component, stage, Fraction(count), "not_met" if count else "met")


def _at_least(indicator_id: str, value: Fraction, threshold: Fraction) -> CountyIndicatorTruth:
    return CountyIndicatorTruth(indicator_id, "", WHOLE, value, "met" if value >= threshold else "not_met")


def _compulsory_students(school: School) -> int:
    return sum(students for stage, students in school.students.items() if stage in JUDGED_STAGES)


def _short_of_rooms(county: County, component: str) -> int:
    """Schools with fewer rooms of sufficient area than one for each twelve classes begun."""
    short = 0
    for school, rooms in zip(county.schools, rooms_by_school(county), strict=True):
        if school.kind in KINDS_WITH_MUSIC_AND_ART:
            classes = sum(group.stage in JUDGED_STAGES for group in school.classes)
            in_use = [Fraction(room.area) for room in rooms if room.kind == ROOM_KINDS[component] and room.use in ("在用", "自用")]
            large_enough = sum(area >= LEAST_ROOM_M2[component] for area in in_use)
            short += large_enough < math.ceil(Fraction(classes, CLASSES_PER_ROOM))
    return short


def _too_large(county: County) -> int:
    """Schools of every kind whose compulsory part has too many students."""
    return sum(_compulsory_students(school) > MOST_STUDENTS[school.kind] for school in county.schools)


def _crowded_classes(county: County, stage: str) -> int:
    return sum(group.stage == stage and group.size > MOST_IN_CLASS[stage] for school in county.schools for group in school.classes)


def _budgets(county: County) -> tuple[dict[str, Fraction], dict[str, Fraction]]:
    """公用经费 and teacher training by budget unit, over all its functions; a closed unit's by the one that took it over."""
    heirs = county.kept.heirs if county.kept else {}
    newest = {}
    for line in budget_lines(county):
        if line.key not in newest or line.updated > newest[line.key].updated:
            newest[line.key] = line
    running: dict[str, Fraction] = defaultdict(Fraction)
    training: dict[str, Fraction] = defaultdict(Fraction)
    for line in newest.values():
        if not line.is_deleted and is_running_cost(line.economic_code):
            unit = heirs.get(line.unit_code, line.unit_code)
            running[unit] += Fraction(line.amount)
            training[unit] += Fraction(line.amount) * (line.economic_code == TEACHER_TRAINING_COST)
    return running, training


def _small_schools(county: County, running: dict[str, Fraction]) -> CountyIndicatorTruth:
    """Public village schools and points with fewer than 100 students, but not with none."""
    small = [school for school in county.schools if _is_small_village_school(school)]
    if not small:
        return CountyIndicatorTruth(SMALL_SCHOOL_FUNDING, "", WHOLE, None, "not_applicable")
    needed = FUNDED_AS * PRIMARY_BASELINE
    return _violations(SMALL_SCHOOL_FUNDING, sum(running.get(school.budget_unit_code, 0) < needed for school in small))


def _is_small_village_school(school: School) -> bool:
    _, _, urban_rural = TOWNSHIPS[school.township]
    is_village = school.kind == "primary_school" and urban_rural.startswith("2")
    return (is_village or school.kind == "teaching_point") and not school.is_private and 0 < school.students[PRIMARY] < FUNDED_AS


def _special_funding(county: County, running: dict[str, Fraction]) -> CountyIndicatorTruth:
    special = [school for school in county.schools if school.kind == "special_school"]
    amount = sum((running.get(school.budget_unit_code, Fraction(0)) for school in special), Fraction(0))
    return _at_least(SPECIAL_ED_FUNDING, amount / sum(map(_compulsory_students, special)), SPECIAL_FUNDING)


def _teachers(county: County) -> list[CountyIndicatorTruth]:
    """2.9 and 2.12 over the full-time teachers whose stage is primary or junior, whatever their school."""
    staff = staff_of(county)
    judged = {
        person: STAGES[stage]
        for person, stage, is_teacher in zip(staff.identity.tolist(), staff.stage.tolist(), staff.is_teacher().tolist(), strict=True)
        if is_teacher and STAGES[stage] in JUDGED_STAGES
    }
    trained, certified = _trained(county, staff), _certified(county, staff)
    return [
        _at_least(TRAINING_360H, Fraction(100 * len(judged.keys() & trained), len(judged)), ALL_OF_THEM),
        _at_least(CERTIFICATION, Fraction(100 * sum((p, s) in certified for p, s in judged.items()), len(judged)), ALL_OF_THEM),
    ]


def _trained(county: County, staff: Staff) -> set[str]:
    """Persons with 72 hours for each full year of service in the five years before the as-of date's."""
    last = county.as_of.year - 1
    columns = planned_columns(county, staff, "training_hours")
    hours: dict[str, Fraction] = defaultdict(Fraction)
    for person, year, amount in zip(*(columns[name].to_pylist() for name in ("id_number", "training_year", "hours")), strict=True):
        if last - TRAINING_YEARS < year <= last:
            hours[person] += Fraction(amount)
    columns = planned_columns(county, staff, "staff")
    result = set()
    for person, since in zip(columns["id_number"].to_pylist(), columns["teaching_since"].to_pylist(), strict=True):
        year, month = map(int, since.split("-"))
        full_years = max(0, ((last - year) * 12 + 13 - month) // 12)  # to the last December of the window
        if hours.get(person, 0) >= TRAINING_HOURS_A_YEAR * min(full_years, TRAINING_YEARS):
            result.add(person)
    return result


def _certified(county: County, staff: Staff) -> set[tuple[str, str]]:
    """Person and each stage that one of the person's certificates is good for."""
    columns = planned_columns(county, staff, "certificates")
    return {
        (person, stage)
        for person, kind in zip(columns["id_number"].to_pylist(), columns["certificate_kind"].to_pylist(), strict=True)
        if kind in CERTIFICATE_STAGE
        for stage in STAGES[: STAGES.index(CERTIFICATE_STAGE[kind]) + 1]
    }
