"""What lies in a moved sandbox, counted again by hand for one day.

Plain Python over openpyxl, csv, json and sqlite3, with the rules of who and what counts
written once more: neither the plan nor the pipeline. Here: students, teachers and their
marks, areas, equipment and rooms of every school on the day, whichever file said it last.
Not here: what they must come to (test_advance.py).
"""

from __future__ import annotations

import csv
import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path

import openpyxl

GRADES = {
    "primary": ["一年级", "二年级", "三年级", "四年级", "五年级", "六年级", *"123456"],
    "junior": ["七年级", "八年级", "九年级", "初一", "初二", "初三", *"789"],
    "senior": ["高一", "高二", "高三", "10", "11", "12"],
}
STAGE_OF_GRADE = {grade: stage for stage, grades in GRADES.items() for grade in grades}
STAGE_OF_TEXT = {"小学": "primary", "初中": "junior", "高中": "senior"}
COMPLETED = {"11": 4, "博士毕业": 4, "14": 3, "硕士毕业": 3, "21": 2, "本科毕业": 2, "31": 1, "专科毕业": 1}
BAR = {"primary": 1, "junior": 2, "senior": 9}
COUNTED_LEVELS = ("国家级", "省级", "市级", "县级")
PE_AND_ARTS = ("体育与健康", "体育", "音乐", "美术", "艺术")
EQUIPMENT = ("201", "232", "240", "241", "A0201", "A0209", "A0210")
TEACHING_SPACES = ("普通教室", "专用教室", "实验室", "图书阅览室", "心理辅导室", "其他教学辅助用房")
SPORTS_SPACES = ("运动场地", "室内体育用房")
IN_USE = ("自用", "在用")


