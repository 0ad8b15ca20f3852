"""What the yearly monitor of basic balance must come to: eight coefficients a stage, and their mean.

Here: squares of coefficients as fractions over the planned schools and persons, their
roots to thirty digits, the composite and the precondition. Not here: part 1, which has
its own seven (truth.py), and how many books and computers there are (monitor_figures.py).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from sandbox.catalogue import YEARLY_MONITOR
from sandbox.declared import filed_students
from sandbox.hr_tables import planned_columns
from sandbox.indicator_row import MET, NOT_MET, WHOLE, IndicatorRow
from sandbox.monitor_figures import books_filed, computers
from sandbox.plan import County, School
from sandbox.staff import STAGES, staff_of
from sandbox.standard import (
    BOOKS, COMPUTERS, FULL_TIME, JUDGED_STAGES, MID_RANK, MID_RANKS, MONITOR_INDICATORS, MONITOR_LIMIT, squared_cv,
)  # fmt: skip
from sandbox.truth import Truth, UnitTruth, share_of_facilities, square_root, write_csv

COMPOSITE = "composite"
_TIE = Decimal("1e-12")


@dataclass(frozen=True)
class MonitorRow:
    """One stage and indicator; `cv_squared` None for the composite, `cv` of which is the mean of the others."""

    stage: str
    indicator_id: str
    school_units: int
    students: int
    mean: Fraction | None
    cv_squared: Fraction | None
    cv: Decimal
    limit: Fraction | None
    status: str


def monitor_rows(county: County, truth: Truth) -> list[MonitorRow]:
    """The nine rows of each stage, sorted by key."""
    held = _held(county, truth)
    rows = []
    for stage in sorted(JUDGED_STAGES):
        counted = [unit for unit in truth.units if unit.stage == stage and unit.scope_reason is None]
        students = [unit.students for unit in counted]
        of_stage = []
        for indicator, (measure, per) in MONITOR_INDICATORS.items():
            amounts = [held[unit.school_id, stage][measure] for unit in counted]
            square = squared_cv(students, amounts)
            assert square is not None
            mean = sum(amounts) * per / sum(students)
            cv = square_root(square)
            of_stage.append(MonitorRow(stage, indicator, len(counted), sum(students), mean, square, cv, None, "not_applicable"))
        composite = sum(row.cv for row in of_stage) / len(of_stage)
        limit = MONITOR_LIMIT[stage]
        status = MET if composite - Decimal(limit.numerator) / Decimal(limit.denominator) < _TIE else NOT_MET
        of_stage.append(MonitorRow(stage, COMPOSITE, len(counted), sum(students), None, None, composite, limit, status))
        rows += sorted(of_stage, key=lambda row: row.indicator_id)
    return rows


def precondition_rows(rows: list[MonitorRow]) -> list[IndicatorRow]:
    """Met where both composites are; the value is the one that lies highest against its limit."""
    composites = [row for row in rows if row.indicator_id == COMPOSITE]
    highest = max(composites, key=lambda row: Fraction(row.cv) - row.limit)
    return [IndicatorRow(YEARLY_MONITOR, "", WHOLE, highest.cv, MET if all(row.status == MET for row in composites) else NOT_MET)]


def write_monitor_truth(county: County, rows: list[MonitorRow], folder: Path) -> None:
    write_csv(
        folder / "county_monitor.csv",
        county.code,
        "county_code,stage,indicator_id,school_units,students,mean,cv_squared,cv,cv_limit,status",
        ((r.stage, r.indicator_id, r.school_units, r.students, r.mean, r.cv_squared, r.cv, r.limit, r.status) for r in rows),
    )


def _held(county: County, truth: Truth) -> dict[tuple[str, str], dict[str, Fraction]]:
    """The eight measures of every unit in scope."""
    schools = {school.school_id: school for school in county.schools}
    filed = filed_students(county)
    full_time, mid_rank = _teachers(county)
    return {
        (unit.school_id, unit.stage): {
            **unit.measures,
            **_property(county, schools[unit.school_id], unit, filed.get(unit.school_id)),
            FULL_TIME: Fraction(full_time[unit.school_id, unit.stage]),
            MID_RANK: Fraction(mid_rank[unit.school_id, unit.stage]),
        }
        for unit in truth.units
        if unit.scope_reason is None
    }


def _property(county: County, school: School, unit: UnitTruth, filed: dict[str, int] | None) -> dict[str, Fraction]:
    """What is filed of a whole school is divided by the students that it filed, where it filed them."""
    by_roll = share_of_facilities(school, unit.stage)
    by_form = share_of_facilities(replace(school, students=filed), unit.stage) if filed else by_roll
    assert by_roll is not None and by_form is not None
    return {BOOKS: by_form * books_filed(county, school), COMPUTERS: by_roll * computers(county, school)}


def _teachers(county: County) -> tuple[Counter, Counter]:
    """Full-time teachers, and those of them whose post of the day is of middle rank or above, by school and stage."""
    staff = staff_of(county)
    columns = planned_columns(county, staff, "posts")
    ranked = {
        person
        for person, rank, start, end in zip(
            *(columns[name].to_pylist() for name in ("id_number", "professional_rank", "started_on", "ended_on")), strict=True
        )
        if rank in MID_RANKS and start <= county.as_of and (end is None or end >= county.as_of)
    }
    full_time: Counter = Counter()
    mid_rank: Counter = Counter()
    for person, place, stage, is_teacher in zip(
        staff.identity.tolist(), staff.school.tolist(), staff.stage.tolist(), staff.is_teacher().tolist(), strict=True
    ):
        if is_teacher:
            unit = county.schools[place].school_id, STAGES[stage]
            full_time[unit] += 1
            mid_rank[unit] += person in ranked
    return full_time, mid_rank
