"""Differences planted in the files and systems of a county, found by the pipeline; nothing else is told of it."""

from __future__ import annotations

import csv
import json
import sqlite3
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from county_run import run_county
from sandbox.make import make_sandbox
from sandbox.serve import serve

ON_ROLL = {"在籍在读", "1", "01", "1-在籍在读", "在读"}
LIMIT = 45


def raise_an_area(inbox: Path) -> str:
    """Five hundred square metres more on one school's form."""
    (path,) = (inbox / "declared").glob("填报数据_*.csv")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    row = next(row for row in rows if row["measure_id"] == "teaching_area_m2" and row["stage"] == "primary")
    row["value"] = str(Decimal(row["value"]) + 500)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    return row["school_id"]


def even_out_a_form(inbox: Path) -> str:
    """Two classes above the limit on the form, whose pupils sit in smaller ones by the roll."""
    (path,) = (inbox / "declared").glob("教育事业统计_*.xlsx")
    book = openpyxl.load_workbook(path)
    (name,) = [name for name in book.sheetnames if name.startswith("教基2106")]
    count = {row[0].value: row[2] for row in book[name].iter_rows() if len(row) > 2}
    most = max((label for label in count if label and label[0].isdigit() and label != "46-50人"), key=lambda label: count[label].value)
    count[most].value -= 2
    count["46-50人"].value += 2
    school = next(row[1].value for row in book["教基1001_九年一贯制学校"].iter_rows() if row[0].value == "学校标识码")
    book.save(path)
    return school


def put_a_teacher_into_two_schools(database: Path) -> set[str]:
    with sqlite3.connect(database) as systems:
        columns = [row[1] for row in systems.execute("pragma table_info(staff)")]
        taught = "select id_number from subjects_taught where stage = '小学'"
        found = systems.execute(
            f"select * from staff where person_status = '在岗' and staff_category = '专任教师' and teaching_status = '任教' "
            f"and employment = '在编' and id_number in ({taught}) and work_unit_code like '21%' order by id_number"
        ).fetchall()
        first = dict(zip(columns, found[0], strict=True))
        other = next(unit for row in found if (unit := dict(zip(columns, row, strict=True))["work_unit_code"]) != first["work_unit_code"])
        second = {**first, "work_unit_code": other}
        systems.execute(f"insert into staff values ({', '.join('?' * len(columns))})", list(second.values()))
    systems.close()
    return {first["work_unit_code"], other}


def fill_classes_to_the_limit(store: Path) -> str:
    """The largest primary school's pupils, moved on paper until every class but the last has 45."""
    with sqlite3.connect(store) as service:
        kinds = {item["学校标识码"]: item["办学类型"] for (body,) in service.execute("select body from schools") if (item := json.loads(body))}
        pupils = defaultdict(list)
        for key, body in service.execute("select key, body from students order by key"):
            item = json.loads(body)
            if item["学籍状态"] in ON_ROLL and kinds[item["学校标识码"]].removeprefix("211-") in ("小学", "211"):
                pupils[item["学校标识码"]].append((key, item))
        school = max(pupils, key=lambda school: len(pupils[school]))
        classes = sorted({item["班号"] for _, item in pupils[school]})
        assert len(pupils[school]) > 10 * LIMIT and len(classes) * LIMIT >= len(pupils[school])
        moved = [(json.dumps({**item, "班号": classes[place // LIMIT]}, ensure_ascii=False), key) for place, (key, item) in enumerate(pupils[school])]
        service.executemany("update students set body = ? where key = ?", moved)
    service.close()
    return school


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    folder = tmp_path_factory.mktemp("planted")
    made = make_sandbox(folder / "county", schools=20, seed=5)
    inbox, systems = made.folder / "inbox", made.folder / "systems"
    area, form = raise_an_area(inbox), even_out_a_form(inbox)
    two, full = put_a_teacher_into_two_schools(systems / "hr_payroll.sqlite"), fill_classes_to_the_limit(systems / "student_status.sqlite")
    with serve(made.folder) as settings:
        run = run_county(folder / "home", settings)
    return run, area, form, two, full


def test_what_was_planted_is_found_and_nothing_else(planted):
    run, area, form, two, full = planted
    found = {(row["school_id"], row["stage"], row["measure_id"], row["finding"]) for row in run.rows("agreement") if row["grade"] in ("differs", "grave")}
    assert found == {
        (area, "primary", "teaching_area_m2", "raised_by_round_number"),
        (form, "primary", "classes_over_limit", "evened_out_on_form"),
        (full, "primary", "classes_at_limit", "evened_out_on_roll"),
        *((school, "all", "teachers_in_two_schools", "in_two_schools") for school in two),
    }


def test_the_row_shows_both_figures(planted):
    run, area, *_ = planted
    (row,) = [row for row in run.rows("agreement") if row["finding"] == "raised_by_round_number"]
    assert (row["school_id"], row["difference"], row["grade"], row["unit"]) == (area, 500, "grave", "m2")
    measure = {m["basis"]: m["value"] for m in run.rows("measure") if (m["school_id"], m["stage"], m["measure_id"]) == (area, "primary", "teaching_area_m2")}
    assert (row["records_value"], row["declared_value"]) == (measure["records"], measure["declared"])
