"""What schools and the county filed: municipal forms, the tidy file, and one book of education statistics.

Here: figures that agree with the records, for some of the schools, which decide
nothing where records exist; beside them what the form alone tells of every school
(school_form.py). Not here: the records themselves, the county's form (county_form.py),
who fills in a workbook (municipal_forms.py).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

from sandbox.county_form import write_county_form, write_students_of_last_year
from sandbox.form_workbooks import class_bands
from sandbox.monitor_figures import books_filed
from sandbox.municipal_forms import write_county_form_workbook, write_school_workbooks
from sandbox.places import KINDS, MARK, TOWNSHIPS
from sandbox.plan import County, School
from sandbox.school_form import form_figures
from sandbox.spaces import gym_of
from sandbox.standard import (
    ABOVE_DEGREE, BACKBONE, EQUIPMENT, FACILITY_MEASURES, JUNIOR, MULTIMEDIA, PE_ARTS, PRIMARY, SENIOR, SPLIT_KINDS,
    SPORTS_AREA, STAGES_OF_KIND, STUDENTS, TEACHING_AREA,
)  # fmt: skip
from sandbox.workbook import workbook

TIDY_HEADERS = ("as_of_date", "county_code", "township", "school_id", "school_name", "school_type", "stage", "measure_id", "value")


def write_declared(county: County, folder: Path, *, files_only: bool) -> None:
    """The forms of the schools and of the county."""
    write_school_forms(county, folder, files_only=files_only)
    if files_only:
        write_county_form_workbook(county, folder)
    else:
        write_county_form(county, folder)
    write_students_of_last_year(county, folder)


def write_school_forms(county: County, folder: Path, year: str = "", *, files_only: bool) -> None:
    """The forms of a school year; `year` stands in the names of a later year's files."""
    in_book = school_in_book(county)
    figures = [(school, *figure) for school in filing_schools(county) if school is not in_book for figure in filed_figures(school)]
    others = write_school_workbooks(county, [*figures, *form_figures(county)], folder, year, files_only=files_only)
    write_tidy(county, others, county.calendar.statistics_day, folder / f"填报数据_{MARK}{year}.csv")
    write_statistics(county, in_book, folder)


def school_in_book(county: County) -> School:
    """The school whose forms come as a book of statistics."""
    return next(school for school in county.schools if school.kind == "nine_year_school")


def filing_schools(county: County) -> list[School]:
    """Every fifth school, and every one with senior students: their rows are the longest."""
    return [school for place, school in enumerate(county.schools) if place % 5 == 1 or SENIOR in school.students]


def filed_students(county: County) -> dict[str, dict[str, int]]:
    """Students by stage of every school that files them, as its forms of the year and their corrections say."""
    filed, anew = county.filed, county.kept.corrected if county.kept else {}
    return {
        school.school_id: {stage: int(anew.get((school.school_id, stage, STUDENTS), heads)) for stage, heads in school.students.items()}
        for school in (*filing_schools(filed), school_in_book(filed))
    }


def filed_figures(school: School) -> Iterator[tuple[str, str, Decimal]]:
    """Stage, measure and figure: people by stage, facilities of an integrated school as a whole."""
    for stage, students in school.students.items():
        yield stage, STUDENTS, Decimal(students)
        if stage != SENIOR:
            teachers = school.teachers[stage]
            yield stage, ABOVE_DEGREE, Decimal(teachers.above_degree)
            yield stage, BACKBONE, Decimal(teachers.backbone)
            yield stage, PE_ARTS, Decimal(teachers.pe_arts)
    stages = STAGES_OF_KIND[school.kind]
    if school.kind in SPLIT_KINDS or len(stages) == 1:
        for measure in FACILITY_MEASURES:
            yield "whole" if school.kind in SPLIT_KINDS else stages[0], measure, school.facilities[measure]


