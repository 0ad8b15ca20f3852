"""The municipal school form and county form: tables and sheets, stages, units, what nobody knows."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
import yaml
from reading import read_file, read_one

from dbt_seeds import measure_ids
from sources.declaration import Context
from sources.declared.statistics import LAYOUTS
from sources.refusal import Misconfigured, Refusal

TITLE = "新密市义务教育学校填报表（模拟数据）2025年"
CODE, NAME, KIND = "学校标识码", "学校名称", "办学类型"
ZONED = "家庭住址在划片范围内的在校学生人数"
TRAINED, CERTIFIED = "近5年培训满360学时专任教师人数", "持有教师资格证的专任教师人数"
BANDS = ["≤25", "26-30人", "31-35人", "36-40人", "41-45人", "46-50人", "51-55人", "56-60人", "61-65人", "66人及以上"]
BANDS[0] = "25人及以下"
# every field of the templates
SCHOOL_FIELDS = [
    "建校时间", "是否2010年及之前规划并建成", "是否2016年及之前规划并建成", "是否人口密度过高的大城市中心城区学校",
    "是否50人及以上但不足100人的乡村小规模学校和教学点", "是否最大班额低于30人的农村小规模学校", ZONED, *BANDS, TRAINED, CERTIFIED,
    *(f"{course}/到校交流轮岗、兼职、走教教师" for course in ("体育", "音乐", "美术", "艺术")),
    "教学及辅助用房总面积", "室内体育用房面积", "体育馆面积", "校内体育场面积", "校外租赁场馆面积", "校内其他专用运动场地",
    "教学仪器设备资产值（账面原值，万元）", "网络多媒体教室间数", "音乐教室/96平方米及以上", "音乐教室/73-96平方米", "音乐教室/61-73平方米",
    "美术教室/90平方米及以上", "美术教室/67-90平方米", "美术教室/61-67平方米", "上一年度公用经费预算总额（万元）", "上一年度公用经费决算总额（万元）",
    "上一年度教师培训经费预算（万元）", "本届毕业学生人数", "初一时在校生数", "三年转入", "三年转出", "三年死亡",
]  # fmt: skip
VALUES = [
    "1998年", "是", "是", "否", "否", "否", 280, 1, 0, 0, 2, 4, 0, 0, 0, 1, 0, 18, 20, 1, 0, 0, 1, "1,500.5", "200.5", "210", "3000", 400, "55.5",
    "12.345678", 9, 1, 1, 0, 2, 0, 0, "24.5", "23", "1.3", "-", "-", "-", "-", "-",
]  # fmt: skip
FILED = {
    "zoned_students": 280, "classes": 8, "classes_up_to_25": 1, "classes_26_30": 0, "classes_31_35": 0, "classes_36_40": 2, "classes_41_45": 4,
    "classes_46_50": 0, "classes_51_55": 0, "classes_56_65": 1, "classes_66_up": 0, "teachers_with_training_hours": 18, "certified_teachers": 20,
    "teaching_area_m2": Decimal("1300.0"), "sports_area_m2": Decimal("3265.5"), "equipment_value_yuan": Decimal("123456.78"),
    "multimedia_classrooms": 9, "music_rooms": 1, "art_rooms": 2, "public_funds_budget_yuan": 245_000, "training_funds_budget_yuan": 13_000,
}  # fmt: skip
JUNIOR = ("junior_graduates", "junior_entrants", "junior_transfers_in", "junior_transfers_out", "junior_deaths")


def filed(read) -> dict[tuple[str, str, str], Decimal | None]:
    assert not read.damages
    return {(row["school_id"], row["stage"], row["measure_id"]): row["value"] for row in read.rows}


def two_rows(headings: list[str]) -> list[list]:
    """`A/B` over two header rows, nothing merged."""
    parts = [heading.partition("/")[::2] for heading in headings]
    return [[first for first, _ in parts], [second or None for _, second in parts]]


def test_a_table_of_schools_with_every_field(workbook):
    rows = [[TITLE], *two_rows(["序号", CODE, NAME, KIND, "乡镇", *SCHOOL_FIELDS]), [1, "2141000001", "某校", "小学", "曲梁镇", *VALUES], ["合计", None, None, None, None, *VALUES]]
    read = read_one("declared", workbook("学校填报表.xlsx", 学校填报表=rows))
    assert filed(read) == {("2141000001", "primary", measure): value for measure, value in FILED.items()}
    assert (read.delivery.as_of_date, read.delivery.layout) == (date(2025, 9, 1), "school_form")
    row = read.rows[0]
    assert (row["county_code"], row["township"], row["school_name"], row["school_type"], row["_row"]) == ("410183", "曲梁镇", "某校", "primary_school", 4)


def test_a_sheet_a_school_with_every_field(workbook):
    items = [[f.replace("/", ""), v] for f, v in zip(SCHOOL_FIELDS, VALUES, strict=True) if "/" not in f]
    items += [["音乐教室/96平方米及以上", 1], ["美术教室/90平方米及以上", 2]]
    rows = [[TITLE], [f"{CODE}：2141000001", None, f"{KIND}：小学"], ["项目", "填报数"], *items]
    read = read_one("declared", workbook("学校.xlsx", 某校=rows))
    assert filed(read) == {("2141000001", "primary", measure): value for measure, value in FILED.items()}


def test_stages_in_headings_in_columns_and_in_rows_say_the_same(workbook):
    code, kind = "3141000001", "九年一贯制学校"
    expected = {
        (code, "primary", "zoned_students"): 280, (code, "junior", "zoned_students"): 90, (code, "primary", "certified_teachers"): 20,
        (code, "junior", "certified_teachers"): 12, (code, "whole", "music_rooms"): 2, (code, "junior", "junior_graduates"): 88,
    }  # fmt: skip
    room = "音乐教室/96平方米及以上"
    wide = [CODE, KIND, f"小学/{ZONED}", f"初中/{ZONED}", f"小学{CERTIFIED}", f"{CERTIFIED}（初中）", room, "本届毕业学生人数"]
    table = [[TITLE], *two_rows(wide), [code, kind, 280, 90, 20, 12, 2, 88]]
    items = [[TITLE], [f"{CODE}：{code}", f"{KIND}：{kind}"], ["项目", "小学", "初中", "合计", "全校"], [ZONED, 280, 90, 370, None], [CERTIFIED, 20, 12, 32, None]]
    sections = [
        [TITLE], [f"{CODE}：{code}", f"{KIND}：{kind}"], ["项目", "填报数"], [room, 2], ["本届毕业学生人数", 88],
        ["小学"], [ZONED, 280], [CERTIFIED, 20], ["初中"], [ZONED, 90], [CERTIFIED, 12],
    ]  # fmt: skip
    long = [[TITLE], [CODE, KIND, "学段", ZONED, CERTIFIED], [code, kind, "小学", 280, 20], [code, kind, "初中", 90, 12]]
    assert filed(read_one("declared", workbook("一.xlsx", 表=table))) == expected
    assert filed(read_one("declared", workbook("二.xlsx", 表=sections))) == expected
    by_stage = {key: value for key, value in expected.items() if key[2] in ("zoned_students", "certified_teachers")}
    assert filed(read_one("declared", workbook("三.xlsx", 表=long))) == by_stage
    given = {key: value for key, value in filed(read_one("declared", workbook("四.xlsx", 表=items))).items() if key[1] != "whole"}
    assert given == by_stage


def test_the_whole_of_a_school_with_one_stage_is_that_stage(workbook):
    table = [[TITLE], *two_rows([CODE, KIND, "小学/网络多媒体教室间数", "全校/网络多媒体教室间数", f"小学/{ZONED}"]), ["2141000001", "小学", "-", 9, 280]]
    assert filed(read_one("declared", workbook("一.xlsx", 表=table)))["2141000001", "primary", "multimedia_classrooms"] == 9
    table[-1][2] = 8
    with pytest.raises(Refusal) as refusal:
        read_one("declared", workbook("二.xlsx", 表=table))
    assert refusal.value.rule == "repeated_label"


def test_a_figure_by_stage_of_several_stages_needs_its_stage(workbook):
    rows = [[TITLE], [CODE, KIND, ZONED, CERTIFIED], ["3141000001", "九年一贯制学校", 280, 20]]
    with pytest.raises(Refusal) as refusal:
        read_one("declared", workbook("学校.xlsx", 表=rows))
    assert refusal.value.rule == "unknown_stage" and ZONED in refusal.value.message_zh


def test_the_gym_is_taken_off_once_and_added_once(workbook):
    def areas(**fields) -> dict:
        rows = [[TITLE], [CODE, KIND, TRAINED, *fields], ["2141000001", "小学", 1, *fields.values()]]
        return {key[2]: value for key, value in filed(read_one("declared", workbook("学校.xlsx", 表=rows))).items() if key[2].endswith("_m2")}

    both = areas(教学及辅助用房总面积=1500, 室内体育用房面积=200, 体育馆面积=210, 校内体育场面积=3000)
    assert both == {"teaching_area_m2": 1300, "sports_area_m2": 3210}
    assert areas(教学及辅助用房总面积=1500, 体育馆面积=210, 校内体育场面积=3000) == {"teaching_area_m2": 1290, "sports_area_m2": 3210}
    with pytest.raises(Refusal) as refusal:
        areas(教学及辅助用房总面积=1500, 校内体育场面积=3000)
    assert refusal.value.rule == "unknown_label" and "室内体育用房面积" in refusal.value.message_en


def test_blanks_dashes_and_stages_that_a_school_does_not_have(workbook):
    rows = [[TITLE], [CODE, KIND, ZONED, "本届毕业学生人数", "音乐教室/96平方米及以上"], ["2141000001", "小学", None, None, "-"], ["3141000001", "初级中学", 5, None, 0]]
    read = read_one("declared", workbook("学校.xlsx", 表=rows))
    assert filed(read) == {
        ("2141000001", "primary", "zoned_students"): None, ("3141000001", "junior", "zoned_students"): 5,
        ("3141000001", "junior", "junior_graduates"): None, ("3141000001", "junior", "music_rooms"): 0,
    }  # fmt: skip


@pytest.mark.parametrize(("heading", "line", "yuan"), [("", "", 10_000), ("（元）", "", 1), ("（万元）", "单位：元", 10_000), ("", "单位：元", 1)])
def test_money_is_in_the_unit_that_the_form_says(workbook, heading, line, yuan):
    rows = [[TITLE, line], [CODE, KIND, ZONED, f"上一年度公用经费预算总额{heading}"], ["2141000001", "小学", 5, 1]]
    assert filed(read_one("declared", workbook("学校.xlsx", 表=rows)))["2141000001", "primary", "public_funds_budget_yuan"] == yuan


@pytest.mark.parametrize(
    ("headings", "rule", "named"),
    [
        ([CODE, KIND, ZONED, CERTIFIED, "操场个数", "食堂个数"], "unknown_column", "「操场个数」、「食堂个数」"),
        ([CODE, KIND, ZONED, CERTIFIED, f"小学{ZONED}", f"小学/{ZONED}"], "repeated_label", ZONED),
        ([CODE, KIND, ZONED, CERTIFIED, "校内体育场面积（亩）", "体育馆面积"], "unknown_unit", "亩"),
        ([CODE, NAME, ZONED, CERTIFIED, "序号", "备注"], "unknown_school_type", "2141000001"),
    ],
)
def test_what_cannot_be_read_for_sure_is_refused_by_name(workbook, headings, rule, named):
    rows = [[TITLE], headings, ["2141000001", "小学", 1, 2, 3, 4]]
    with pytest.raises(Refusal) as refusal:
        read_one("declared", workbook("学校.xlsx", 表=rows))
    assert refusal.value.rule == rule and named in refusal.value.message_zh


# the county form -----------------------------------------------------------------------
COUNTY = [
    ["新密市县级填报表（模拟数据）2025年"], ["项目", None, "计量单位", "填报数"],
    ["生均公用经费标准", "城市小学", "元/生", 720], [None, "农村小学", "元/生", 720], [None, "城市初中", "元/生", 940], [None, "农村初中", "元/生", "930.5"],
    ["特殊教育学校公用经费", None, "万元", "41.4"], ["特殊教育学校学生数", None, "人", 46],
    ["教师年平均工资", None, "万元", "9.876543"], ["公务员年平均工资", None, "元", 98_000],
    ["符合交流条件教师总数", None, "人", 1000], ["实际交流轮岗教师数", None, "人", 150], ["实际交流骨干教师数", None, "人", 40],
    ["优质高中招生", "计划总人数", "人", 2000], [None, "分配指标数", "人", 1000], [None, "向农村分配数", "人", 300],
    ["随迁子女", "符合条件总数", "人", 500], [None, "公办就读", "人", 400], [None, "政府购买服务民办就读", "人", "-"],
    ["残疾儿童少年", "适龄总数", "人", 60], [None, "入学总数", "人", None],
]  # fmt: skip
MERGED = [(2, 5, "生均公用经费标准"), (13, 15, "优质高中招生"), (16, 18, "随迁子女"), (19, 20, "残疾儿童少年")]
SURVEY = [["满意度调查"], ["对象", "发放", "回收", "满意"], ["学生", 300, 290, 270], ["家长", 300, 280, 250], ["教师", 100, 100, 90], ["人大代表", 20, 19, 18], ["合计", 720, 689, 628]]
COUNTY_FILED = {
    ("primary", "城市", "funding_standard_yuan"): 720, ("primary", "农村", "funding_standard_yuan"): 720,
    ("junior", "城市", "funding_standard_yuan"): 940, ("junior", "农村", "funding_standard_yuan"): Decimal("930.5"),
    ("all", None, "special_school_public_funds_yuan"): 414_000, ("all", None, "special_school_students"): 46,
    ("all", None, "teacher_average_pay_yuan"): Decimal("98765.43"), ("all", None, "civil_servant_average_pay_yuan"): 98_000,
    ("all", None, "rotation_eligible_teachers"): 1000, ("all", None, "rotated_teachers"): 150, ("all", None, "rotated_backbone_teachers"): 40,
    ("all", None, "quality_high_school_places"): 2000, ("all", None, "allocated_places"): 1000, ("all", None, "places_to_rural_schools"): 300,
    ("all", None, "migrant_children_eligible"): 500, ("all", None, "migrant_children_public"): 400,
    ("all", None, "disabled_children"): 60, ("all", None, "disabled_children_enrolled"): None,
}  # fmt: skip
SURVEYED = {
    ("all", group, measure): count
    for group, counts in ((None, (720, 689, 628)), ("学生", (300, 290, 270)), ("家长", (300, 280, 250)), ("教师", (100, 100, 90)), ("人大代表", (20, 19, 18)))
    for measure, count in zip(("survey_sent", "survey_returned", "survey_satisfied"), counts, strict=True)
}


def county_form(workbook, rows=COUNTY, **more):
    merges = [("县级", 1, 0, 1, 1, "项目"), *(("县级", first, 0, last, 0, text) for first, last, text in MERGED)] if rows is COUNTY else []
    return workbook("县级填报表.xlsx", merges=merges, 县级=rows, **more)


def of_county(read) -> dict:
    assert not read.damages
    return {(row["stage"], row["category"], row["measure_id"]): row["value"] for row in read.rows}


def test_a_county_form_with_every_field(workbook):
    read = read_one("declared", county_form(workbook, 满意度=SURVEY))
    assert of_county(read) == COUNTY_FILED | SURVEYED
    assert (read.delivery.table.name, read.delivery.layout, read.delivery.as_of_date) == ("county_measures", "county_form", date(2025, 9, 1))
    assert {row["county_code"] for row in read.rows} == {"410183"}


def test_areas_and_stages_may_stand_across(workbook):
    rows = [["县级填报表 2025年"], ["项目", "城市小学", "农村小学", "城市初中", "农村初中"], ["生均公用经费基准定额（元）", 720, 720, 940, 930.5]]
    others = [["项目", "数值"], ["适龄残疾儿童总数", 60], ["残疾儿童入学总数", 59]]
    read = read_one("declared", county_form(workbook, rows, 其他=others))
    standards = {key: value for key, value in COUNTY_FILED.items() if key[2] == "funding_standard_yuan"}
    assert of_county(read) == standards | {("all", None, "disabled_children"): 60, ("all", None, "disabled_children_enrolled"): 59}


def test_what_the_form_does_not_ask_is_named(workbook):
    rows = [["2025年"], ["项目", "城市小学", "农村小学"], ["生均公用经费标准", 720, 720], ["教师年平均工资", 9, 9], ["操场个数", 3, 4]]
    rows += [["适龄残疾儿童总数", 5, 6]]
    with pytest.raises(Refusal) as refusal:  # pay by area is nothing that the form asks, nor are playgrounds
        read_one("declared", county_form(workbook, rows))
    assert refusal.value.rule == "unknown_column"
    assert "「教师年平均工资/城市小学」" in refusal.value.message_en and "操场个数" in refusal.value.message_zh


def test_a_funding_standard_needs_its_stage_and_the_county_its_code(workbook):
    rows = [["2025年"], ["项目", "数值"], ["生均公用经费标准", 720], ["适龄残疾儿童总数", 60]]
    with pytest.raises(Refusal) as refusal:
        read_one("declared", county_form(workbook, rows))
    assert refusal.value.rule == "unknown_stage"
    with pytest.raises(Misconfigured):
        read_one("declared", county_form(workbook), context=Context())
    told = [["2025年"], ["区县代码：410184"], ["项目", "数值"], ["计划总人数", 7], ["适龄残疾儿童总数", 60]]
    assert {row["county_code"] for row in read_one("declared", county_form(workbook, told), context=Context()).rows} == {"410184"}


def test_one_workbook_may_hold_both_forms(workbook):
    schools = [[TITLE], [CODE, KIND, ZONED, CERTIFIED], ["2141000001", "小学", 5, 6]]
    both = read_file("declared", county_form(workbook, 学校=schools))
    assert [read.delivery.table.name for read in both] == ["measures", "county_measures"]
    assert of_county(both[1]) == COUNTY_FILED


def test_other_workbooks_are_refused_with_their_headings(workbook):
    with pytest.raises(Refusal) as refusal:
        read_one("declared", workbook("通讯录.xlsx", 表=[["单位", "科室", "职务"], ["教育局", "基教科", "科长"]]))
    assert refusal.value.rule == "unknown_layout" and "科室" in refusal.value.message_zh


# layouts ----------------------------------------------------------------------------------
def test_layouts_file_what_the_catalogues_know():
    for name, catalogue in (("school_form", "measures"), ("county_form", "county_measures"), ("statistics_measures", "measures")):
        layout = yaml.safe_load((LAYOUTS / f"{name}.yaml").read_text("utf-8"))
        assert {measure["measure"] for measure in layout["measures"]} <= measure_ids(catalogue), name
    form = yaml.safe_load((LAYOUTS / "school_form.yaml").read_text("utf-8"))
    filed_by = {measure["measure"] for measure in form["measures"]}
    assert set(FILED) | set(JUNIOR) == filed_by - {"full_time_teachers"}
