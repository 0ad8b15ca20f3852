"""Student status as files: every name of the template known, quirks of numbers, grades and classes."""

from __future__ import annotations

import hashlib
import hmac
from datetime import date

import pytest
import yaml
from reading import COUNTY, KEY, read_file

from sources.declaration import Context
from sources.refusal import Misconfigured, Refusal
from sources.student_status.read import LAYOUTS

A, B = "2141000001", "2141000002"
MEMBER = ("姓名", "关系", "关系说明", "现住址", "户口所在地行政区划", "联系电话", "是否监护人", "身份证件类型", "身份证件号", "民族", "工作单位", "职务")
TEMPLATE = (
    "学校标识码, 姓名, 性别, 出生日期, 出生地行政区划代码, 籍贯, 民族, 国籍/地区, 身份证件类型, 港澳台侨外, 健康状况, 政治面貌, 身份证件号, 户口性质, 户口所在地行政区划, 班号, "
    "入学年月, 入学方式, 就读方式, 现住址, 通信地址, 家庭地址, 联系电话, 邮政编码, 是否独生子女, 是否受过学前教育, 是否留守儿童, 是否需要申请资助, 是否享受一补, 是否孤儿, "
    "是否烈士或优抚子女, 上下学距离, 上下学方式, 是否需要乘坐校车, 曾用名, 身份证件有效期, 血型, 特长, 学籍辅号, 班内学号, 学生来源, 电子信箱, 主页地址, 残疾类型, "
    "是否由政府购买学位, 随班就读, " + ", ".join(f"成员{number}{name}" for number in (1, 2) for name in MEMBER) + ", 是否进城务工人员随迁子女"
).split(", ")
LATER = ["全国学籍号", "年级", "班级名称", "学籍状态", "审核状态"]
NUMBER = "99999920140901001X"
PERSONAL = {name: "某某某的私事" for name in TEMPLATE if "姓名" in name or "地址" in name or "电话" in name or "工作单位" in name or "现住址" in name}
ROW = {
    "学校标识码": A, "性别": "1-男", "出生日期": "20140901", "班号": "101", "入学年月": "2021年9月", "就读方式": "走读", "是否留守儿童": "0", "是否进城务工人员随迁子女": "否",
    "年级": "一年级", "学籍状态": "在籍在读", "全国学籍号": f"G{NUMBER}", **PERSONAL,
}  # fmt: skip


def sheet(headings: list[str], *rows: dict) -> list[list]:
    return [headings, *([{**ROW, **row}.get(heading) for heading in headings] for row in rows)]


def hashed(number: str) -> str:
    return hmac.digest(KEY, number.encode(), hashlib.sha256).hex()[:32]


def read(path, **context):
    return {found.delivery.table.name: found for found in read_file("student_status", path, **context)}


def keys(found) -> list[str | None]:
    return [row["student_key"] for row in found["students"].rows]


def test_every_name_of_the_template_is_known():
    layout = yaml.safe_load((LAYOUTS / "students.yaml").read_text("utf-8"))
    known = {*layout["columns"], *layout["aside"], *layout["ignore"]}
    assert len(TEMPLATE) == 71 and set(TEMPLATE) | set(LATER) <= known


@pytest.mark.parametrize("order", [1, -1], ids=["in order", "backwards"])
def test_the_whole_sheet_by_names_and_never_by_position(workbook, order):
    found = read(workbook("学籍_2025-09-01.xlsx", 学生=sheet([*TEMPLATE, *LATER][::order], {})))
    (row,) = found["students"].rows
    assert (row["school_id"], row["class_id"], row["grade"], row["status"]) == (A, "101", "一年级", "在籍在读")
    assert (row["enrolled_month"], row["birth_month"], row["sex"], row["county_code"]) == ("2021-09", "2014-09", "1-男", COUNTY)
    assert found["students"].delivery.as_of_date == date(2025, 9, 1)
    assert "私事" not in str(row) and NUMBER not in str(row)


@pytest.mark.parametrize(("said", "read_as"), [("410183", "410183"), ("410183-河南省新密市", "410183"), ("４１０１８３", "410183"), ("某村2号", None), ("4101", None), ("", None)])
def test_of_a_household_six_digits_are_read_and_no_address(workbook, said, read_as):
    found = read(workbook("学籍_2025-09-01.xlsx", 学生=sheet([*TEMPLATE, *LATER], {"户口所在地行政区划": said})))
    assert [row["household_division"] for row in found["students"].rows] == [read_as]
    assert found["students"].delivery.damages == []


