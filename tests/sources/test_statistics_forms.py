"""Forms by number, year and label: old and new books, sections, classes by size, shifted sheets, units."""

from __future__ import annotations

from decimal import Decimal

import pytest
import yaml
from reading import read_one

from sources.declared.form_checks import form_of, known_in
from sources.declared.statistics import LAYOUTS
from sources.refusal import Refusal

SCHOOL = "2141000001"
GRADES = ["一年级", "二年级", "三年级", "四年级", "五年级", "六年级"]
# the form numbers of the dictionary, each with what it is
NUMBERS = (
    "教基1001 教基1102 教基2105 教基2106 教基2107 教基3112 教基3113 教基3115 教基3116 教基3118 教基3119 教基3120 教基4067 教基4068 教基4149 "
    "教基4153 教基4155 教基4156 教基5170 教基5176 基础基111 基础基112 基础基211 基础基212 基础基213 基础基311 基础基312 基础基313 基础基314 "
    "基础基315 基础基411 基础基412 基础基413 基础基421 基础基422 基础基423 基础基424 基础基511 基础基512 基础基521 基础基522 基础基531"
).split()  # fmt: skip


def about(kind="小学", title="2025年教育事业统计报表（模拟数据）") -> list[list]:
    return [[title], [f"学校标识码：{SCHOOL}", None, f"办学类型：{kind}"]]


def pupils(heads: list, *, total=None, grades=GRADES) -> list[list]:
    return [["指标名称", "代码", "招生数", "在校生数", *grades], ["总计", "01", heads[0], sum(heads) if total is None else total, *heads]]


def buildings(*items: tuple[str, str]) -> list[list]:
    return [["指标名称", "代码", "面积"], *[[label, str(number), value] for number, (label, value) in enumerate(items, 1)]]


def assets(value, *, label="教学仪器设备资产值", unit="万元") -> list[list]:
    return [
        ["指标名称", "代码", "计量单位", "数量"], ["运动场地面积", "1", "平方米", "7000"], ["图书", "2", "册", 12_000], ["计算机数", "3", "台", 80],
        ["网络多媒体教室", "4", "间", 24], [label, "5", unit, value],
    ]  # fmt: skip


GYM = [("教学及辅助用房", "4500.5"), ("#室内体育用房", "300.25")]


def read(workbook, kind="小学", title="2025年教育事业统计报表（模拟数据）", merges=(), **forms):
    sheets = {form: [*about(kind, title), *rows] for form, rows in forms.items()}
    return read_one("declared", workbook("统计.xlsx", merges=merges, **sheets))


def figures(done) -> dict[tuple[str, str], Decimal | None]:
    assert not done.damages
    return {(row["stage"], row["measure_id"]): row["value"] for row in done.rows}


def refused(workbook, rule: str, *named: str, **forms):
    with pytest.raises(Refusal) as refusal:
        read(workbook, **forms)
    assert refusal.value.rule == rule
    for word in named:
        assert word in refusal.value.message_zh and word in refusal.value.message_en
    return refusal.value


# numbers and years -------------------------------------------------------------
def test_every_number_of_the_dictionary_is_known_and_says_what_it_is():
    layout = yaml.safe_load((LAYOUTS / "statistics.yaml").read_text("utf-8"))
    assert set(NUMBERS) == layout["forms"].keys()
    for number, form in layout["forms"].items():
        assert form_of(f"{number}续_小学") == number and form["content"]
        assert ("stage" in form) != ("passed_over" in form), number
        assert known_in(layout, number, 2025) == number.startswith("教基") and known_in(layout, number, 2017) == number.startswith("基础基")
        assert known_in(layout, number, 2021) and known_in(layout, number, None)


def test_measures_name_forms_that_are_read():
    layout = yaml.safe_load((LAYOUTS / "statistics.yaml").read_text("utf-8"))
    measures = yaml.safe_load((LAYOUTS / "statistics_measures.yaml").read_text("utf-8"))["measures"]
    read_from = {form for measure in measures for form in measure["forms"]}
    assert read_from == {n for n, form in layout["forms"].items() if "passed_over" not in form} - set(layout["basic_forms"])


def test_forms_without_a_measure_are_passed_over_and_unknown_ones_are_named(workbook):
    passed = dict.fromkeys(("教基2105", "教基3113_小学", "教基4149"), [["任何内容"]])
    assert figures(read(workbook, 教基3112=pupils([50] * 6), **passed)) == {("primary", "students"): 300}
    refused(workbook, "unknown_form", "教基9998", "教基9999", 教基3112=pupils([50] * 6), 教基9998=[["x"]], 教基9999_小学=[["x"]])


