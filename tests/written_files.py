"""What lies in the files and stores of a sandbox, read back by hand.

Here: plain Python over openpyxl, csv, json and sqlite3: neither the plan nor the
pipeline. Who and what counts is written a third time here and in the tests that
recount. Not here: what must come out (test_recount*.py).
"""

from __future__ import annotations

import csv
import json
import sqlite3
from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import openpyxl

AS_OF = date(2025, 9, 1)
DAY = AS_OF.isoformat()
GRADES = {
    "primary": ["一年级", "二年级", "三年级", "四年级", "五年级", "六年级", *"123456"],
    "junior": ["七年级", "八年级", "九年级", "初一", "初二", "初三", *"789"],
    "senior": ["高一", "高二", "高三", "10", "11", "12"],
}
STAGE_OF_GRADE = {grade: stage for stage, grades in GRADES.items() for grade in grades}
STAGE_OF_TEXT = {"小学": "primary", "初中": "junior", "高中": "senior"}
WEIGHT = {"primary": Fraction(10), "junior": Fraction(11), "senior": Fraction("13.2")}
COMPLETED = {"11": 4, "博士毕业": 4, "14": 3, "硕士毕业": 3, "21": 2, "本科毕业": 2, "31": 1, "专科毕业": 1}


def sheet_rows(path: Path, key: str) -> list[dict[str, object]]:
    """Rows of a workbook's first sheet below the header that holds `key`, totals left out."""
    rows = list(openpyxl.load_workbook(path, read_only=True).active.iter_rows(values_only=True))
    header = next(number for number, row in enumerate(rows) if key in row)
    named = [dict(zip(rows[header], row, strict=False)) for row in rows[header + 1 :]]
    return [row for row in named if row[rows[header][0]] not in ("小计", "合计")]


def exact(value: object) -> Fraction:
    return Fraction(str(value).replace(",", ""))


class Register:
    """Which school a code means on a day."""

    def __init__(self, folder: Path):
        self.rows = sheet_rows(folder / "学校名录.xlsx", "学校标识码")
        with (folder / "代码对照_模拟数据.csv").open(encoding="utf-8-sig", newline="") as file:
            self.decided = {row["source_code"]: row["school_id"] for row in csv.DictReader(file) if row["match_method"] == "manual"}
        self.of_code = {}
        for row in self.rows:
            for code in (row["学校标识码"], row["统一社会信用代码"], row["预算单位代码"]):
                if code:
                    assert code not in self.of_code, "a code stands for two schools"
                    self.of_code[code] = row

    def school(self, code: str, day: date) -> str:
        if code in self.decided:
            return self.decided[code]
        row = self.of_code[code]
        if not row["学校标识码"]:
            return row["上级学校标识码"]
        if row["停用日期"]:
            assert day < datetime.strptime(row["停用日期"], "%Y%m%d").date(), "a closed school in a later file"
            return row["承接学校标识码"]
        return row["学校标识码"]

    @property
    def existing(self) -> dict[str, dict]:
        def there(row) -> bool:
            return not row["停用日期"] and row["启用日期"].replace("-", "") <= DAY.replace("-", "")

        return {row["学校标识码"]: row for row in self.rows if row["学校标识码"] and there(row)}


def items(county: Path, resource: str) -> list[dict[str, str]]:
    with sqlite3.connect(county / "systems" / "student_status.sqlite") as store:
        rows = [json.loads(body) for (body,) in store.execute(f"select body from {resource} order by key")]
    store.close()
    return rows


def full_time_teachers(county: Path, register: Register) -> dict[str, tuple[str, str, str]]:
    """Person -> (school, stage, main course), for those who count."""
    database = sqlite3.connect(county / "systems" / "hr_payroll.sqlite")
    database.row_factory = sqlite3.Row
    with_post = {
        row["id_number"]
        for row in database.execute("select * from posts")
        if row["post_category"] == "专业技术-教师" and row["started_on"] <= DAY and (row["ended_on"] is None or row["ended_on"] >= DAY)
    }
    lessons = defaultdict(list)
    for row in database.execute("select * from subjects_taught"):
        lessons[row["id_number"]].append((row["term"], Decimal(row["weekly_hours"]), row["stage"], row["course"]))
    half_a_year_ago = (AS_OF - timedelta(days=182)).isoformat()
    result = {}
    for row in database.execute("select * from staff"):
        status = row["person_status"]
        at_work = status in ("在岗", "交流") or (status == "病休" and row["status_since"] > half_a_year_ago)
        teaches = row["teaching_status"] == "任教" and (row["staff_category"] == "专任教师" or row["id_number"] in with_post)
        if not (at_work and teaches) or row["employment"] in ("代课", "兼任"):
            continue
        mine = lessons[row["id_number"]]
        term = max(lesson[0] for lesson in mine)
        assert term in ("2024-2025-2", "2025-2026-1")
        most = max(hours for of, hours, _, _ in mine if of == term)
        stage, course = min((stage, course) for of, hours, stage, course in mine if of == term and hours == most)
        assert row["id_number"] not in result, "counted twice"
        result[row["id_number"]] = register.school(row["work_unit_code"], AS_OF), STAGE_OF_TEXT[stage], course
    database.close()
    return result


def filed(county: Path) -> dict[tuple[str, str, str], Fraction | None]:
    """What schools filed by school, stage and measure; None is an empty cell."""
    with (county / "inbox" / "declared" / "填报数据_模拟数据.csv").open(encoding="utf-8", newline="") as file:
        return {
            (row["school_id"], row["stage"], row["measure_id"]): Fraction(row["value"]) if row["value"] else None for row in csv.DictReader(file)
        }


def kinds_of(register: Register) -> dict[str, str]:
    """Code of 办学类型 by school, whatever way its clerk writes it."""
    code = {"小学": "211", "小学教学点": "218", "初级中学": "311", "九年一贯制学校": "312", "十二年一贯制学校": "345", "完全中学": "341", "其他特教学校": "514"}
    written = {school: row["办学类型"].split("-")[0] for school, row in register.existing.items()}
    return {school: code.get(kind, kind) for school, kind in written.items()}


def violations(count: int) -> tuple[Fraction, str]:
    return Fraction(count), "not_met" if count else "met"


def percent(good: int, among: int) -> tuple[Fraction, str]:
    return Fraction(100 * good, among), "met" if good == among else "not_met"


def county_form(county: Path) -> dict[tuple[str, str, str], Fraction]:
    """What the county filed, by stage, category and measure."""
    with (county / "inbox" / "declared" / "县级填报数据_模拟数据.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {(row["as_of_date"], row["county_code"]) for row in rows} == {(DAY, "410183")}
    return {(row["stage"], row["category"], row["measure_id"]): Fraction(row["value"]) for row in rows}
