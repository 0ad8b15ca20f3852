"""The teacher system's group sheets, the list of titles and payroll workbooks."""

from __future__ import annotations

import hashlib
import hmac
from datetime import date
from decimal import Decimal

import pytest
from reading import COUNTY, KEY, read_file

from sources.declaration import Context
from sources.refusal import Refusal

ONE, TWO = "999999198001010011", "999999198502020026"
UNIT, OTHER = "2141000001", "2141000002"
NAME = "2025-09-01教师.xlsx"
WHO = ["姓名", "身份证件号", "教师个人标识码"]
PERSONS = [["某甲", ONE, "T1"], ["某乙", TWO, "T2"]]


def people(*columns: list) -> list[list]:
    """Rows of both persons: who they are, then the given cells of each."""
    return [[*who, *cells] for who, cells in zip(PERSONS, columns, strict=True)]


def book(**changed) -> dict[str, list[list]]:
    sheets = {
        "个人信息": [[*WHO, "性别", "出生日期", "从教开始时间", "最高学历", "手机号"], *people(["男", "19800101", "2003.9", "本科", "100"], ["女", "1985年2月", "200809", "大专", "101"])],
        "编制信息": [[*WHO, "工作单位", "编制单位(用工单位)", "编制类型", "人员状态", "状态起始日期"], *people([UNIT, UNIT, "事业编制", "在岗", "2015-09-01"], [f"{UNIT}-甲小学", f"{OTHER}-乙小学", "", "交流", ""])],
        "在编信息": [[*WHO, "进入本校日期", "用人形式"], [*PERSONS[0], "2010-09-01", "在编"]],
        "非编信息": [[*WHO, "岗位分类", "人员类别", "用工方式", "进入本单位年月", "是否退休返聘"], [*PERSONS[1], "教师", "代课", "合同", "2019年9月", "否"]],
        "教育教学": [[*WHO, "学期", "任教状况", "任教学段", "任教课程", "课时"], *people(["2025-2026-1", "任教", "小学", "语文", "12"], ["2025-2026学年第一学期", "未任教", "", "", ""]), [*PERSONS[1], "2024-2025学年下学期", "任教", "小学", "音乐", "8.5"]],
        "学习经历": [[*WHO, "入学年月", "毕业年月", "学历"], [*PERSONS[0], "199909", "200306", "21-大学本科毕业"]],
        "岗位聘任": [[*WHO, "岗位类别", "岗位等级", "聘任开始日期", "兼任岗位类别", "行政职务"], *people(["管理", "7", "2018-09-01", "专业技术-教师", "校长"], ["专业技术-教师", "10", "2019-09-01", "", ""]), [*PERSONS[0], "专业技术-教师", "11", "2008-09-01", "", ""]],
        "专业技术职务聘任": [[*WHO, "聘任专业技术职务", "聘任开始日期", "聘任结束日期"], *people(["中级", "2016-09-01", ""], ["助理级", "2019-09-01", "2024-08-31"]), [*PERSONS[0], "助理级", "2008-09-01", "2016-08-31"]],
        "培训学时记录": [["姓名", "教师个人标识码", "培训项目名称", "培训年度", "培训获得学时", "培训获得学分"], ["某甲", "T1", "校本", "2024年", "72", "7"]],
        "交流轮岗": [[*WHO, "交流轮岗类型", "开始年月", "结束年月", "原单位名称", "交流轮岗单位名称"], *people(["0-无", "", "", "", ""], ["定期交流", "2024年9月", "2025年7月", f"{OTHER}-乙小学", f"{UNIT}-甲小学"])],
        "教师资格": [[*WHO, "资格证种类", "认证学科", "教师资格证号码", "证书颁发日期"], [*PERSONS[0], "小学", "语文", "20034100001", "2003-12-01"]],
        "其他信息": [[*WHO, "信息技术应用能力", "是否特级教师", "是否县级以上骨干教师"], *people(["合格", "否", "是"], ["合格", "否", "否"])],
    }  # fmt: skip
    return {name: rows for name, rows in (sheets | changed).items() if rows}


def hashed(number: str) -> str:
    return hmac.digest(KEY, number.encode(), hashlib.sha256).hex()[:32]


A, B = hashed(ONE), hashed(TWO)


def read(path) -> dict:
    return {found.delivery.table.name: found for found in read_file("hr_payroll", path)}


def by_person(found, *columns: str) -> dict:
    return {row["person_key"]: tuple(row[column] for column in columns) for row in found.rows}