def test_a_number_means_its_form_in_its_years_alone(workbook):
    old = {"基础基312": pupils([50] * 6)}
    assert figures(read(workbook, title="2019年教育事业统计", **old)) == {("primary", "students"): 300}
    refused(workbook, "unknown_form", "基础基312", "2025", **old)
    refused(workbook, "unknown_form", "教基3112", "2015", title="2015年教育事业统计", 教基3112=pupils([50] * 6))


def test_a_book_of_forms_without_a_measure_alone_is_refused(workbook):
    refused(workbook, "unknown_layout", "教基4149", 教基4149=[["总计"]])


# stages -------------------------------------------------------------------------
DEGREES = ["博士研究生", "硕士研究生", "本科", "专科", "高中阶段", "高中阶段以下"]


def teachers(total: int, counts: list[int], pe: int, arts: int, row="总计") -> list[list]:
    rows = [[row, "1", total, pe, arts, arts // 2, arts - arts // 2]]
    return rows + [[degree, "2", count, "-", "-", "-", "-"] for degree, count in zip(DEGREES, counts, strict=True)]


COURSES = ["指标名称", "代码", "合计", "体育与健康", "艺术", "音乐", "美术"]
BOTH = {
    ("primary", "full_time_teachers"): 60, ("primary", "teachers_above_required_degree"): 55, ("primary", "pe_arts_teachers"): 9,
    ("junior", "full_time_teachers"): 40, ("junior", "teachers_above_required_degree"): 37, ("junior", "pe_arts_teachers"): 7,
}  # fmt: skip


@pytest.mark.parametrize("opening", ["小学", "一、小学", "（一）小学教育"])
def test_one_form_of_both_stages_is_read_by_its_sections(workbook, opening):
    first, second = teachers(60, [0, 2, 40, 13, 5, 0], 4, 5), teachers(40, [1, 6, 30, 3, 0, 0], 3, 4)
    rows = [COURSES, [opening], *first, [opening.replace("一", "二").replace("小学", "初中").replace("初中教育", "初中阶段")], *second]
    assert figures(read(workbook, "九年一贯制学校", 教基4155=rows)) == BOTH


def test_the_row_that_opens_a_section_may_carry_its_total(workbook):
    first = teachers(60, [0, 2, 40, 13, 5, 0], 4, 5, row="小学")
    second = teachers(40, [1, 6, 30, 3, 0, 0], 3, 4, row="初中")
    assert figures(read(workbook, "九年一贯制学校", 教基4155=[COURSES, *first, *second])) == BOTH


def test_a_merged_cell_beside_the_labels_opens_a_section_too(workbook):
    headings = ["指标名称", None, *COURSES[1:]]
    parts = [teachers(60, [0, 2, 40, 13, 5, 0], 4, 5), teachers(40, [1, 6, 30, 3, 0, 0], 3, 4)]
    rows = [headings, *[[None, *row] for part in parts for row in part]]
    merges = [("教基4155", 2, 0, 2, 1, "指标名称"), ("教基4155", 3, 0, 9, 0, "小学"), ("教基4155", 10, 0, 16, 0, "初中")]
    assert figures(read(workbook, "九年一贯制学校", merges=merges, 教基4155=rows)) == BOTH


@pytest.mark.parametrize(
    ("kind", "title", "stage"),
    [("小学", "2025年统计", "primary"), ("初级中学", "2025年统计", "junior"), ("九年一贯制学校", "初中专任教师分课程、分学历情况 2025年", "junior")],
)
def test_without_sections_the_title_tells_or_the_kind_of_school(workbook, kind, title, stage):
    rows = [COURSES, *teachers(60, [0, 2, 40, 13, 5, 0], 4, 5)]
    above = {"primary": 55, "junior": 42}[stage]
    assert figures(read(workbook, kind, title, 教基4155=rows))[stage, "teachers_above_required_degree"] == above


def test_nobody_guesses_whose_teachers_they_are(workbook):
    rows = [COURSES, *teachers(60, [0, 2, 40, 13, 5, 0], 4, 5)]
    refused(workbook, "unknown_stage", "教基4155", SCHOOL, kind="九年一贯制学校", 教基4155=rows)
    refused(workbook, "repeated_label", "总计", kind="小学", 教基4155=[*rows, *rows[1:]])
    refused(workbook, "repeated_label", 教基4155_小学=rows, 教基4155=rows)


def test_a_subtotal_is_never_added_to_its_parts(workbook):
    """艺术 9 = 音乐 5 + 美术 4, with 体育 7: 16 whichever of them the form gives; 外语 likewise holds 英语."""
    heading, total = ["指标名称", "合计", "体育与健康", "外语", "英语", "日语", "俄语"], [40, 7, 24, 24, 0, 0]
    parts = [["艺术"], ["音乐", "美术"], ["艺术", "音乐", "美术"]]
    for given, values in zip(parts, ([9], [5, 4], [9, 5, 4]), strict=True):
        rows = [[*heading, *given], ["总计", *total, *values], *[[degree, 0, *["-"] * (5 + len(given))] for degree in DEGREES[:4]]]
        assert figures(read(workbook, 教基4155=rows))["primary", "pe_arts_teachers"] == 16
    wrong = [[*heading, *parts[2]], ["总计", 40, 7, 24, 24, 0, 0, 18, 5, 4]]  # the parts added twice
    refused(workbook, "control_total", "艺术", 教基4155=wrong)
    refused(workbook, "control_total", "外语", 教基4155=[[*heading, "艺术"], ["总计", 40, 7, 24, 20, 0, 0, 9]])


def test_teachers_of_middle_rank_and_above(workbook):
    rows = [["指标名称", "代码", "合计", "24岁及以下"], ["小学"], ["总计", 1, 50, 3], ["#女", 2, 30, 2]]
    rows += [[rank, 3, count, "-"] for rank, count in (("正高级", 1), ("副高级", 9), ("中级", 20), ("助理级", 15), ("员级", "-"), ("未定职级", 5))]
    assert figures(read(workbook, 教基4153=rows)) == {("primary", "mid_rank_teachers"): 30}
    rows[2][2] = 51
    refused(workbook, "control_total", "教基4153", 教基4153=rows)


BANDS = ["25人及以下", "26-30人", "31－35人", "36～40人", "41—45人", "46-50人", "51-55人", "56-60人", "61-65人", "66人及以上"]
SIZES = [1, 0, 2, 3, 6, 0, 0, 1, 1, 1]
COUNTED = {
    "classes": 15, "classes_up_to_25": 1, "classes_26_30": 0, "classes_31_35": 2, "classes_36_40": 3, "classes_41_45": 6,
    "classes_46_50": 0, "classes_51_55": 0, "classes_56_65": 2, "classes_66_up": 1,
}  # fmt: skip


def test_classes_by_size_as_rows_or_as_columns(workbook):
    as_rows = [["指标名称", "合计", "一年级"], ["总计", 15, 15], *[[band, size, size] for band, size in zip(BANDS, SIZES, strict=True)]]
    as_columns = [["指标名称", "班数", *BANDS], ["总计", 15, *SIZES]]
    for rows in (as_rows, as_columns):
        assert figures(read(workbook, 教基2106_小学=rows)) == {("primary", measure): count for measure, count in COUNTED.items()}
        assert figures(read(workbook, "初级中学", 教基2107=rows)) == {("junior", measure): count for measure, count in COUNTED.items()}
    slipped = [as_columns[0], ["总计", 15, 0, *SIZES[:-1]]]
    refused(workbook, "control_total", "教基2106", 教基2106=slipped)
    renamed = [["指标名称", "班数", "微型班", *BANDS[1:]], as_columns[1]]
    refused(workbook, "unknown_label", "25人及以下", 教基2106=renamed)


@pytest.mark.parametrize("by_row", [True, False])
def test_backbone_teachers_by_row_or_by_column(workbook, by_row):
    columns = [["指标名称", "代码", "小学", "初中"], ["县级以上骨干教师", 1, 12, 5]]
    rows = [["指标名称", None, "代码", "数量"], ["县级以上骨干教师", "小学", 1, 12], [None, "初中", 2, 5]]
    merges = [("教基1102续", 2, 0, 2, 1, "指标名称"), ("教基1102续", 3, 0, 4, 0, "县级以上骨干教师")] if by_row else []
    done = read(workbook, "九年一贯制学校", merges=merges, 教基1102续=rows if by_row else columns)
    assert figures(done) == {("primary", "backbone_teachers"): 12, ("junior", "backbone_teachers"): 5}


# buildings: worked case 10 --------------------------------------------------------
OF_2020 = [
    ("教学及辅助用房", "449653312.48"), ("教室", "354251702.94"), ("实验室", "29272774.71"), ("图书室", "25086442.96"),
    ("微机室", "19200954.45"), ("语音室", "5623012.18"), ("体育馆", "16218425.25"),
]  # fmt: skip
LATER = [
    ("教学及辅助用房", "474016826.93"), ("教室", "329155892.97"), ("专用教室", "64578527.35"), ("公共教学用房", "80282406.61"),
    ("图书阅览室", "24580916.98"), ("室内体育用房", "19261985.95"), ("心理辅导室", "4450854.90"), ("其他", "31988648.78"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("items", "title", "form", "without_gym"),
    [
        (OF_2020, "2020年小学办学条件 校舍情况", "基础基512", "433434887.23"),
        (OF_2020, "2020年小学校舍情况", "教基5170", "433434887.23"),
        (LATER, "2023年小学校舍情况", "教基5170", "454754840.98"),
    ],
)
def test_the_gym_is_taken_off_under_either_name(workbook, items, title, form, without_gym):
    done = read(workbook, title=title, **{form: buildings(*items)})
    assert figures(done) == {("primary", "teaching_area_m2"): Decimal(without_gym)}
    # the items add up (those of 2020 to a hundredth: each is printed with two decimals); a figure that has slipped does not
    slipped = [items[0], *zip([label for label, _ in items[1:]], ["1", *[value for _, value in items[1:-1]]], strict=True)]
    refused(workbook, "control_total", "教学及辅助用房" if items is OF_2020 else form, title=title, **{form: buildings(*slipped)})


def test_the_gym_is_added_to_the_sports_ground(workbook):
    done = figures(read(workbook, 教基5170=buildings(*GYM), 教基5176=assets(1)))
    assert done["primary", "sports_area_m2"] == Decimal("7300.25") and done["primary", "teaching_area_m2"] == Decimal("4200.25")
    assert done["primary", "books"] == 12_000 and done["primary", "computers"] == 80


# shifted forms and units ------------------------------------------------------------
@pytest.mark.parametrize(
    ("form", "kind", "title", "rows", "named"),
    [
        ("教基3112", "小学", "2025年统计 表号：教基3113", pupils([50] * 6), "教基3113"),
        ("教基3112", "九年一贯制学校", "初中分类型学生数 2025年", pupils([50] * 6), "教基3115"),
        ("教基3112", "九年一贯制学校", "2025年统计", pupils([50] * 3, grades=["七年级", "八年级", "九年级"]), "七年级"),
        ("教基3115", "九年一贯制学校", "2025年统计", pupils([50] * 6), "四年级"),
        ("教基3112", "小学", "2025年统计", [*pupils([50] * 6), ["6岁", "2", 50, 50, *["-"] * 6]], "6岁"),
        ("教基5176", "小学", "2025年统计", buildings(*GYM), "教学及辅助用房"),
        ("教基4155", "小学", "2025年统计", [["指标名称", "合计"], ["总计", 30], ["正高级", 1]], "正高级"),
    ],
)
def test_a_sheet_under_another_forms_name_is_refused(workbook, form, kind, title, rows, named):
    refused(workbook, "shifted_form", form, named, kind=kind, title=title, **{form: rows})


def test_columns_that_have_slipped_are_refused(workbook):
    heading, row = pupils([50, 51, 52, 53, 54, 55])
    refused(workbook, "control_total", "在校生数", 教基3112=[heading, [*row[:2], 0, *row[2:-1]]])  # one to the right
    refused(workbook, "unknown_label", "六年级", 教基3112=[heading[:-1], row[:-1]])


def test_a_renamed_label_is_named(workbook):
    renamed = [["指标名称", "代码", "面积"], ["教学用房", "1", 5], ["室内体育用房", "2", 1]]
    refused(workbook, "unknown_label", "教学及辅助用房", "teaching_area_m2", 教基5170=renamed)


@pytest.mark.parametrize(
    ("label", "unit", "title", "yuan"),
    [
        ("教学仪器设备资产值（元）", None, "", "1234500"), ("教学仪器设备资产值（账面原值，万元）", None, "", "12345000000"),
        ("教学仪器设备资产值（账面原值）", "元", "", "1234500"), ("教学仪器设备资产值", None, "单位：元", "1234500"),
        ("教学仪器设备资产值", "万元", "单位：元", "12345000000"), ("教学仪器设备资产值", None, "计量单位：平方米、万元", "12345000000"),
        ("教学仪器设备资产值", None, "", "12345000000"),
    ],
)  # fmt: skip
def test_the_row_decides_the_unit_then_the_line_then_the_layout(workbook, label, unit, title, yuan):
    done = read(workbook, title=f"2025年统计 {title}", 教基5170=buildings(*GYM), 教基5176=assets("1,234,500", label=label, unit=unit))
    assert figures(done)["primary", "equipment_value_yuan"] == Decimal(yuan)


@pytest.mark.parametrize(
    ("label", "unit", "rule"),
    [("教学仪器设备资产值（万元）", "元", "unit_contradicted"), ("教学仪器设备资产值", "百元", "unknown_unit"), ("教学仪器设备资产值", "台", "unknown_unit")],
)
def test_a_unit_that_contradicts_or_that_nobody_knows_is_refused(workbook, label, unit, rule):
    refused(workbook, rule, "教基5176", 教基5170=buildings(*GYM), 教基5176=assets(50, label=label, unit=unit))


def test_areas_are_square_metres_and_nothing_else(workbook):
    rows = assets(50)
    rows[1][2] = "亩"
    refused(workbook, "unknown_unit", "亩", 教基5170=buildings(*GYM), 教基5176=rows)
    rows[1][2], rows[2][2] = "㎡", "万册"
    refused(workbook, "unknown_unit", "万册", 教基5170=buildings(*GYM), 教基5176=rows)
