"""The municipal forms as workbooks: figures in, labelled cells out.

Here: a table of schools under merged headings, a sheet of items for one school, and the
county's form with its units and categories. Not here: which figures a school or the
county files (school_form.py, county_form.py), and the forms of the statistics
(statistics_books.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

from sandbox.places import KINDS, MARK
from sandbox.standard import EQUIPMENT, JUNIOR, MULTIMEDIA, PRIMARY, SPORTS_AREA, TEACHING_AREA
from sandbox.workbook import workbook

Figure = Decimal | int | str | None  # text stands as it is ("-": not applicable), None is an empty cell
WHOLE = "whole"
STAGE_HEADINGS = {PRIMARY: "小学", JUNIOR: "初中", WHOLE: "全校"}
BANDS = ((1, 25), (26, 30), (31, 35), (36, 40), (41, 45), (46, 50), (51, 55), (56, 60), (61, 65), (66, None))
_MYRIAD = 10_000
# measure: label of the form, and by what its figure is divided there
_OF_A_STAGE = {
    "zoned_students": ("家庭住址在划片范围内的在校学生人数", 1),
    "full_time_teachers": ("专任教师总数", 1),
    "teachers_with_training_hours": ("近5年培训满360学时专任教师人数", 1),
    "certified_teachers": ("持有教师资格证的专任教师人数", 1),
    "junior_graduates": ("本届毕业学生人数", 1),
    "junior_entrants": ("初一时在校生数", 1),
    "junior_transfers_in": ("三年转入", 1),
    "junior_transfers_out": ("三年转出", 1),
    "junior_deaths": ("三年死亡", 1),
}
_OF_A_SCHOOL = {
    EQUIPMENT: ("教学仪器设备资产值（账面原值，万元）", _MYRIAD),
    MULTIMEDIA: ("网络多媒体教室间数", 1),
    "music_rooms": ("音乐教室/96平方米及以上", 1),
    "art_rooms": ("美术教室/90平方米及以上", 1),
    "public_funds_budget_yuan": ("上一年度公用经费预算总额（万元）", _MYRIAD),
    "training_funds_budget_yuan": ("上一年度教师培训经费预算（万元）", _MYRIAD),
}
_OF_A_COUNTY = {
    "special_school_public_funds_yuan": ("特殊教育学校", "特殊教育学校公用经费", "万元", _MYRIAD),
    "special_school_students": ("特殊教育学校", "特殊教育学校学生数", "人", 1),
    "teacher_average_pay_yuan": ("工资收入", "教师年平均工资", "万元", _MYRIAD),
    "civil_servant_average_pay_yuan": ("工资收入", "公务员年平均工资", "万元", _MYRIAD),
    "rotation_eligible_teachers": ("交流轮岗", "符合交流条件教师总数", "人", 1),
    "rotated_teachers": ("交流轮岗", "实际交流轮岗教师数", "人", 1),
    "rotated_backbone_teachers": ("交流轮岗", "实际交流骨干教师数", "人", 1),
    "quality_high_school_places": ("优质高中招生", "计划总人数", "人", 1),
    "allocated_places": ("优质高中招生", "分配指标数", "人", 1),
    "places_to_rural_schools": ("优质高中招生", "向农村分配数", "人", 1),
    "migrant_children_eligible": ("随迁子女", "符合条件总数", "人", 1),
    "migrant_children_public": ("随迁子女", "公办就读", "人", 1),
    "migrant_children_purchased": ("随迁子女", "政府购买服务民办就读", "人", 1),
    "disabled_children": ("残疾儿童少年", "适龄总数", "人", 1),
    "disabled_children_enrolled": ("残疾儿童少年", "入学总数", "人", 1),
}
_AREA_LABELS = _TEACHING, _GYM_ROOMS, _GYM, _SPORTS_FIELD = ("教学及辅助用房总面积", "室内体育用房面积", "体育馆面积", "校内体育场面积")
# what the form asks of each stage, and of a school as a whole
STAGE_MEASURES = frozenset(_OF_A_STAGE)
SCHOOL_MEASURES = frozenset((TEACHING_AREA, SPORTS_AREA, *_OF_A_SCHOOL))
_AREAS = {"urban": "城市", "rural": "农村"}
_GROUPS = {
    "student": "学生", "parent": "家长", "teacher": "教师", "principal": "校长", "npc_deputy": "人大代表", "cppcc_member": "政协委员",
    "other": "其他", "": "合计",
}  # fmt: skip
_SURVEY = {"survey_sent": "发放", "survey_returned": "回收", "survey_satisfied": "满意"}


@dataclass
class FormSchool:
    """One school's form: figures by (stage or WHOLE, measure).

    `class_sizes`: sizes of all classes by stage, which the form asks in bands. `gym_m2`:
    the part of the sports area that stands inside; the form asks it beside both areas.
    """

    school_id: str
    name: str
    kind: str
    figures: dict[tuple[str, str], Figure]
    class_sizes: Mapping[str, Sequence[int]] = field(default_factory=dict)
    gym_m2: Decimal = Decimal(0)

    def cells(self) -> Iterator[tuple[str, str, Figure]]:
        """Stage, label and what stands in the cell, in the order of the form."""
        for stage in (PRIMARY, JUNIOR):
            for measure, (label, unit) in _OF_A_STAGE.items():
                if (stage, measure) in self.figures:
                    yield stage, label, _divided(self.figures[stage, measure], unit)
            for band, count in class_bands(self.class_sizes[stage]).items() if stage in self.class_sizes else ():
                yield stage, band, count
        if (WHOLE, TEACHING_AREA) in self.figures:
            yield WHOLE, _TEACHING, self.figures[WHOLE, TEACHING_AREA] + self.gym_m2
            yield WHOLE, _GYM_ROOMS, self.gym_m2
        if (WHOLE, SPORTS_AREA) in self.figures:
            yield WHOLE, _GYM, self.gym_m2
            yield WHOLE, _SPORTS_FIELD, self.figures[WHOLE, SPORTS_AREA] - self.gym_m2
        for measure, (label, unit) in _OF_A_SCHOOL.items():
            if (WHOLE, measure) in self.figures:
                yield WHOLE, label, _divided(self.figures[WHOLE, measure], unit)


def write_school_table(schools: Sequence[FormSchool], path: Path, day: date) -> None:
    """One row a school; the stage stands in a merged heading above its columns. What a school does not have is `-`."""
    filed = {school.school_id: {(stage, label): cell for stage, label, cell in school.cells()} for school in schools}
    columns = sorted(dict.fromkeys(key for cells in filed.values() for key in cells), key=lambda key: list(STAGE_HEADINGS).index(key[0]))
    with workbook(path, day) as book:
        sheet = book.add_worksheet("学校填报表")
        sheet.write_string(0, 0, f"义务教育学校填报表（{MARK}）{day.year}年")
        middle = book.add_format({"align": "center"})
        about = ("序号", "学校标识码", "学校名称", "办学类型")
        for place, heading in enumerate(about):
            sheet.merge_range(1, place, 2, place, heading, middle)
        for stage, heading in STAGE_HEADINGS.items():
            places = [place for place, (of, _) in enumerate(columns, start=len(about)) if of == stage]
            if len(places) > 1:
                sheet.merge_range(1, places[0], 1, places[-1], heading, middle)
            elif places:
                sheet.write_string(1, places[0], heading)
        sheet.write_row(2, len(about), [label for _, label in columns])
        for number, school in enumerate(schools, start=1):
            row = number + 2
            sheet.write_number(row, 0, number)
            for place, text in enumerate((school.school_id, school.name, KINDS[school.kind][1]), start=1):
                sheet.write_string(row, place, text)
            for place, key in enumerate(columns, start=len(about)):
                _write(sheet, row, place, filed[school.school_id].get(key, "-"))


def write_school_sheet(school: FormSchool, path: Path, day: date) -> None:
    """One item a row, a column a stage; every item of the form, but classes by size only where they are filed."""
    labels = (*(label for label, _ in _OF_A_STAGE.values()), *_AREA_LABELS, *(label for label, _ in _OF_A_SCHOOL.values()))
    rows: dict[str, dict[str, Figure]] = {label: {} for label in labels}
    for stage, label, cell in school.cells():
        rows.setdefault(label, {})[stage] = cell
    with workbook(path, day) as book:
        sheet = book.add_worksheet("填报表")
        sheet.write_string(0, 0, f"义务教育学校填报表（{MARK}）{day.year}年")
        sheet.write_string(1, 0, f"学校标识码：{school.school_id}")
        sheet.write_string(1, 2, f"学校名称：{school.name}")
        sheet.write_string(2, 0, f"办学类型：{KINDS[school.kind][1]}")
        sheet.write_row(3, 0, ("项目", *STAGE_HEADINGS.values()))
        for row, (label, cells) in enumerate(rows.items(), start=4):
            sheet.write_string(row, 0, label)
            for place, stage in enumerate(STAGE_HEADINGS, start=1):
                _write(sheet, row, place, cells.get(stage, "-"))


def write_county_workbook(figures: Mapping[tuple[str, str, str], Figure], path: Path, day: date) -> None:
    """The county's figures by (stage, category, measure): items with their units, and a sheet of the survey by group."""
    with workbook(path, day) as book:
        sheet = book.add_worksheet("县级填报表")
        sheet.write_string(0, 0, f"县级填报表（{MARK}）{day.year}年")
        sheet.merge_range(1, 0, 1, 1, "项目")
        sheet.write_row(1, 2, ("计量单位", "填报数"))
        row = 2
        for group, label, unit, figure in _county_items(figures):
            sheet.write_string(row, 0, group)
            sheet.write_string(row, 1, label)
            sheet.write_string(row, 2, unit)
            _write(sheet, row, 3, figure)
            row += 1
        if survey := {key: figure for key, figure in figures.items() if key[2] in _SURVEY}:
            _write_survey(book, survey, day)