def write_tidy(county: County, figures: Iterable[tuple[School, str, str, Decimal | int | None]], day: date, path: Path) -> None:
    """School, stage, measure and figure of that day; None is an empty cell."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(TIDY_HEADERS)
        for school, stage, measure, value in figures:
            about = (day.isoformat(), county.code, TOWNSHIPS[school.township][0], school.school_id, school.name, school.kind)
            writer.writerow((*about, stage, measure, "" if value is None else format(Decimal(value), "f")))


def write_statistics(county: County, school: School, folder: Path) -> None:
    """The forms of one nine-year school, as the statistics system exports them: kind in the sheet name."""
    label = KINDS[school.kind][1]
    primary, junior = school.teachers[PRIMARY], school.teachers[JUNIOR]
    gym = gym_of(school)
    teaching, sports = school.facilities[TEACHING_AREA], school.facilities[SPORTS_AREA]
    with workbook(folder / f"教育事业统计_{county.calendar.school_year}.xlsx", county.as_of) as book:
        forms = _Forms(book, label, county.calendar.school_year)
        forms.facts(
            "教基1001",
            "学校（机构）基本情况",
            (("学校标识码", school.school_id), ("学校名称", school.name), ("办学类型", label), ("乡镇", TOWNSHIPS[school.township][0])),
        )
        forms.table("教基1102续", "学校基本情况（续）", ("小学", "初中"), (("县级以上骨干教师", (primary.backbone, junior.backbone)),))
        for form, title, stage in (("教基3112", "小学分类型学生数", PRIMARY), ("教基3115", "初中分类型学生数", JUNIOR)):
            grades = sorted({group.grade for group in school.classes if group.stage == stage})
            heads = [sum(group.size for group in school.classes if group.grade == grade) for grade in grades]
            columns = ("毕业生数", "招生数", "在校生数", "#女", *("一二三四五六七八九"[grade - 1] + "年级" for grade in grades))
            total = school.students[stage]
            girls = total * 47 // 100
            forms.table(
                form,
                title,
                columns,
                (("总计", (heads[-1], heads[0], total, girls, *heads)), ("#女", ("-", "-", girls, girls, *["-"] * len(heads)))),
            )
        for form, title, stage in (("教基2106", "小学班数、班额情况", PRIMARY), ("教基2107", "初中班数、班额情况", JUNIOR)):
            bands = class_bands([group.size for group in school.classes if group.stage == stage])
            forms.table(form, title, ("合计",), (("总计", (sum(bands.values()),)), *((band, (count,)) for band, count in bands.items())))
        forms.teachers("教基4155", "小学专任教师分课程、分学历情况", primary, bar="专科")
        forms.teachers("教基4156", "初中专任教师分课程、分学历情况", junior, bar="本科")
        forms.table(
            "教基5170",
            "校舍情况（平方米）",
            ("面积",),
            (("教学及辅助用房", (teaching + gym,)), ("#室内体育用房", (gym,)), ("行政办公用房", (Decimal("812.5"),))),
        )
        forms.table(
            "教基5176",
            "资产等办学条件",
            ("计量单位", "数量"),
            (
                ("运动场地面积", ("平方米", sports - gym)),
                ("图书", ("册", books_filed(county, school))),
                ("网络多媒体教室", ("间", school.facilities[MULTIMEDIA])),
                ("教学仪器设备资产值", ("万元", school.facilities[EQUIPMENT] / 10_000)),
            ),
        )


class _Forms:
    """Writes forms of one school, each on a sheet named form_kind."""

    def __init__(self, book, label: str, year: int):
        self._book, self._label, self._year = book, label, year

    def _sheet(self, form: str, title: str):
        sheet = self._book.add_worksheet(f"{form}_{self._label}")
        sheet.write_string(0, 0, f"{title}（{MARK}）{self._year}年")
        sheet.write_string(1, 0, f"表号：{form}")
        return sheet

    def facts(self, form: str, title: str, facts: tuple[tuple[str, str], ...]) -> None:
        sheet = self._sheet(form, title)
        for row, pair in enumerate(facts, start=2):
            for column, text in enumerate(pair):
                sheet.write_string(row, column, text)

    def table(self, form: str, title: str, columns: tuple[str, ...], rows) -> None:
        """Header `指标名称, 代码, ...`, then one line a row label."""
        sheet = self._sheet(form, title)
        sheet.write_row(2, 0, ("指标名称", "代码", *columns))
        self._lines(sheet, 3, rows)

    def teachers(self, form: str, title: str, teachers, *, bar: str) -> None:
        """Teachers by degree and course; the courses of 艺术 stand under one merged heading."""
        sheet = self._sheet(form, title)
        middle = self._book.add_format({"align": "center"})
        for column, heading in enumerate(("指标名称", "代码", "合计", "#女", "语文", "体育与健康")):
            sheet.merge_range(2, column, 3, column, heading, middle)
        sheet.merge_range(2, 6, 2, 8, "艺术", middle)
        sheet.write_row(3, 6, ("小计", "音乐", "美术"))
        arts = teachers.pe_arts * 3 // 5
        music = arts // 2
        total = teachers.full_time
        courses = (total - teachers.pe_arts, teachers.pe_arts - arts, arts, music, arts - music)
        degrees = dict.fromkeys(("博士研究生", "硕士研究生", "本科", "专科", "高中阶段", "高中阶段以下"), 0)
        degrees["硕士研究生"] = teachers.above_degree // 20
        degrees["专科" if bar == "专科" else "本科"] = teachers.above_degree - degrees["硕士研究生"]
        degrees["高中阶段" if bar == "专科" else "专科"] = total - teachers.above_degree
        lines = [("总计", (total, total * 3 // 5, *courses)), ("#女", (total * 3 // 5, total * 3 // 5, *["-"] * 5))]
        lines += [(degree, (count, "-", *["-"] * 5)) for degree, count in degrees.items()]
        self._lines(sheet, 4, lines)

    @staticmethod
    def _lines(sheet, first: int, rows) -> None:
        for number, (name, values) in enumerate(rows, start=1):
            row = first + number - 1
            sheet.write_string(row, 0, name)
            sheet.write_string(row, 1, f"{number:02d}")
            for column, value in enumerate(values, start=2):
                if isinstance(value, str):
                    sheet.write_string(row, column, value)
                else:
                    sheet.write_number(row, column, float(value))
