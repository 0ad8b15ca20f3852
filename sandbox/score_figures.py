"""The verdict tables of a release against the truth, wherever no planted fault reaches.

Here: schools whose data was not hit, row by row, and the rows of the county that rest on no
source that was hit. Not here: quarantine and the like (scorer.py), and what the truth is.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import pyarrow.parquet as pq

from sandbox.dirt.answers import Answer

_CLOSE = Fraction(1, 10**12)
_ROLL, _PEOPLE, _ASSETS, _MONEY, _FORMS = "student_status", "hr_payroll", "asset_register", "finance_budget", "declared"
# Tables of schools: key, and the columns that are compared.
_OF_SCHOOLS = {
    "school_unit": (("school_id", "stage"), ("students", "is_in_scope", "scope_reason")),
    "measure": (("school_id", "stage", "measure_id"), ("value",)),
    "school_indicator": (("school_id", "stage", "indicator_id"), ("value", "status")),
    "school_compliance": (
        ("school_id", "stage"),
        ("indicators_met", "indicators_within_floor", "indicators_below_floor", "indicators_no_data", "verdict", "reasons"),
    ),
}
_OF_THE_COUNTY = {
    "county_balance": (("stage", "indicator_id"), ("school_units", "students", "mean", "cv", "status")),
    "county_indicator": (("indicator_id", "component", "stage"), ("value", "status")),
    "county_monitor": (("stage", "indicator_id"), ("school_units", "students", "mean", "cv", "status")),
    "county_compliance": (("part",), ("verdict", "met", "not_met", "undecided", "reasons")),
    "spending_growth": (("fiscal_year", "spending"), ("total_yuan", "previous_total_yuan", "students", "previous_students")),
}
# Of these the truth tells what the verdict rests on, and a release more.
_TOLD_IN_PART = {"measure", "school_indicator"}
# What a result of the county rests on, beside the register; what is not named rests on the evidence register, and on which schools have pupils.
_RESTS_ON = {
    **dict.fromkeys(("teachers_above_required_degree_per_100", "backbone_teachers_per_100", "pe_arts_teachers_per_100"), {_ROLL, _PEOPLE}),
    **dict.fromkeys(
        ("teaching_area_per_student", "sports_area_per_student", "equipment_value_per_student", "multimedia_classrooms_per_100", "music_art_rooms"),
        {_ROLL, _ASSETS},
    ),
    **dict.fromkeys(("resource_school_rule", "precondition_yearly_monitor", "county_monitor"), {_ROLL, _PEOPLE, _ASSETS, _FORMS}),
    **dict.fromkeys(("class_size", "school_size"), {_ROLL}),
    **dict.fromkeys(("neighbourhood_enrolment", "junior_retention_3yr"), {_ROLL, _FORMS}),
    **dict.fromkeys(("small_school_funding", "special_ed_funding_per_student", "teacher_training_budget_5pct", "spending_growth"), {_ROLL, _MONEY, _FORMS}),
    **dict.fromkeys(("teacher_training_360h", "teacher_certification", "teacher_rotation"), {_PEOPLE}),
    "teacher_pay_vs_civil_servants": {_PEOPLE, _FORMS, "evidence"},
    "left_behind_migrant_children": {_ROLL, _FORMS, "evidence"},
    "quality_high_school_quota": {_FORMS, "evidence"},
    "unified_urban_rural_standards": {_FORMS, "evidence"},
    "disabled_children_enrolment": {_FORMS, "special_education"},
    "national_monitoring_level_gap": {"monitoring", "evidence"},
    "social_recognition": {"survey", _FORMS},
}  # fmt: skip


@dataclass(frozen=True)
class Compared:
    """`rows`: how many were held against the truth. `wrong`: sentences; `wrong_schools`: the schools among them ("" is the county)."""

    rows: int = 0
    wrong: list[str] = field(default_factory=list)
    wrong_schools: set[str] = field(default_factory=set)


def compared(truth: Path, release: Path, answers: Sequence[Answer]) -> Compared:
    hit = {school for answer in answers for school in answer.hit}
    spoilt = {answer.source for answer in answers if answer.is_hit}
    result = Compared()
    rows = 0
    for table, (key, columns) in (_OF_SCHOOLS | _OF_THE_COUNTY).items():
        told = _told(truth / f"{table}.csv")
        made = {tuple(str(row[name]) for name in key): row for row in _made(release / f"{table}.parquet", table)}

        def is_reached(row: Mapping[str, object], table: str = table) -> bool:
            return row.get("school_id", "") in hit or (table in _OF_THE_COUNTY and bool(_rests_on(table, row) & spoilt))

        for row in told:
            mine = made.pop(tuple(row[name] for name in key), None)
            if is_reached(row):
                continue
            rows += 1
            wrong = [name for name in columns if mine is None or not _is_same(mine[name], row[name])]
            if wrong:
                result.wrong.append(f"{table}: {' '.join(row[name] for name in key)}: {', '.join(wrong)}")
                result.wrong_schools.add(row.get("school_id", ""))
        for place, row in made.items():
            if table not in _TOLD_IN_PART and not is_reached(row):
                result.wrong.append(f"{table}: {' '.join(place)}: the truth knows of none")
                result.wrong_schools.add(row.get("school_id", ""))
    return Compared(rows, result.wrong, result.wrong_schools)


def _rests_on(table: str, row: Mapping[str, object]) -> set[str]:
    if table == "county_compliance":
        return {_ROLL, _PEOPLE, _ASSETS, _MONEY, _FORMS, "evidence", "survey", "monitoring", "special_education"}
    return _RESTS_ON.get(row.get("indicator_id", "") if table != "county_monitor" else table, _RESTS_ON.get(table, {"evidence", _ROLL})) | {"registry"}


def _told(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        return []
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def _made(path: Path, table: str) -> Iterable[dict]:
    rows = pq.read_table(path).to_pylist()
    return (row for row in rows if table != "measure" or row["basis"] == "records")


def _is_same(mine: object, told: str) -> bool:
    if mine is None or told == "":
        return mine in (None, "", []) and told == ""
    if isinstance(mine, bool):
        return str(mine).lower() == told
    if isinstance(mine, list):
        return mine == [reason for reason in told.split(";") if reason]
    if isinstance(mine, str):
        return mine == told
    exact = Fraction(told)
    return abs(Fraction(mine) - exact) <= _CLOSE * abs(exact)
