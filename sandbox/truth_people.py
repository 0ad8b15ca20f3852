"""What the rows of part 2 about teachers must be: 2.8 (pay), 2.9, 2.11 and 2.12.

Here: counts over the tables of the personnel database as planned, in fractions.
Not here: whether the county was to meet them (careers.py, pay.py), documents.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from fractions import Fraction

from sandbox.catalogue import BACKBONE_SHARE, CERTIFICATION, PAY_RATIO, ROTATED_SHARE, ROTATION, TEACHER_PAY, TRAINING_360H
from sandbox.county_form import WHOLE, county_figures
from sandbox.hr_tables import planned_columns
from sandbox.indicator_row import IndicatorRow, at_least, percent
from sandbox.plan import County
from sandbox.staff import STAGES, Staff, staff_of
from sandbox.standard import (
    ALL_OF_THEM, CERTIFICATE_STAGE, JUDGED_STAGES, LEAST_BACKBONE_OF_ROTATED, LEAST_PAY_RATIO, LEAST_ROTATED, ROTATES_BELOW_AGE,
    TRAINING_HOURS_A_YEAR, TRAINING_YEARS, YEARS_BEFORE_ROTATION,
)  # fmt: skip


def people_rows(county: County) -> list[IndicatorRow]:
    """Over the full-time teachers whose stage is primary or junior, whatever their school."""
    staff = staff_of(county)
    judged = {
        person: STAGES[stage]
        for person, stage, is_teacher in zip(staff.identity.tolist(), staff.stage.tolist(), staff.is_teacher().tolist(), strict=True)
        if is_teacher and STAGES[stage] in JUDGED_STAGES
    }
    trained, certified = _trained(county, staff), _certified(county, staff)
    return [
        _pay(county, staff, judged),
        at_least(TRAINING_360H, percent(len(judged.keys() & trained), len(judged)), ALL_OF_THEM),
        *_rotation(county, staff, judged),
        at_least(CERTIFICATION, percent(sum((p, s) in certified for p, s in judged.items()), len(judged)), ALL_OF_THEM),
    ]


def _pay(county: County, staff: Staff, judged: dict[str, str]) -> IndicatorRow:
    """Twelve months of the average pay of a month, over what civil servants earn in the year; private schools left out."""
    in_private = {p for p, school in zip(staff.identity.tolist(), staff.school.tolist(), strict=True) if county.schools[school].is_private}
    columns = planned_columns(county, staff, "monthly_pay")
    total, person_months = Fraction(0), set()
    for person, month, gross in zip(*(columns[name].to_pylist() for name in ("id_number", "pay_month", "gross_yuan")), strict=True):
        if person in judged and person not in in_private and month.startswith(str(county.as_of.year - 1)):
            total += Fraction(gross)
            person_months.add((person, month))
    civil = Fraction(county_figures(county.first)[WHOLE, "", "civil_servant_average_pay_yuan"])
    return at_least(TEACHER_PAY, total * 12 / len(person_months) / civil, LEAST_PAY_RATIO, component=PAY_RATIO)


def _rotation(county: County, staff: Staff, judged: dict[str, str]) -> list[IndicatorRow]:
    """Who rotated in the exchange year, among those long enough at one school and young enough when it began."""
    start = county.calendar.exchange_year_start
    end, earliest = date(start.year + 1, 9, 1), county.calendar.years_before(start, YEARS_BEFORE_ROTATION)
    columns = planned_columns(county, staff, "rotations")
    rotated, came_lately = set(), set()
    names = ("id_number", "rotation_kind", "from_unit_code", "to_unit_code", "started_on")
    for person, kind, home, there, day in zip(*(columns[name].to_pylist() for name in names), strict=True):
        if kind != "无" and home != there:
            if start <= day < end and day <= county.as_of:
                rotated.add(person)
            elif earliest < day < start:
                came_lately.add(person)
    columns = planned_columns(county, staff, "staff")
    names = ("id_number", "sex", "birth_month", "teaching_since", "joined_on")
    eligible = set()
    for person, sex, born, since, joined in zip(*(columns[name].to_pylist() for name in names), strict=True):
        is_young = born > f"{county.calendar.years_before(start, ROTATES_BELOW_AGE[sex]):%Y-%m}"
        has_stayed = since <= f"{earliest:%Y-%m}" and person not in came_lately if person in rotated else joined <= earliest
        if person in judged and is_young and has_stayed:
            eligible.add(person)
    backbone = {person for person, is_one in zip(staff.identity.tolist(), staff.is_backbone.tolist(), strict=True) if is_one}
    of_them = rotated & judged.keys()
    return [
        at_least(ROTATION, percent(len(of_them), len(eligible)), LEAST_ROTATED, component=ROTATED_SHARE),
        at_least(ROTATION, percent(len(of_them & backbone), len(of_them)), LEAST_BACKBONE_OF_ROTATED, component=BACKBONE_SHARE),
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
