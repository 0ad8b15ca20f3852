"""The school register and the decisions beside it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from reading import KEY, read_one

from sources.declaration import Context
from sources.refusal import Misconfigured, Refusal

# Typed from section 12 of the source dictionary.
HEADERS = (
    "学校标识码 学校名称 曾用名 办学类型 举办者 乡镇 区划代码 城乡分类代码 寄宿制 统一社会信用代码 预算单位代码 上级学校标识码 "
    "经度 纬度 启用日期 停用日期 变更类型 承接学校标识码 依据文号"
).split()  # fmt: skip
SCHOOL = [
    "2141000001", "青屏街小学", "", "211-小学", "县级教育部门", "青屏街", "410183001001", "111", "否", "12410183MN1000006Q", "205001",
    "", "113.389548", "34.520692", "1998-09-01", "20250831", "合并", "2141000002", "新密教〔2025〕3号",
]  # fmt: skip
POINT = ["", "青屏街小学后山教学点", *[""] * 4, "410183001002", "", "", "", "205001009", "2141000001", *[""] * 7]
TITLE = ["新密市学校名录（模拟数据）2025年9月1日"]
NOWHERE = Context(pseudonym_key=KEY)


def test_the_workbook_of_nineteen_headings(workbook):
    read = read_one("registry", workbook("学校名录.xlsx", 名录=[TITLE, HEADERS, SCHOOL, POINT]), context=NOWHERE)
    first, second = read.rows
    assert read.delivery.as_of_date == date(2025, 9, 1)
    assert read.delivery.county_code == "410183"
    assert (first["county_code"], first["school_id"], first["former_name"]) == ("410183", "2141000001", None)
    assert (first["longitude"], first["latitude"]) == (Decimal("113.389548"), Decimal("34.520692"))
    assert (first["opened_on"], first["closed_on"], first["successor_school_id"]) == (date(1998, 9, 1), date(2025, 8, 31), "2141000002")
    assert (second["school_id"], second["parent_school_id"], second["county_code"]) == (None, "2141000001", "410183")
    assert not read.delivery.damages


def test_a_csv_with_the_same_headings_is_as_good(workbook, csv_file):
    from_book = read_one("registry", workbook("2025-09-01.xlsx", 名录=[HEADERS, SCHOOL, POINT]))
    lines = [",".join(cells) for cells in (HEADERS, SCHOOL, POINT)]
    from_text = read_one("registry", csv_file("学校名录_2025-09-01.csv", lines, "gb18030"))
    place = ("_sheet", "_row")
    assert [{k: v for k, v in row.items() if k not in place} for row in from_book.rows] == [{k: v for k, v in row.items() if k not in place} for row in from_text.rows]


def test_a_register_of_several_counties_is_of_none(workbook):
    other = [*SCHOOL[:6], "410184001001", *SCHOOL[7:]]
    read = read_one("registry", workbook("学校名录.xlsx", 名录=[TITLE, HEADERS, SCHOOL, other]), context=NOWHERE)
    assert read.delivery.county_code is None
    assert [row["county_code"] for row in read.rows] == ["410183", "410184"]


DECISIONS = "source_system,source_code,source_name,school_id,stage,valid_from,valid_to,match_method,decided_by,decided_on,evidence"
DECISION = "asset_register,205900001,某校,2141000001,,2015-01-01,,manual,计财股,2025-06-20,〔2024〕44号"


def test_a_crosswalk_is_known_by_its_header_and_is_never_held(csv_file):
    read = read_one("registry", csv_file("随便什么名字.csv", [DECISIONS, DECISION]))
    assert read.delivery.table.name == "crosswalk"
    assert read.delivery.as_of_date is not None and read.delivery.as_of_date < date(1949, 10, 1)
    (row,) = read.rows
    assert (row["county_code"], row["source_code"], row["school_id"]) == ("410183", "205900001", "2141000001")
    assert (row["valid_from"], row["valid_to"], row["match_method"]) == (date(2015, 1, 1), None, "manual")


def test_a_crosswalk_may_name_the_county_itself(csv_file):
    read = read_one("registry", csv_file("x.csv", [f"county_code,{DECISIONS}", f"410184,{DECISION}"]), context=NOWHERE)
    assert read.rows[0]["county_code"] == "410184"


def test_a_crosswalk_of_no_county_is_a_configuration_error(csv_file):
    with pytest.raises(Misconfigured):
        read_one("registry", csv_file("x.csv", [DECISIONS, DECISION]), context=NOWHERE)


def test_a_register_without_a_column_is_refused(workbook):
    with pytest.raises(Refusal) as refusal:
        read_one("registry", workbook("学校名录.xlsx", 名录=[TITLE, HEADERS[:-1], SCHOOL[:-1]]))
    assert (refusal.value.rule, "依据文号" in refusal.value.message_zh) == ("missing_column", True)


def without_division(school: list[str], number: str) -> list[str]:
    return [number, *school[1:6], "", *school[7:]]


def test_a_blank_division_takes_the_county_of_the_other_rows(workbook, csv_file):
    rows = [HEADERS, SCHOOL, without_division(SCHOOL, "2141000009")]
    lines = [",".join(cells) for cells in rows]
    for path in (workbook("2025-09-01.xlsx", 名录=rows), csv_file("学校名录_2025-09-01.csv", lines)):
        read = read_one("registry", path, context=NOWHERE)
        assert (read.delivery.county_code, [row["county_code"] for row in read.rows]) == ("410183", ["410183"] * 2)
        assert read.rows[1]["division_code"] is None


def test_where_rows_are_of_several_counties_a_blank_one_stays_without(workbook):
    other = [*SCHOOL[:6], "410184001001", *SCHOOL[7:]]
    read = read_one("registry", workbook("2025-09-01.xlsx", 名录=[HEADERS, SCHOOL, other, without_division(SCHOOL, "2141000009")]), context=NOWHERE)
    assert [row["county_code"] for row in read.rows] == ["410183", "410184", None]


@pytest.mark.parametrize("division", ["", "新密市", "4.10183E+11"])
def test_a_register_in_which_no_row_tells_the_county_is_a_configuration_error(workbook, csv_file, division):
    school = [*SCHOOL[:6], division, *SCHOOL[7:]]
    book = workbook("2025-09-01.xlsx", 名录=[HEADERS, school, without_division(SCHOOL, "2141000009")])
    for path in (book, csv_file("学校名录_2025-09-01.csv", [",".join(cells) for cells in (HEADERS, school)])):
        with pytest.raises(Misconfigured, match="JUNHENG_COUNTY_CODE"):
            read_one("registry", path, context=NOWHERE)
    assert {row["county_code"] for row in read_one("registry", book).rows} == {"410183"}
    assert {row["county_code"] for row in read_one("registry", book, "registry/410184/名录_2025-09-01.xlsx", NOWHERE).rows} == {"410184"}


def test_a_register_without_rows_asks_for_no_county(workbook):
    assert read_one("registry", workbook("2025-09-01.xlsx", 名录=[HEADERS]), context=NOWHERE).rows == []