class Recount:
    """One sandbox on its day. Amounts by school are those of the school and of all that went into it."""

    def __init__(self, folder: Path, first_day: date):
        self.folder = folder
        self.first_day = first_day
        self.day = date.fromisoformat(json.loads((folder / "sandbox.json").read_text(encoding="utf-8"))["as_of_date"])
        self.register = max(self._dated("registry", "学校名录*.xlsx", self.first_day))[1]
        rows = list(_sheet(self.register, "学校标识码"))
        self.closed = {row["学校标识码"]: row["承接学校标识码"] for row in rows if row["停用日期"] and row["承接学校标识码"]}
        self.school_of = {}
        for row in rows:
            for code in (row["学校标识码"], row["统一社会信用代码"], row["预算单位代码"]):
                if code:
                    self.school_of[code] = row["承接学校标识码"] or row["学校标识码"] or row["上级学校标识码"]
        with (folder / "inbox" / "registry" / "代码对照_模拟数据.csv").open(encoding="utf-8-sig", newline="") as file:
            self.school_of |= {row["source_code"]: row["school_id"] for row in csv.DictReader(file)}

    def items(self, resource: str) -> list[dict[str, str]]:
        with sqlite3.connect(self.folder / "systems" / "student_status.sqlite") as store:
            rows = [json.loads(body) for (body,) in store.execute(f"select body from {resource} order by key")]
        store.close()
        return rows

    def students(self) -> Counter:
        return Counter((row["学校标识码"], STAGE_OF_GRADE[row["年级"]]) for row in self.items("students") if row["学籍状态"] == "在籍在读")

    def teachers(self) -> dict[str, Counter]:
        """Full-time teachers and those above the required degree, of the backbone, of PE and arts, by school and stage."""
        today = self.day.isoformat()
        with sqlite3.connect(self.folder / "systems" / "hr_payroll.sqlite") as database:
            database.row_factory = sqlite3.Row
            table = {name: database.execute(f"select * from {name}").fetchall() for name in ("staff", "posts", "subjects_taught", "degrees", "backbone_titles")}
        database.close()
        with_post = {
            row["id_number"]
            for row in table["posts"]
            if row["post_category"] == "专业技术-教师" and row["started_on"] <= today and (row["ended_on"] or today) >= today
        }
        lessons, degree, holders = defaultdict(list), Counter(), set()
        for row in table["subjects_taught"]:
            lessons[row["id_number"]].append((row["term"], Fraction(row["weekly_hours"]), row["stage"], row["course"]))
        for row in table["degrees"]:
            degree[row["id_number"]] = max(degree[row["id_number"]], COMPLETED.get(row["degree"].split("-")[0], 0))
        for row in table["backbone_titles"]:
            if row["level"] in COUNTED_LEVELS and row["awarded_on"] <= today and (row["valid_to"] or today) >= today:
                holders.add(row["id_number"])
        found: dict[str, Counter] = defaultdict(Counter)
        for row in table["staff"]:
            if not self._counts(row, with_post):
                continue
            person, mine = row["id_number"], lessons[row["id_number"]]
            term = max(lesson[0] for lesson in mine)
            most = max(hours for of, hours, *_ in mine if of == term)
            stage, course = min((stage, course) for of, hours, stage, course in mine if of == term and hours == most)
            unit = self.school_of[row["work_unit_code"]], STAGE_OF_TEXT[stage]
            found["full_time_teachers"][unit] += 1
            found["teachers_above_required_degree"][unit] += degree[person] >= BAR[unit[1]]
            found["backbone_teachers"][unit] += person in holders
            found["pe_arts_teachers"][unit] += course in PE_AND_ARTS
        return found

    def _counts(self, row: sqlite3.Row, with_post: set[str]) -> bool:
        year, month = divmod(self.day.year * 12 + self.day.month - 1 - 6, 12)
        half_a_year_ago = date(year, month + 1, min(self.day.day, 28)).isoformat()
        status = row["person_status"]
        at_work = status in ("在岗", "交流") or (status == "病休" and row["status_since"] > half_a_year_ago)
        teaches = row["teaching_status"] == "任教" and (row["staff_category"] == "专任教师" or row["id_number"] in with_post)
        return at_work and teaches and row["employment"] not in ("代课", "兼任")

    def facilities(self) -> dict[str, Counter]:
        """The four facility measures by school, from the last file that names each holder."""
        found: dict[str, Counter] = defaultdict(Counter)
        for code, rows in self._last("资产卡片*", "单位代码", date(2025, 8, 31)).items():
            for row in rows:
                of_class = row.get("固定资产分类代码（2010国标码）") or row.get("固定资产分类代码")
                counts = of_class.startswith(EQUIPMENT) and row["使用方向"] in ("教学", "", None) and row["使用状况"] in IN_USE
                found["equipment_value_yuan"][self.school_of[code]] += Fraction(str(row["价值"]).replace(",", "")) * counts
        for code, rows in self._last("校舍场地台账*", "学校标识码", date(2025, 8, 31)).items():
            for row in rows:
                kind, area = row["用途类别"], Fraction(str(row["面积（平方米）"])) * (row["使用状况"] in IN_USE)
                found["teaching_area_m2"][self.school_of[code]] += area * (kind in TEACHING_SPACES)
                found["sports_area_m2"][self.school_of[code]] += area * (kind in SPORTS_SPACES)
        for code, rows in self._last("教室清单*", "学校标识码", date(2025, 8, 31)).items():
            for row in rows:
                found["multimedia_classrooms"][self.school_of[code]] += row["是否网络多媒体教室"] == "是" and row["使用状况"] in IN_USE
        return found

    def _last(self, pattern: str, holder: str, undated: date) -> dict[str, list[dict]]:
        """Rows of every holder in the newest files that name it."""
        newest: dict[str, tuple[date, list[dict]]] = {}
        for day, path in sorted(self._dated("asset_register", pattern, undated)):
            of_holder: dict[str, list[dict]] = defaultdict(list)
            for row in _csv(path) if path.suffix == ".csv" else _sheet(path, holder):
                of_holder[row[holder]].append(row)
            newest |= {code: (day, rows) for code, rows in of_holder.items()}
        return {code: rows for code, (_, rows) in newest.items()}

    def _dated(self, source: str, pattern: str, undated: date) -> Iterator[tuple[date, Path]]:
        """Files of the inbox with the day in their name; the first ones have none."""
        for path in (self.folder / "inbox" / source).glob(pattern):
            text = path.stem[-10:]
            yield (date.fromisoformat(text) if text[:2] == "20" and text[4] == "-" else undated), path


def _csv(path: Path) -> list[dict]:
    with path.open(encoding="gb18030", newline="") as file:
        return list(csv.DictReader(file))


def _sheet(path: Path, key: str) -> Iterator[dict[str, object]]:
    """Rows of a workbook's first sheet below the header that holds `key`, totals left out."""
    rows = list(openpyxl.load_workbook(path, read_only=True).active.iter_rows(values_only=True))
    header = next(number for number, row in enumerate(rows) if key in row)
    for row in rows[header + 1 :]:
        named = dict(zip(rows[header], row, strict=False))
        if named[rows[header][0]] not in ("小计", "合计"):
            yield named