def test_staff_is_one_row_from_five_sheets(workbook):
    staff = read(workbook(NAME, **book()))["staff"]
    assert by_person(staff, "work_unit_code", "post_unit_code", "person_status", "employment", "sex", "birth_month", "teaching_since", "joined_on", "teaching_status") == {
        A: (UNIT, UNIT, "在岗", "在编", "男", "1980-01", "2003-09", date(2010, 9, 1), "任教"),
        B: (UNIT, OTHER, "交流", "代课", "女", "1985-02", "2008-09", date(2019, 9, 1), "未任教"),
    }  # fmt: skip
    assert [(row["_sheet"], row["_row"]) for row in staff.rows] == [("编制信息", 2), ("编制信息", 3)]
    assert staff.delivery.as_of_date == date(2025, 9, 1) and not staff.damages


def test_units_are_told_by_where_people_work(workbook):
    rows = [(row["unit_code"], row["unit_name"]) for row in read(workbook(NAME, **book()))["units"].rows]
    assert rows == [(UNIT, "甲小学")]


def test_nothing_of_a_person_is_delivered(workbook):
    for found in read(workbook(NAME, **book())).values():
        assert not [value for value in ("某甲", "某乙", ONE, TWO, "T1", "20034100001") if value in str(found.rows)]


def test_lessons_and_who_gives_none(workbook):
    rows = read(workbook(NAME, **book()))["subjects_taught"].rows
    assert [(row["person_key"], row["term"], row["course"], row["weekly_hours"]) for row in rows] == [
        (A, "2025-2026-1", "语文", Decimal("12.00")), (B, "2024-2025-2", "音乐", Decimal("8.50")),
    ]  # fmt: skip


def test_posts_end_with_the_next_one_and_carry_the_title_of_their_time(workbook):
    rows = read(workbook(NAME, **book()))["posts"].rows
    told = {(row["person_key"], row["post_category"], row["started_on"]): (row["ended_on"], row["professional_rank"]) for row in rows}
    assert told == {
        (A, "专业技术-教师", date(2008, 9, 1)): (date(2018, 8, 31), "中级"),
        (A, "管理", date(2018, 9, 1)): (None, "中级"),
        (A, "专业技术-教师", date(2018, 9, 1)): (None, "中级"),  # held beside it
        (B, "专业技术-教师", date(2019, 9, 1)): (None, None),  # the title ended a year before the day of the file
    }


def test_titles_without_a_post_are_kept(workbook):
    sheets = book(岗位聘任=[[*WHO, "岗位类别", "聘任开始日期"], [*PERSONS[0], "专业技术-教师", "2018-09-01"]])
    told = by_person(read(workbook(NAME, **sheets))["posts"], "post_category", "professional_rank")
    assert told == {A: ("专业技术-教师", "中级"), B: ("专业技术", "助理级")}


def test_the_highest_degree_stands_in_where_there_are_no_studies(workbook):
    found = read(workbook(NAME, **book()))["degrees"]
    assert by_person(found, "degree", "graduated_month") == {A: ("21-大学本科毕业", "2003-06"), B: ("大专", None)}


def test_training_rotation_certificates(workbook):
    found = read(workbook(NAME, **book()))
    assert by_person(found["training_hours"], "training_year", "hours") == {A: (2024, Decimal("72.00"))}  # by the personal code
    assert by_person(found["rotations"], "from_unit_code", "to_unit_code", "started_on", "ended_on") == {B: (OTHER, UNIT, date(2024, 9, 1), date(2025, 7, 31))}
    assert by_person(found["certificates"], "certificate_kind", "issued_on") == {A: ("小学", date(2003, 12, 1))}


def test_who_stands_in_no_unit_is_not_lost(workbook):
    sheets = book()
    sheets["个人信息"].append(["某丙", "999999199003030033", "T3", "女", "19900303", "2012-09", "本科", ""])
    rows = read(workbook(NAME, **sheets))["staff"].rows
    assert [(row["_sheet"], row["_row"], row["work_unit_code"]) for row in rows] == [("个人信息", 4, None), ("编制信息", 2, UNIT), ("编制信息", 3, UNIT)]


def test_two_statements_about_one_person_are_two_rows(workbook):
    sheets = book()
    sheets["个人信息"].append([*PERSONS[0], "女", "19800101", "2003.9", "本科", ""])
    rows = read(workbook(NAME, **sheets))["staff"].rows
    assert sorted(row["sex"] for row in rows if row["person_key"] == A) == ["女", "男"]


def test_the_same_statement_twice_is_one(workbook):
    sheets = book()
    sheets["个人信息"].append(sheets["个人信息"][1])
    assert len(read(workbook(NAME, **sheets))["staff"].rows) == 2


def test_re_employed_after_retirement(workbook):
    sheets = book()
    sheets["非编信息"][1][-1] = "1-是"
    assert by_person(read(workbook(NAME, **sheets))["staff"], "employment")[B] == ("退休返聘",)