def test_a_county_file_in_gbk(csv_file):
    headings = [*TEMPLATE, *LATER]
    lines = [",".join(str(cell or "") for cell in cells) for cells in sheet(headings, {}, {"全国学籍号": "G999999201409010028"})]
    found = read(csv_file("2025-09-01/全县.csv", lines, "gbk"), relative_path="student_status/2025-09-01/全县.csv")
    assert found["students"].delivery.encoding == "gb18030" and len(found["students"].rows) == 2
    assert found["students"].delivery.as_of_date == date(2025, 9, 1)


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ({"全国学籍号": f"G{NUMBER}"}, f"G{NUMBER}"),
        ({"全国学籍号": f"ｇ{NUMBER.lower()} "}, f"G{NUMBER}"),
        ({"身份证件号": NUMBER.lower()}, f"G{NUMBER}"),
        ({"身份证件号": "９９９９９９20140901001Ｘ", "身份证件类型": "1-居民身份证"}, f"G{NUMBER}"),
        ({"身份证件号": NUMBER, "学籍辅号": f"L{NUMBER}"}, f"L{NUMBER}"),
        ({"身份证件号": NUMBER, "学籍辅号": "0017"}, f"G{NUMBER}"),
        ({"身份证件号": "E1234567", "身份证件类型": "A-护照", "学籍辅号": "0017"}, "E1234567"),
        ({"身份证件号": NUMBER, "身份证件类型": "Z-其他"}, NUMBER),
        ({"学籍辅号": "0017"}, f"{A}-0017"),
    ],
)
def test_one_student_one_pseudonym(workbook, said, number):
    found = read(workbook("学籍_2025-09-01.xlsx", 学生=sheet([*TEMPLATE, *LATER], {"全国学籍号": None, **said})))
    assert keys(found) == [hashed(number)] and not found["students"].damages


@pytest.mark.parametrize("said", [{"身份证件号": 9.99999201409e17}, {"全国学籍号": "G999999201409010000", "身份证件号": NUMBER}, {"学籍辅号": "2.1E+18"}])
def test_a_damaged_number_is_quarantined_and_not_passed_over(workbook, said):
    found = read(workbook("学籍_2025-09-01.xlsx", 学生=sheet([*TEMPLATE, *LATER], {"全国学籍号": None, **said})))
    assert found["students"].damages == {(0, "student_key", "damaged_id")} and keys(found) == [None]


SCHOOL = [["学校标识码", "学校名称", "办学类型", "寄宿制", "校长姓名"], [A, "甲小学", "211-小学", "否", "某某某"]]
CLASSES = [["班号", "班级名称", "年级", "班主任", "建班年月"], ["101", "一（1）班", "一年级", "某某某", "202109"]]


def test_one_workbook_of_one_school(workbook):
    headings = [heading for heading in TEMPLATE if heading != "是否孤儿"] + ["全国学籍号", "学籍状态"]
    path = workbook(
        "甲小学_2025-09-01.xlsx", 学校=SCHOOL, 校区=[["校区名称", "校区地址"], ["本部", "某街"]], 班级=CLASSES, 学生=sheet(headings, {}),
    )  # fmt: skip
    found = read(path)
    assert [(row["school_id"], row["class_id"], row["grade"]) for row in found["classes"].rows] == [(A, "101", "一年级")]
    assert [(row["school_id"], row["campus_id"]) for row in found["campuses"].rows] == [(A, "本部")]
    assert found["students"].rows[0]["grade"] == "一年级"  # told by the class sheet
    assert found["schools"].rows[0]["education_type"] == "211-小学"
    assert {read.delivery.as_of_date for read in found.values()} == {date(2025, 9, 1)}


def test_classes_without_a_code_where_the_school_sheet_names_two(workbook):
    path = workbook("两校_2025-09-01.xlsx", 学校=[*SCHOOL, [B, "乙小学", "211", "否", ""]], 班级=CLASSES)
    with pytest.raises(Refusal) as refusal:
        read(path)
    assert refusal.value.rule == "missing_school" and "某某某" not in refusal.value.message_zh