def _county_items(figures: Mapping[tuple[str, str, str], Figure]) -> Iterator[tuple[str, str, str, Figure]]:
    for stage in (PRIMARY, JUNIOR):
        for category, area in _AREAS.items():
            if (stage, category, "funding_standard_yuan") in figures:
                yield "生均公用经费标准", f"{area}{STAGE_HEADINGS[stage]}", "元/生", figures[stage, category, "funding_standard_yuan"]
    for measure, (group, label, unit, size) in _OF_A_COUNTY.items():
        if ("all", "", measure) in figures:
            yield group, label, unit, _divided(figures["all", "", measure], size)


def _write_survey(book, figures: Mapping[tuple[str, str, str], Figure], day: date) -> None:
    sheet = book.add_worksheet("社会认可度")
    sheet.write_string(0, 0, f"社会认可度调查（{MARK}）{day.year}年")
    sheet.write_row(1, 0, ("对象", *_SURVEY.values()))
    groups = [group for group in _GROUPS if any(category == group for _, category, _ in figures)]
    for row, group in enumerate(groups, start=2):
        sheet.write_string(row, 0, _GROUPS[group])
        for place, measure in enumerate(_SURVEY, start=1):
            _write(sheet, row, place, figures.get(("all", group, measure), "-"))


def class_bands(sizes: Sequence[int]) -> dict[str, int]:
    """How many classes each band of size holds, in the words of the forms."""
    return {_band(low, high): sum(low <= size and (high is None or size <= high) for size in sizes) for low, high in BANDS}


def _band(low: int, high: int | None) -> str:
    if high is None:
        return f"{low}人及以上"
    return f"{high}人及以下" if low == 1 else f"{low}-{high}人"


def _divided(figure: Figure, size: int) -> Figure:
    return figure if figure is None or isinstance(figure, str) or size == 1 else Decimal(figure) / size


def _write(sheet, row: int, place: int, figure: Figure) -> None:
    if figure is None:
        return
    if isinstance(figure, int):
        sheet.write_number(row, place, figure)
    else:  # text keeps every decimal
        sheet.write_string(row, place, figure if isinstance(figure, str) else format(figure, "f"))