def test_a_name_stays_a_name(workbook):
    sheets = book()
    sheets["编制信息"][1][3] = "甲小学（东校区）"
    assert by_person(read(workbook(NAME, **sheets))["staff"], "work_unit_code")[A] == ("甲小学(东校区)",)


@pytest.mark.parametrize("number", [9.99999198001e17, "999999198001010000"])
def test_a_damaged_number_is_damage_in_staff_too(workbook, number):
    sheets = book(个人信息=None)
    sheets["编制信息"][1][1] = number
    staff = read(workbook(NAME, **sheets))["staff"]
    assert ("person_key", "damaged_id") in {(column, rule) for _, column, rule in staff.damages}
    assert [row["person_key"] for row in staff.rows].count(B) == 1


@pytest.mark.parametrize("lacking", ["编制信息", "教育教学", "岗位聘任"])
def test_staff_that_could_not_be_counted_is_refused(workbook, lacking):
    with pytest.raises(Refusal) as refusal:
        read(workbook(NAME, **book(**{lacking: None})))
    assert refusal.value.rule == "missing_sheet" and lacking in refusal.value.message_zh


@pytest.mark.parametrize("alone", ["学习经历", "教师资格", "岗位聘任", "专业技术职务聘任", "教育教学", "交流轮岗"])
def test_a_list_may_come_alone(workbook, alone):
    assert read(workbook(NAME, **{alone: book()[alone]}))


def test_a_sheet_without_numbers_is_refused(workbook):
    with pytest.raises(Refusal) as refusal:
        read(workbook(NAME, 名单=[["姓名", "学历", "毕业年月"], ["某甲", "21", "200306"]]))
    assert refusal.value.rule == "missing_column" and "身份证件号" in refusal.value.message_zh


def test_the_list_of_titles(workbook):
    rows = [["身份证件号", "级别", "认定文号", "认定日期", "有效期"], [ONE, "县级", "教〔2023〕1号", "2023-05", "2026年5月"]]
    titles = read(workbook("骨干教师名单_2025-09-01.xlsx", 名单=rows))["backbone_titles"]
    assert by_person(titles, "title", "level", "document_number", "awarded_on", "valid_to") == {A: ("骨干教师", "县级", "教〔2023〕1号", date(2023, 5, 1), date(2026, 5, 31))}


ROSTER = """\
table: staff
keys: [work_unit_code, person_status]
columns: {所在学校: work_unit_code, 在岗情况: person_status, 岗位性质: staff_category, 任课情况: teaching_status, 性别: sex, 出生: birth_month}
aside: {公民身份号码: id_number}
ignore: [姓名, 电话]
"""


def test_the_offices_own_roster_is_one_layout(workbook, tmp_path):
    (tmp_path / "layouts" / "hr_payroll").mkdir(parents=True)
    (tmp_path / "layouts" / "hr_payroll" / "roster.yaml").write_text(ROSTER, "utf-8")
    rows = [["花名册（2025年9月1日）"], ["姓名", "公民身份号码", "性别", "出生", "所在学校", "岗位性质", "任课情况", "在岗情况", "电话"], ["某甲", ONE, "男", "198001", f"{UNIT}—甲小学", "专任教师", "任教", "在岗", "100"]]
    context = Context(pseudonym_key=KEY, county_code=COUNTY, own_layouts=tmp_path / "layouts")
    units, staff = read_file("hr_payroll", workbook("花名册.xlsx", 名册=rows), context=context)
    assert by_person(staff, "work_unit_code", "staff_category", "teaching_status", "birth_month") == {A: (UNIT, "专任教师", "任教", "1980-01")}
    assert (staff.delivery.layout, staff.delivery.as_of_date) == ("roster", date(2025, 9, 1)) and units.rows[0]["unit_code"] == UNIT


# payroll ------------------------------------------------------------------------

PAY = ["序号", "身份证号", "姓名", "单位代码", "单位名称", "人员状况", "代发银行", "岗位工资", "年终及考核优秀奖", "应发工资", "实发工资"]
PAID = [1, ONE, "某甲", "205001", "甲小学", "在职", "某银行", "3000", "0", "5123.10", "4000"]
RETIRED = [2, TWO, "某乙", "205001", "甲小学", "退休", "某银行", "", "", "4000", "4000"]


def pay(found) -> list[tuple]:
    return [(row["person_key"], row["pay_month"], row["budget_unit_code"], row["gross_yuan"], row["pay_kind"]) for row in found.rows]


