"""Budget table and indicator list: merged headings, units, control totals, code-name cells."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from reading import read_one

from sources.refusal import Refusal

SHEET = "支出表"
FIRST = ["单位代码", "单位名称", "科目编码", "科目名称", "合计", "基本支出", None, None, "项目支出"]
SECOND = [None, None, None, None, None, "小计", "人员经费", "公用经费", None]
HEADER_MERGES = [(SHEET, 2, column, 3, column, FIRST[column]) for column in (0, 1, 2, 3, 4, 8)] + [(SHEET, 2, 5, 2, 7, "基本支出")]
SCHOOL = [
    [None, None, "2050202", "小学教育", "16,745.59", "16,000.59", "15,000.00", "1,000.59", "745.00"],
    [None, None, "2050203", "初中教育", "10.00", "10.00", "—", "10.00", None],
    [None, None, None, "小计", "16,755.59", "16,010.59", "15,000.00", "1,010.59", "745.00"],
]
OTHER = [["205002", "乙校", "2050202", "小学教育", "5.5", "5.5", "5.5", "-", "-"], [None, None, None, "小计", "5.5", "5.5", "5.5", "0", "0"]]
TOTAL = ["合计", None, None, None, "16,761.09", "16,016.09", "15,005.50", "1,010.59", "745.00"]
UNIT_MERGES = [(SHEET, 4, 0, 5, 0, "205001"), (SHEET, 4, 1, 5, 1, "甲校")]


def table(workbook, unit: str | None = "单位：万元", body: list | None = None, title: str = "2025年一般公共预算支出表（模拟数据）", name="预算表.xlsx"):
    header = [[title], [*[None] * 8, unit], FIRST, SECOND]
    rows = header + (body or [*SCHOOL, *OTHER, TOTAL])
    blank_merged = [[None if (row, column) in {(4, 0), (4, 1), (2, 0)} else cell for column, cell in enumerate(cells)] for row, cells in enumerate(rows)]
    return workbook(name, merges=HEADER_MERGES + UNIT_MERGES, **{SHEET: blank_merged})


def test_the_table_is_one_row_a_unit_function_and_amount(workbook):
    read = read_one("finance_budget", table(workbook))
    found = {(row["budget_unit_code"], row["function_code"], row["item"]): row["amount_yuan"] for row in read.rows}
    assert found == {
        ("205001", "2050202", "合计"): Decimal("167455900"),
        ("205001", "2050202", "基本支出/小计"): Decimal("160005900"),
        ("205001", "2050202", "基本支出/人员经费"): Decimal("150000000"),
        ("205001", "2050202", "基本支出/公用经费"): Decimal("10005900"),
        ("205001", "2050202", "项目支出"): Decimal("7450000"),
        ("205001", "2050203", "合计"): Decimal("100000"),
        ("205001", "2050203", "基本支出/小计"): Decimal("100000"),
        ("205001", "2050203", "基本支出/公用经费"): Decimal("100000"),
        ("205002", "2050202", "合计"): Decimal("55000"),
        ("205002", "2050202", "基本支出/小计"): Decimal("55000"),
        ("205002", "2050202", "基本支出/人员经费"): Decimal("55000"),
    }
    assert {row["unit_name"] for row in read.rows} == {"甲校", "乙校"}
    assert {row["fiscal_year"] for row in read.rows} == {2025}
    assert [row["_row"] for row in read.rows] == [5] * 5 + [6] * 3 + [8] * 3
    assert read.delivery.as_of_date == date(2025, 1, 1)


def test_yuan_and_ten_thousand_yuan_differ_by_the_unit_line_alone(workbook):
    in_yuan = read_one("finance_budget", table(workbook, "单位：元", name="元.xlsx"))
    in_ten_thousand = read_one("finance_budget", table(workbook))
    assert [row["amount_yuan"] * 10_000 for row in in_yuan.rows] == [row["amount_yuan"] for row in in_ten_thousand.rows]


@pytest.mark.parametrize("unit", [None, "单位：新密市教育局", "填报单位：万元小学"])
def test_without_a_unit_line_it_is_refused(workbook, unit):
    with pytest.raises(Refusal) as refusal:
        read_one("finance_budget", table(workbook, unit))
    assert refusal.value.rule == "unit_line_missing"
    assert SHEET in refusal.value.message_en and "单位：万元" in refusal.value.message_zh


@pytest.mark.parametrize(
    "spoil",
    [
        lambda body: body[0].__setitem__(4, "16,745.60"),  # detail changed
        lambda body: body[2].__setitem__(7, "1,010.60"),  # subtotal changed
        lambda body: body[5].__setitem__(8, "745.01"),  # total changed
        lambda body: body.pop(1),  # row lost
    ],
)
def test_totals_that_are_not_the_sum_refuse_the_sheet(workbook, spoil):
    body = [list(row) for row in (*SCHOOL, *OTHER, TOTAL)]
    spoil(body)
    with pytest.raises(Refusal) as refusal:
        read_one("finance_budget", table(workbook, body=body))
    assert refusal.value.rule == "control_total"


def test_a_subtotal_may_open_its_block(workbook):
    body = [SCHOOL[2], SCHOOL[0], SCHOOL[1], OTHER[1], OTHER[0], TOTAL]
    header = [["2025年预算"], ["单位：万元"], FIRST, SECOND]
    rows = [[None if row == 2 and column == 0 else cell for column, cell in enumerate(cells)] for row, cells in enumerate(header + body)]
    rows[5][0] = rows[5][1] = None
    path = workbook("预算表.xlsx", merges=[*HEADER_MERGES, (SHEET, 5, 0, 6, 0, "205001"), (SHEET, 5, 1, 6, 1, "甲校")], **{SHEET: rows})
    assert len(read_one("finance_budget", path).rows) == 11


def test_a_cell_that_is_no_number_is_damage_and_stops_no_file(workbook):
    body = [list(row) for row in (*SCHOOL, *OTHER, TOTAL)]
    body[0][8] = "待定"
    read = read_one("finance_budget", table(workbook, body=body))
    ((position, column, rule),) = read.damages
    assert (column, rule) == ("amount_yuan", "not_a_number")
    assert (read.rows[position]["item"], read.rows[position]["_row"]) == ("项目支出", 5)


LINES = "财政区划代码,预算年度,单位代码,单位名称,原指标主键,支出功能分类科目,部门支出经济分类科目,资金性质,本级指标文号,指标金额,是否删除,更新时间"


def line(year="2025", amount="120000.00", unit="205001-甲校") -> str:
    return f"410183000,{year},{unit},甲校,K1,2050202-小学教育,30216-培训费,111-一般公共预算资金,新密财预〔{year}〕1号,{amount},0,2025-02-10 10:30:00"


def test_the_indicator_list_takes_codes_and_the_rows_own_county(csv_file):
    read = read_one("finance_budget", csv_file("指标.csv", [LINES, line(), line(amount="-5000")], "gbk"), context=None)
    row = read.rows[0]
    assert row["county_code"] == "410183"
    assert (row["budget_unit_code"], row["function_code"], row["economic_code"]) == ("205001", "2050202", "30216")
    assert (row["fiscal_year"], row["amount_yuan"], row["updated_on"]) == (2025, Decimal("120000"), date(2025, 2, 10))
    assert read.rows[1]["amount_yuan"] == Decimal("-5000")
    assert read.delivery.as_of_date == date(2025, 1, 1)


def test_another_name_of_the_economic_class_is_known(csv_file):
    path = csv_file("指标.csv", [LINES.replace("部门支出经济分类科目", "部门经济科目"), line()], "gbk")
    assert read_one("finance_budget", path).rows[0]["economic_code"] == "30216"
