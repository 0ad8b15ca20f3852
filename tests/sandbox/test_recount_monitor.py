"""The yearly monitor and the growth of budgets, counted again from what lies in the files and stores.

Coefficients by their definition (deviations from the mean), where the truth uses sums
of squares; neither the plan nor the pipeline.
"""

from __future__ import annotations

import csv
import sqlite3
from collections import Counter, defaultdict
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest

from written_files import DAY, card_files, exact, filed, shares

MIDDLE_AND_ABOVE = {"副高级", "中级", "高级教师", "一级教师", "中学高级教师", "小学高级教师"}
BELOW = {"助理级", "二级教师", "小学一级", "未定职级", "三级教师", "员级"}
COMPUTERS = ("2010104", "A02010105")
LIMIT = {"primary": Fraction("0.6"), "junior": Fraction("0.5")}  # of a county that means to apply for the title


@pytest.fixture(scope="module", params=["small", "usual", "failing", "fulfilling"])
def county(request) -> Path:
    return request.getfixturevalue(request.param)


def rows_of(county: Path, name: str) -> list[dict[str, str]]:
    with (county / "truth" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def computers(county, register) -> Counter:
    files, found = card_files(county), Counter()
    newest = {row["单位代码"]: day for day, rows in sorted(files, key=lambda file: file[0]) for row in rows}
    for day, rows in files:
        for row in rows:
            counts = row["class"].startswith(COMPUTERS) and row["使用方向"] in ("教学", "", None) and row["使用状况"] in ("自用", "在用")
            if counts and day == newest[row["单位代码"]]:
                found[register.school(row["单位代码"], day)] += int(row["数量"])
    return found


def test_cards_and_forms_tell_the_same_computers(county, computers):
    form = {school: value for (school, _, measure), value in filed(county).items() if measure == "computers"}
    assert form and {school: computers[school] for school in form} == form


def test_every_coefficient_and_composite(county, register, students, teachers, computers):
    ranks = defaultdict(list)
    with sqlite3.connect(county / "systems" / "hr_payroll.sqlite") as database:
        for person, rank, start, end in database.execute("select id_number, professional_rank, started_on, ended_on from posts"):
            assert rank in MIDDLE_AND_ABOVE | BELOW
            if start <= DAY and (end is None or end >= DAY):
                ranks[person].append(rank)
    database.close()
    full_time = Counter((school, stage) for school, stage, _ in teachers.values())
    mid_rank = Counter((school, stage) for person, (school, stage, _) in teachers.items() if MIDDLE_AND_ABOVE & set(ranks[person]))
    assert 0 < sum(mid_rank.values()) < sum(full_time.values())
    books = {school: value for (school, _, measure), value in filed(county).items() if measure == "books"}
    truth = {(row["stage"], row["indicator_id"]): row for row in rows_of(county, "county_monitor")}
    assert len(truth) == 18
    measured = {(row["school_id"], row["stage"], row["measure_id"]): Fraction(row["value"]) for row in rows_of(county, "measure")}
    for stage, limit in LIMIT.items():
        units = [row for row in rows_of(county, "school_unit") if row["stage"] == stage and row["is_in_scope"] == "true"]
        heads = [int(row["students"]) for row in units]
        schools = [row["school_id"] for row in units]
        part = [shares(register, students, school)[stage] for school in schools]
        amounts = {
            "teaching_area_per_student": [measured[school, stage, "teaching_area_m2"] for school in schools],
            "sports_area_per_student": [measured[school, stage, "sports_area_m2"] for school in schools],
            "equipment_value_per_student": [measured[school, stage, "equipment_value_yuan"] for school in schools],
            "computers_per_100": [share * computers[school] for share, school in zip(part, schools, strict=True)],
            "books_per_student": [share * books[school] for share, school in zip(part, schools, strict=True)],
            "teachers_per_student": [Fraction(full_time[school, stage]) for school in schools],
            "teachers_above_required_degree_per_student": [measured[school, stage, "teachers_above_required_degree"] for school in schools],
            "mid_rank_teachers_per_student": [Fraction(mid_rank[school, stage]) for school in schools],
        }
        roots = []
        for name, values in amounts.items():
            mean = sum(values) / sum(heads)
            square = sum(p * (x / p - mean) ** 2 for p, x in zip(heads, values, strict=True)) / sum(heads) / mean**2
            row = truth[stage, name]
            assert Fraction(row["cv_squared"]) == square, name
            assert Fraction(row["mean"]) == mean * (100 if name == "computers_per_100" else 1)
            assert (row["status"], row["cv_limit"]) == ("not_applicable", "")
            roots.append(Decimal(row["cv"]))
            assert abs(Fraction(row["cv"]) ** 2 - square) < Fraction(1, 10**25)
        composite = truth[stage, "composite"]
        assert abs(Decimal(composite["cv"]) - sum(roots) / 8) < Decimal("1e-25")
        assert composite["status"] == ("met" if Fraction(composite["cv"]) <= limit else "not_met")


def test_the_precondition(county, whole):
    rows = [row for row in rows_of(county, "county_monitor") if row["indicator_id"] == "composite"]
    value, status = whole["precondition_yearly_monitor", "", "all"]
    assert status == ("met" if {row["status"] for row in rows} == {"met"} else "not_met")
    assert value == max((Fraction(row["cv"]) for row in rows), key=lambda cv: max(cv - LIMIT[row["stage"]] for row in rows if Fraction(row["cv"]) == cv))


def test_the_money_of_two_years(county, students):
    folder = county / "inbox" / "finance_budget" / "410183"
    total, primary = {}, {}
    for year in (2024, 2025):
        cells = list(openpyxl.load_workbook(folder / f"部门预算表_{year}年.xlsx").active.iter_rows(values_only=True))
        assert f"{year}年" in cells[0][0]
        lines = [(row[2], exact(row[4]) * 10_000) for row in cells[4:] if row[2]]
        total[year] = sum(amount for function, amount in lines if function.startswith("205"))
        primary[year] = sum(amount for function, amount in lines if function == "2050202")
        assert exact(cells[-1][4]) * 10_000 == sum(amount for _, amount in lines)
    with next((county / "inbox" / "declared").glob("县级填报数据_在校生_2024*.csv")).open(encoding="utf-8", newline="") as file:
        before = {row["stage"]: int(row["value"]) for row in csv.DictReader(file) if row["as_of_date"] == "2024-09-01"}
    now = sum(count for (_, stage), count in students.items() if stage == "primary")
    rows = {row["spending"]: row for row in rows_of(county, "spending_growth")}
    assert set(rows) == {"education", "compulsory", "primary", "junior"} and {row["fiscal_year"] for row in rows.values()} == {"2025"}
    assert Fraction(rows["education"]["total_growth"]) == total[2025] / total[2024] - 1
    assert rows["education"]["is_total_not_reduced"] == str(total[2025] >= total[2024]).lower()
    each = (primary[2025] / now) / (primary[2024] / before["primary"]) - 1
    assert (Fraction(rows["primary"]["per_student_growth"]), rows["primary"]["is_per_student_not_reduced"]) == (each, str(each >= 0).lower())
