"""Statistics workbooks: forms by label, several schools, units, subtotals that count once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from reading import read_one

from sources.declaration import Context
from sources.refusal import Misconfigured, Refusal

TITLE = ["2025年教育事业统计报表（模拟数据）"]


def facts(school="3141000001", kind="九年一贯制学校", name="某校") -> list[list]:
    return [[f"学校标识码：{school}", None, f"学校名称：{name}"], ["办学类型：", kind, None, "乡镇：曲梁镇"]]


def pupils(total) -> list[list]:
    return [["指标名称", "代码", "招生数", "在校生数", "#女"], ["甲", "乙", "1", "2", "3"], ["总计", "01", 90, total, 40], ["#女", "02", 44, 40, "-"]]


BUILDINGS = [["指标名称", "代码", "面积"], ["教学及辅助用房", "1", 4500.5], ["#室内体育用房", "2", 300.25], ["行政办公用房", "3", 80]]
ASSETS = [
    ["指标名称", "代码", "计量单位", "数量"], ["运动场地面积", "1", "平方米", "7,000"], ["图书", "2", "册", 1], ["网络多媒体教室", "3", "间", 24],
    ["教学仪器设备资产值", "4", "万元", 123.4567],
]  # fmt: skip
TEACHERS = [
    ["指标名称", "代码", "合计", "#女", "语文", "体育与健康", "艺术", None, None],
    [None, None, None, None, None, None, "小计", "音乐", "美术"],
    ["总计", "1", 100, 60, 40, 7, 9, 5, 4],
    ["#女", "2", 60, 60, 30, 1, 2, 1, 1],
    ["博士研究生", "3", "-", "-", "-", "-", "-", "-", "-"],
    ["硕士研究生", "4", 3, 2, 1, "-", "-", "-", "-"],
    ["本科", "5", 50, 2, 1, "-", "-", "-", "-"],
    ["专科", "6", 30, 2, 1, "-", "-", "-", "-"],
    ["高中阶段", "7", 17, 2, 1, "-", "-", "-", "-"],
]


def merges(sheet: str, first: int) -> list[tuple]:
    return [(sheet, first, column, first + 1, column, TEACHERS[0][column]) for column in range(6)] + [(sheet, first, 6, first, 8, "艺术")]


def figures(read) -> dict[tuple[str, str, str], Decimal]:
    return {(row["school_id"], row["stage"], row["measure_id"]): row["value"] for row in read.rows}


def one_school(workbook, kind="九年一贯制学校", **forms):
    forms = forms or {"教基3112": pupils(1000), "教基3115": pupils(500), "教基5170": BUILDINGS, "教基5176": ASSETS, "教基4155": TEACHERS, "教基4156": TEACHERS}
    sheets = {f"{form}_{kind}": [TITLE, *facts(kind=kind), *rows] for form, rows in forms.items()}
    extra = [merge for form in forms if form in ("教基4155", "教基4156") for merge in merges(f"{form}_{kind}", 3)]
    return workbook("教育事业统计_2025.xlsx", merges=extra, **sheets)


def test_a_nine_year_school(workbook):
    read = read_one("declared", one_school(workbook))
    assert figures(read) == {
        ("3141000001", "primary", "students"): Decimal(1000),
        ("3141000001", "junior", "students"): Decimal(500),
        ("3141000001", "primary", "full_time_teachers"): Decimal(100),
        ("3141000001", "junior", "full_time_teachers"): Decimal(100),
        ("3141000001", "primary", "teachers_above_required_degree"): Decimal(83),  # 3 + 50 + 30
        ("3141000001", "junior", "teachers_above_required_degree"): Decimal(53),  # 3 + 50
        ("3141000001", "primary", "pe_arts_teachers"): Decimal(16),  # 7 + 9; music and fine art are the 9
        ("3141000001", "junior", "pe_arts_teachers"): Decimal(16),
        ("3141000001", "whole", "teaching_area_m2"): Decimal("4200.25"),  # 4500.5 - 300.25
        ("3141000001", "whole", "sports_area_m2"): Decimal("7300.25"),  # 7000 + 300.25
        ("3141000001", "whole", "equipment_value_yuan"): Decimal(1234567),
        ("3141000001", "whole", "multimedia_classrooms"): Decimal(24),
        ("3141000001", "whole", "books"): Decimal(1),
    }
    row = read.rows[0]
    assert (row["as_of_date"], row["county_code"], row["township"], row["school_type"]) == (date(2025, 9, 1), "410183", "曲梁镇", "nine_year_school")
    assert (row["_sheet"], row["_row"]) == ("教基3112_九年一贯制学校", 6)
    assert read.delivery.as_of_date == date(2025, 9, 1) and not read.delivery.damages


@pytest.mark.parametrize(("kind", "stage"), [("小学", "primary"), ("211-小学", "primary"), ("218", "primary"), ("初级中学", "junior"), ("完全中学", "whole"), ("十二年一贯制学校", "whole")])
def test_facilities_are_of_the_one_stage_or_of_the_whole_school(workbook, kind, stage):
    read = read_one("declared", one_school(workbook, kind, 教基5170=BUILDINGS))
    assert figures(read) == {("3141000001", stage, "teaching_area_m2"): Decimal("4200.25")}


def test_music_and_fine_art_where_art_has_no_subtotal(workbook):
    flat = [["指标名称", "合计", "体育与健康", "音乐", "美术"], ["总计", 100, 7, 5, 4], *[[degree, 1, 0, 0, 0] for degree in ("博士研究生", "硕士研究生", "本科", "专科")]]
    book = workbook("统计.xlsx", 教基4155_小学=[TITLE, *facts(kind="小学"), *flat])
    assert figures(read_one("declared", book))["3141000001", "primary", "pe_arts_teachers"] == Decimal(16)


def test_schools_stand_one_below_the_other(workbook):
    blocks = [TITLE, *facts("2141000001", "小学"), *pupils(300), [], *facts("2141000002", "小学教学点"), *pupils(40)]
    read = read_one("declared", workbook("统计.xlsx", 教基3112_小学=blocks))
    assert figures(read) == {("2141000001", "primary", "students"): Decimal(300), ("2141000002", "primary", "students"): Decimal(40)}
    assert {row["school_type"] for row in read.rows} == {"primary_school", "teaching_point"}


def test_the_basic_form_tells_what_the_others_leave_out(workbook):
    basic = [TITLE, ["学校（机构）标识码", "2141000001"], ["学校名称", "某校"], ["办学类型", "小学"]]
    read = read_one("declared", workbook("统计.xlsx", 教基1001=basic, 教基3112=[TITLE, *pupils(300)]))
    assert [(row["school_id"], row["school_name"], row["value"]) for row in read.rows] == [("2141000001", "某校", Decimal(300))]


@pytest.mark.parametrize(("label", "unit", "yuan"), [("教学仪器设备资产值（元）", None, 50), ("教学仪器设备资产值（万元）", None, 500000), ("教学仪器设备资产值", "元", 50), ("教学仪器设备资产值", None, 500000)])
def test_the_forms_own_unit_decides(workbook, label, unit, yuan):
    assets = [*ASSETS[:4], [label, "4", unit, 50]]
    assert figures(read_one("declared", one_school(workbook, "小学", 教基5170=BUILDINGS, 教基5176=assets)))["3141000001", "primary", "equipment_value_yuan"] == yuan


def test_a_blank_is_missing_a_dash_is_nothing_and_all_dashes_are_no_row(workbook):
    blank = figures(read_one("declared", one_school(workbook, "小学", 教基3112=pupils(None))))
    assert blank == {("3141000001", "primary", "students"): None}
    assert figures(read_one("declared", one_school(workbook, "小学", 教基3112=pupils("-")))) == {}


def test_a_figure_that_is_no_number_is_damage(workbook):
    read = read_one("declared", one_school(workbook, "小学", 教基3112=pupils("三百")))
    assert read.damages == {(0, "value", "not_a_number")}


@pytest.mark.parametrize(("change", "named"), [(("在校生数", "在校学生"), "在校生数"), (("总计", "全部"), "总计")])
def test_a_label_that_is_not_there_refuses_the_book(workbook, change, named):
    renamed = [[change[1] if cell == change[0] else cell for cell in row] for row in pupils(300)]
    with pytest.raises(Refusal) as refusal:
        read_one("declared", one_school(workbook, "小学", 教基3112=renamed))
    assert refusal.value.rule == "unknown_label"
    assert named in refusal.value.message_zh and "教基3112" in refusal.value.message_en


def test_other_books_are_refused(workbook):
    for book, rule in (
        (workbook("一.xlsx", 通讯录=[["电话"]]), "unknown_layout"),
        (workbook("二.xlsx", 教基3112=[TITLE, *pupils(3)]), "missing_school"),
        (one_school(workbook, "幼儿园", 教基3112=pupils(3)), "unknown_school_type"),
    ):
        with pytest.raises(Refusal) as refusal:
            read_one("declared", book)
        assert refusal.value.rule == rule


def test_a_book_needs_its_county(workbook):
    with pytest.raises(Misconfigured):
        read_one("declared", one_school(workbook), context=Context())
    assert read_one("declared", one_school(workbook), "declared/410184/统计.xlsx", Context()).rows[0]["county_code"] == "410184"
