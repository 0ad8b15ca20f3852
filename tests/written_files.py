"""What lies in the files and stores of a sandbox, read back by hand.

Here: plain Python over openpyxl, csv, json and sqlite3: neither the plan nor the
pipeline. Who and what counts is written a third time here and in the tests that
recount. Not here: what must come out (test_recount*.py).
"""

from __future__ import annotations

import csv
import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator
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
SPLIT = ("九年一贯制学校", "十二年一贯制学校", "完全中学", "312", "345", "341")
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
    """What schools filed by school, stage and measure, in the tidy file or on the form; None is an empty cell."""
    folder = county / "inbox" / "declared"
    with (folder / "填报数据_模拟数据.csv").open(encoding="utf-8", newline="") as file:
        found = {(row["school_id"], row["stage"], row["measure_id"]): row["value"] for row in csv.DictReader(file)}
    figures = {key: exact(value) if value else None for key, value in found.items()}
    for path in sorted(folder.glob("学校填报表*.xlsx")):
        rows = [list(row) for row in openpyxl.load_workbook(path).active.iter_rows(values_only=True)]
        for school, kind, cells in form_table(rows) if rows[1][0] == "序号" else [form_sheet(rows)]:
            of_school = form_figures(kind, cells)
            assert not any((school, *key) in figures for key in of_school), "filed twice"
            figures |= {(school, *key): value for key, value in of_school.items()}
    return figures


STAGE_ON_FORM = {"小学": "primary", "初中": "junior", "全校": "whole"}
# label -> measure and what one of its unit is; areas are sums of two labels
ON_FORM = {
    "家庭住址在划片范围内的在校学生人数": ("zoned_students", 1), "本届毕业学生人数": ("junior_graduates", 1), "初一时在校生数": ("junior_entrants", 1),
    "三年转入": ("junior_transfers_in", 1), "三年转出": ("junior_transfers_out", 1), "三年死亡": ("junior_deaths", 1),
    "教学仪器设备资产值（账面原值，万元）": ("equipment_value_yuan", 10_000), "网络多媒体教室间数": ("multimedia_classrooms", 1),
    "上一年度公用经费预算总额（万元）": ("public_funds_budget_yuan", 10_000), "上一年度教师培训经费预算（万元）": ("training_funds_budget_yuan", 10_000),
}  # fmt: skip


def form_table(rows: list[list]) -> Iterator[tuple[str, str, dict]]:
    """School, kind and cells by stage and label, row by row; a merged heading stands above its first column alone."""
    stages, stage = [], None
    for heading in rows[1]:
        stage = heading or stage
        stages.append(STAGE_ON_FORM.get(stage))
    for row in rows[3:]:
        yield row[1], row[3], {(stage, label): cell for stage, label, cell in zip(stages, rows[2], row, strict=True) if stage}


def form_sheet(rows: list[list]) -> tuple[str, str, dict]:
    assert rows[3][0] == "项目"
    stages = [STAGE_ON_FORM[heading] for heading in rows[3][1:4]]
    cells = {(stage, row[0]): cell for row in rows[4:] for stage, cell in zip(stages, row[1:4], strict=True)}
    return rows[1][0].removeprefix("学校标识码："), rows[2][0].removeprefix("办学类型："), cells


def form_figures(kind: str, cells: dict) -> dict[tuple[str, str], Fraction | None]:
    """By stage and measure; a dash is no figure, and what a school of one stage says of the whole school is of that stage."""
    whole = {"小学": "primary", "小学教学点": "primary", "初级中学": "junior", "职业初中": "junior"}.get(kind, "whole")
    told = {key: exact(cell) if cell is not None else None for key, cell in cells.items() if cell != "-"}
    found = {(whole if stage == "whole" else stage, ON_FORM[label][0]): value and value * ON_FORM[label][1] for (stage, label), value in told.items() if label in ON_FORM}
    if ("whole", "教学及辅助用房总面积") in told:
        found[whole, "teaching_area_m2"] = told["whole", "教学及辅助用房总面积"] - told["whole", "室内体育用房面积"]
        found[whole, "sports_area_m2"] = told["whole", "校内体育场面积"] + told["whole", "体育馆面积"]
    areas = {"教学及辅助用房总面积", "室内体育用房面积", "校内体育场面积", "体育馆面积"}
    assert {label for _, label in told} <= ON_FORM.keys() | areas
    return found


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


def shares(register: Register, students: Counter, school: str) -> dict[str, Fraction]:
    """What part of a school's facilities goes to each of its stages."""
    stages = [stage for stage in WEIGHT if students[school, stage]]
    if register.existing[school]["办学类型"].split("-")[0] not in SPLIT:
        return dict.fromkeys(stages or ["primary"], Fraction(1))
    weighted = {stage: WEIGHT[stage] * students[school, stage] for stage in stages}
    return {stage: weight / sum(weighted.values()) for stage, weight in weighted.items()}


def card_files(county: Path) -> list[tuple[date, list[dict]]]:
    folder = county / "inbox" / "asset_register"
    result = []
    for path in sorted(folder.glob("资产卡片_*.csv")):
        with path.open(encoding="gb18030", newline="") as file:
            rows = [{**row, "class": row["固定资产分类代码（2010国标码）"]} for row in csv.DictReader(file)]
        result.append((date.fromisoformat(path.stem[-10:]), rows))
    rows = sheet_rows(folder / "资产卡片_乡镇学校_模拟数据.xlsx", "卡片编号")
    return [*result, (date(2025, 8, 31), [{**row, "class": row["固定资产分类代码"]} for row in rows])]