def test_a_title_of_one_sheet_dates_the_workbook(workbook):
    path = workbook("甲小学.xlsx", 学校=[["甲小学信息表（2025年9月1日）"], *SCHOOL], 班级=CLASSES)
    assert {found.delivery.as_of_date for found in read(path).values()} == {date(2025, 9, 1)}


def test_a_bare_serial_is_a_class_of_its_grade(workbook):
    classes = [["班号", "年级"], ["1班", "一年级"], ["1班", "二年级"], ["复式班", "一年级"]]
    rows = [{"班号": number, "年级": grade} for number, grade in [("1班", "一年级"), ("1班", "二年级"), ("复式班", "二年级"), ("2024级1班", "一年级"), ("七(3)", "七年级")]]
    found = read(workbook("甲小学_2025-09-01.xlsx", 学校=SCHOOL, 班级=classes, 学生=sheet([*TEMPLATE, *LATER], *rows)))
    assert [row["class_id"] for row in found["students"].rows] == ["一年级1班", "二年级1班", "复式班", "2024级1班", "七(3)"]
    assert [row["class_id"] for row in found["classes"].rows] == ["一年级1班", "二年级1班", "复式班"]


def test_a_serial_that_the_class_sheet_lists_once_is_one_class(workbook):
    classes = [["班号", "年级"], ["01", "一年级"], ["02", "二年级"]]
    rows = [{"班号": "01", "年级": "一年级"}, {"班号": "01", "年级": "二年级"}]  # a class of two grades
    found = read(workbook("甲小学_2025-09-01.xlsx", 学校=SCHOOL, 班级=classes, 学生=sheet([*TEMPLATE, *LATER], *rows)))
    assert [row["class_id"] for row in found["students"].rows] == ["01", "01"]


@pytest.mark.parametrize(
    ("lacking", "rule"), [("学籍状态", "missing_column"), ("班号", "missing_column"), ("年级", "missing_column"), ("学校标识码", "missing_column")]
)
def test_what_a_roll_cannot_be_without(workbook, lacking, rule):
    headings = [heading for heading in [*TEMPLATE, *LATER] if heading != lacking]
    with pytest.raises(Refusal) as refusal:
        read(workbook("学籍_2025-09-01.xlsx", 学生=sheet(headings, {})))
    assert refusal.value.rule == rule and lacking in refusal.value.message_zh


def test_nobody_is_known_by_name(workbook):
    headings = [heading for heading in [*TEMPLATE, *LATER] if heading not in ("全国学籍号", "身份证件号", "学籍辅号")]
    with pytest.raises(Refusal) as refusal:
        read(workbook("学籍_2025-09-01.xlsx", 学生=sheet(headings, {})))
    assert refusal.value.rule == "missing_column" and "全国学籍号" in refusal.value.message_zh


def test_a_shifted_or_new_column_refuses_the_file(workbook):
    with pytest.raises(Refusal) as refusal:
        read(workbook("学籍_2025-09-01.xlsx", 学生=sheet([*TEMPLATE, "走读距离", *LATER], {})))
    assert refusal.value.rule == "unknown_column" and "走读距离" in refusal.value.message_zh


def test_a_sheet_that_nothing_knows_is_not_passed_over(workbook):
    with pytest.raises(Refusal) as refusal:
        read(workbook("甲小学_2025-09-01.xlsx", 学校=SCHOOL, 名单=[["编号", "称呼", "所在班", "状态"], ["1", "某某某", "101", "在读"]]))
    assert refusal.value.rule == "unknown_layout" and "名单" in refusal.value.message_zh
    assert read(workbook("乙小学_2025-09-01.xlsx", 学校=SCHOOL, 说明=[["本表由系统导出"], ["如有疑问请联系管理员"]]))


def test_no_key_and_no_county(workbook):
    path = workbook("学籍_2025-09-01.xlsx", 学生=sheet([*TEMPLATE, *LATER], {}))
    with pytest.raises(Misconfigured, match="JUNHENG_PSEUDONYM_KEY"):
        read(path, context=Context(county_code=COUNTY))
    with pytest.raises(Misconfigured, match="JUNHENG_COUNTY_CODE"):
        read(path, context=Context(pseudonym_key=KEY))