def test_a_month_with_retired_staff_and_a_total(workbook):
    total = ["合计", None, None, None, None, None, None, "3000", "0", "9123.10", "8000"]
    (found,) = read_file("hr_payroll", workbook("2024年12月工资表.xlsx", 工资=[PAY, PAID, RETIRED, total]))
    assert pay(found) == [(A, "2024-12", "205001", Decimal("5123.10"), None), (B, "2024-12", "205001", Decimal("4000.00"), None)]
    assert found.delivery.as_of_date == date(2024, 12, 31) and [row["person_status"] for row in found.rows] == ["在职", "退休"]
    assert "银行" not in str(found.rows)


def test_two_header_rows_with_groups(workbook):
    top = ["身份证号码", "单位代码", "应发项", None, "扣款项", None, "实发工资"]
    low = [None, None, "岗位工资", "合计", "个税", "合计", None]
    rows = [["某县2024年3月工资表"], ["单位：元"], top, low, [ONE, "205001", "3000", "5000", "10", "10", "4990"]]
    merges = [("工资", 2, 2, 2, 3, "应发项"), ("工资", 2, 4, 2, 5, "扣款项"), ("工资", 2, 0, 3, 0, "身份证号码"), ("工资", 2, 1, 3, 1, "单位代码"), ("工资", 2, 6, 3, 6, "实发工资")]
    rows[2] = [None] * 7
    (found,) = read_file("hr_payroll", workbook("工资.xlsx", merges, 工资=rows))
    assert pay(found) == [(A, "2024-03", "205001", Decimal("5000.00"), None)]


def test_wan_yuan_in_the_unit_line(workbook):
    (found,) = read_file("hr_payroll", workbook("2024年3月.xlsx", 工资=[["单位：万元"], PAY, [*PAID[:9], "0.512310", "0.4"]]))
    assert pay(found)[0][3] == Decimal("5123.10")


def test_months_of_rows_are_deliveries_of_their_own(workbook):
    rows = [[*PAY, "执行时间"], [*PAID, "202401"], [*PAID, "2024年2月"], [*RETIRED, "2024-02-15"], [*RETIRED, ""]]
    found = read_file("hr_payroll", workbook("工资汇总.xlsx", 工资=rows))
    assert [(read.delivery.as_of_date, len(read.rows)) for read in found] == [(date(2024, 1, 31), 1), (date(2024, 2, 29), 3)]
    assert [row["pay_month"] for row in found[1].rows] == ["2024-02", "2024-02", None]


def test_the_title_decides_over_the_time_that_pay_was_fixed(workbook):
    rows = [["2024年5月工资表"], [*PAY, "执行时间"], [*PAID, "202307"]]
    (found,) = read_file("hr_payroll", workbook("工资.xlsx", 工资=rows))
    assert found.rows[0]["pay_month"] == "2024-05" and found.delivery.as_of_date == date(2024, 5, 31)


def test_an_award_stands_beside_its_month(workbook):
    rows = [["某县2024年度年终奖发放表"], ["身份证号", "姓名", "单位代码", "年终及考核优秀奖"], [ONE, "某甲", "205001", "9000"]]
    (found,) = read_file("hr_payroll", workbook("年终奖.xlsx", 年终奖=rows))
    assert pay(found) == [(A, "2024-12", "205001", Decimal("9000.00"), "年终奖")]
    assert found.delivery.as_of_date == date(2024, 12, 31)


def test_sheets_of_several_months_and_an_award_in_one_workbook(workbook):
    award = [["身份证号", "单位代码", "年终奖"], [ONE, "205001", "900"]]
    sheets = {"2024年11月": [PAY, PAID], "十二月": [["2024年12月工资"], PAY, PAID, RETIRED], "2024年12月年终奖": award}
    found = read_file("hr_payroll", workbook("工资.xlsx", **sheets))
    assert [(read.delivery.as_of_date, [(row["_sheet"], row["pay_month"], row["pay_kind"]) for row in read.rows]) for read in found] == [
        (date(2024, 11, 30), [("2024年11月", "2024-11", None)]),
        (date(2024, 12, 31), [("十二月", "2024-12", None), ("十二月", "2024-12", None), ("2024年12月年终奖", "2024-12", "年终奖")]),
    ]


def test_a_sheet_of_deductions_is_known_and_never_read(workbook):
    sheets = {"工资": [PAY, PAID], "扣款": [["身份证号", "医疗保险", "养老保险", "个税", "合计"], [ONE, "1", "2", "3", "6"]]}
    (found,) = read_file("hr_payroll", workbook("2024年1月.xlsx", **sheets))
    assert len(found.rows) == 1


def test_pay_in_gbk(csv_file):
    lines = [",".join(PAY), ",".join(map(str, PAID))]
    (found,) = read_file("hr_payroll", csv_file("2024年4月工资.csv", lines, "gbk"))
    assert pay(found) == [(A, "2024-04", "205001", Decimal("5123.10"), None)]

