"""A unit of money in a heading's own brackets, under layout files made as docs/layouts.md says."""

from __future__ import annotations

from decimal import Decimal

import pytest
from reading import KEY, Read, walked

from sources import tabular
from sources.asset_register.tables import TABLES as ASSETS
from sources.declaration import Context
from sources.files import opened
from sources.finance_budget.tables import TABLES as BUDGETS
from sources.layout_file import layouts_in
from sources.refusal import Refusal

CONTEXT = Context(pseudonym_key=KEY, county_code="410183")
CARDS = """
table: asset_cards
keys: [card_id, class_code]
columns:
  单位代码: holder_code
  卡片编号: card_id
  资产分类: class_code
  {heading}: original_value_yuan
unit:
  columns: [original_value_yuan]
  default: 元
"""
BUDGET = """
table: budget_table
keys: [budget_unit_code, function_code]
columns: {单位代码: budget_unit_code, 科目编码: function_code}
melt: {name: item, value: amount_yuan, headings: [%s]}
unit: {columns: [amount_yuan], required: true}
year_means: [1, 1]
year_into: fiscal_year
"""


def read(folder, source, tables, layout: str, path) -> Read:
    layouts = folder / "layouts"
    layouts.mkdir(exist_ok=True)
    (layouts / f"{path.stem}.yaml").write_text(layout, "utf-8")
    (delivery,) = tabular.deliveries(source, opened(path, f"{source}/{path.name}"), CONTEXT, layouts_in(layouts, tables))
    return walked(delivery)


@pytest.fixture(params=["workbook", "csv"])
def card(request, tmp_path, workbook, csv_file):
    """The yuan of a card whose value stands under `heading`, below lines of title."""

    def value(heading: str, *above: str) -> Decimal:
        rows = [*[[line] for line in above], ["单位代码", "卡片编号", "资产分类", heading], ["12410183MN1000006Q", "1", "2010104", "1.5"]]
        made = workbook("卡片_2025-08-31.xlsx", 卡片=rows) if request.param == "workbook" else csv_file("卡片_2025-08-31.csv", [",".join(row) for row in rows])
        return read(tmp_path, "asset_register", ASSETS, CARDS.format(heading=heading), made).rows[0]["original_value_yuan"]

    return value


@pytest.mark.parametrize(
    ("heading", "yuan"),
    [
        ("资产原价（万元）", "15000"), ("资产原价(千元)", "1500"), ("资产原价（元）", "1.5"), ("资产原价（单位：万元）", "15000"), ("资产原价（人民币万元）", "15000"),
        ("资产原价【万】", "15000"), ("资产原价（含税、万元）", "15000"), ("资产原价", "1.5"), ("资产原价（人民币）", "1.5"), ("资产原价（国标）", "1.5"), ("资产原价（）", "1.5"),
    ],
)  # fmt: skip
def test_the_unit_in_brackets_is_the_columns(card, heading, yuan):
    assert card(heading) == Decimal(yuan)


@pytest.mark.parametrize(("heading", "line", "yuan"), [("资产原价（万元）", "单位：万元", "15000"), ("资产原价（元）", "单位：人民币元", "1.5"), ("资产原价（人民币）", "单位：万元", "15000")])
def test_a_line_that_says_the_same_is_no_contradiction(card, heading, line, yuan):
    assert card(heading, line) == Decimal(yuan)


@pytest.mark.parametrize(("heading", "line"), [("资产原价（万元）", "单位：元"), ("资产原价（元）", "单位：万元")])
def test_a_line_that_says_another_unit_refuses(card, heading, line):
    with pytest.raises(Refusal) as refusal:
        card(heading, line)
    assert refusal.value.rule == "unit_contradicted"
    assert "资产原价" in refusal.value.expected and line in refusal.value.found


@pytest.mark.parametrize("heading", ["资产原价（美元）", "资产原价（元/生）", "资产原价（万元）（元）"])
def test_a_unit_that_nobody_knows_refuses(card, heading):
    with pytest.raises(Refusal) as refusal:
        card(heading)
    assert refusal.value.rule == "unknown_unit" and "资产原价" in refusal.value.found


def budget(tmp_path, workbook, *headings: str, line: str | None = None) -> list[Decimal]:
    rows = [["2025年部门预算", line], ["单位代码", "科目编码", *headings], ["205001", "2050202", *["2"] * len(headings)]]
    path = workbook("预算.xlsx", 预算=rows)
    read_book = read(tmp_path, "finance_budget", BUDGETS, BUDGET % ", ".join(headings), path)
    return [row["amount_yuan"] for row in read_book.rows]


def test_melted_headings_may_carry_the_unit_and_stand_in_for_the_line(tmp_path, workbook):
    assert budget(tmp_path, workbook, "基本支出（万元）", "项目支出（万元）") == [Decimal(20000)] * 2


@pytest.mark.parametrize(
    ("headings", "line", "rule"),
    [
        (("基本支出（万元）", "项目支出（元）"), None, "unit_contradicted"),
        (("基本支出（万元）", "项目支出"), "单位：元", "unit_contradicted"),
        (("基本支出（万元）", "项目支出"), None, "unit_line_missing"),
    ],
)
def test_melted_headings_that_leave_the_unit_open_refuse(tmp_path, workbook, headings, line, rule):
    with pytest.raises(Refusal) as refusal:
        budget(tmp_path, workbook, *headings, line=line)
    assert refusal.value.rule == rule
