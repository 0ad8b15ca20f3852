"""Workbooks: titles, merged headings, totals, units, cells in error, and files that are no workbook."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from decimal import Decimal

import pytest
from msoffcrypto.format.ooxml import OOXMLFile
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.protection import SheetProtection
from reading import read_file, read_one

from sources.refusal import Refusal

LEDGER = ["序号", "学校标识码", "学校名称", "台账编号", "用途类别", "建筑结构", "面积（平方米）", "使用状况", "投入使用日期", "备注"]
ROOMS = ["序号", "学校标识码", "学校名称", "房间编号", "教室类别", "使用面积（平方米）", "是否网络多媒体教室", "使用状况", "备注"]
CARDS = ["单位代码", "单位名称", "卡片编号", "资产名称", "固定资产分类代码", "资产分类名称", "数量", "使用方向", "使用状况", "价值", "入账日期", "使用人"]
TITLE = ["新密市校舍场地台账（模拟数据）2025年8月31日"]


def space(serial: int, area=100, school: str = "2141000001", **other) -> list:
    row = [str(serial), school, "某小学", f"XF{serial:03d}", "普通教室", "砖混", area, "在用", "1990-09-01", ""]
    for heading, value in other.items():
        row[LEDGER.index(heading)] = value
    return row


def refused(name: str, path) -> Refusal:
    with pytest.raises(Refusal) as refusal:
        read_file(name, path)
    return refusal.value


# --- what is read ---------------------------------------------------------------------


def test_a_ledger_with_title_subtotals_and_total(workbook):
    rows = [TITLE, LEDGER, space(1, 10.5), space(2, "1,020.25"), ["小计", *[None] * 5, 1030.75], space(3, school="3141000002"), ["合计", *[None] * 5, 1130.75]]
    read = read_one("asset_register", workbook("校舍场地台账.xlsx", 校舍场地=rows))
    assert [(row["school_id"], row["area_m2"], row["_sheet"], row["_row"]) for row in read.rows] == [
        ("2141000001", Decimal("10.5"), "校舍场地", 3),
        ("2141000001", Decimal("1020.25"), "校舍场地", 4),
        ("3141000002", Decimal("100"), "校舍场地", 6),
    ]
    assert read.delivery.as_of_date == date(2025, 8, 31)
    assert read.delivery.layout == "buildings"
    assert not read.delivery.damages


def test_the_ending_of_a_name_is_not_believed(workbook):
    path = workbook("台账.xlsx", 校舍场地=[TITLE, LEDGER, space(1)])
    assert len(read_one("asset_register", path.rename(path.with_suffix(".xls"))).rows) == 1
    assert len(read_one("asset_register", path.with_suffix(".xls").rename(path.with_suffix(".csv"))).rows) == 1


def test_two_tables_in_one_book_are_two_deliveries_and_a_note_sheet_is_neither(workbook):
    room = ["1", "2141000001", "某小学", "R001", "普通教室", 54, "是", "在用", ""]
    reads = read_file("asset_register", workbook("台账.xlsx", 说明=[["填写说明"], ["一、……"]], 校舍=[TITLE, LEDGER, space(1)], 教室=[TITLE, ROOMS, room]))
    assert [read.delivery.table.name for read in reads] == ["buildings", "rooms"]


def test_sheets_of_one_table_are_one_delivery(workbook):
    read = read_one("asset_register", workbook("台账.xlsx", 一=[TITLE, LEDGER, space(1)], 二=[TITLE, LEDGER, space(2), space(3)]))
    assert [(row["_sheet"], row["_row"]) for row in read.rows] == [("一", 3), ("二", 3), ("二", 4)]


def test_cells_of_every_type_are_read(workbook, tmp_path):
    book = Workbook()
    sheet = book.active
    sheet.append(TITLE)
    sheet.append(LEDGER)
    sheet.append(space(1, 12.5, 投入使用日期=datetime(1999, 9, 1), 台账编号=7))
    sheet.append(space(2, "１，２３４．５", 投入使用日期="1999年9月1日"))
    sheet.append(space(3, "—", 投入使用日期=36404))
    book.save(tmp_path / "台账.xlsx")
    read = read_one("asset_register", tmp_path / "台账.xlsx")
    assert [row["in_use_since"] for row in read.rows] == [date(1999, 9, 1)] * 3
    assert [row["area_m2"] for row in read.rows] == [Decimal("12.5"), Decimal("1234.5"), None]
    assert read.rows[0]["building_id"] == "7"
    assert not read.delivery.damages


def test_a_float_is_what_was_typed_and_too_fine_a_one_is_damage(workbook):
    read = read_one("asset_register", workbook("台账.xlsx", 校舍场地=[TITLE, LEDGER, space(1, 0.1), space(2, 16745.59), space(3, 1 / 3)]))
    assert [row["area_m2"] for row in read.rows] == [Decimal("0.1"), Decimal("16745.59"), None]
    assert read.damages == {(2, "area_m2", "too_many_decimals")}


def test_a_code_that_became_a_number_is_damage(workbook):
    cards = [["某资产卡片2025年8月31日"], CARDS, [123456789012345678, "某校", "1", "机", "2010104", "", 1, "教学", "在用", 1, "20240901", "某某某"]]
    read = read_one("asset_register", workbook("卡片.xlsx", 卡片=cards))
    assert read.rows[0]["holder_code"] is None
    assert read.damages == {(0, "holder_code", "damaged_id")}


def test_a_cell_in_error_is_damage_of_that_cell(workbook, tmp_path):
    path = workbook("台账.xlsx", 校舍场地=[TITLE, LEDGER, space(1), space(2), space(3)])
    book = load_workbook(path)
    book.active["G4"].value, book.active["G4"].data_type = "#REF!", "e"
    book.save(path)
    read = read_one("asset_register", path)
    assert [row["area_m2"] for row in read.rows] == [Decimal(100), None, Decimal(100)]
    assert read.damages == {(1, "area_m2", "error_cell")}


def test_merged_cells_fill_down_inside_the_merge_only(workbook):
    rows = [TITLE, LEDGER, *[space(serial) for serial in range(1, 6)]]
    for row in (3, 4, 5):
        rows[row][1] = None
    path = workbook("台账.xlsx", 校舍场地=rows, merges=[("校舍场地", 2, 1, 4, 1, "2141000001")])
    assert [row["school_id"] for row in read_one("asset_register", path).rows] == ["2141000001"] * 3 + [None, "2141000001"]


def test_a_note_merged_beside_the_rows_hides_none_of_them(workbook):
    rows = [TITLE, [*LEDGER[:-1], None], *[[*space(serial)[:-1], None] for serial in range(1, 9)]]
    path = workbook("台账.xlsx", 校舍场地=rows, merges=[("校舍场地", 1, 9, 8, 9, "备注")])
    assert [row["building_id"] for row in read_one("asset_register", path).rows] == [f"XF{serial:03d}" for serial in range(1, 9)]


def test_a_row_of_column_numbers_is_no_data(workbook):
    numbers = ["甲", "乙", *[str(number) for number in range(1, 9)]]
    assert [row["_row"] for row in read_one("asset_register", workbook("台账.xlsx", 校舍场地=[TITLE, LEDGER, numbers, space(1)])).rows] == [4]


def test_an_html_table_named_xls_is_read(tmp_path):
    def row(cells, tag="td"):
        return "<tr>" + "".join(f"<{tag}>{cell}</{tag}>" for cell in cells) + "</tr>"

    html = f"<html><body><table><tr><td colspan=10>{TITLE[0]}</td></tr>{row(LEDGER, 'th')}{row(space(1, '12.5'))}{row(space(2, '&#55;'))}</table></body></html>"
    path = tmp_path / "台账.xls"
    path.write_bytes(html.encode("gbk"))
    read = read_one("asset_register", path)
    assert [(row["area_m2"], row["_row"]) for row in read.rows] == [(Decimal("12.5"), 3), (Decimal("7"), 4)]
    assert read.delivery.encoding == "gb18030"


def test_a_merged_cell_of_an_html_table_fills_down(tmp_path):
    cells = "".join(f"<td>{cell}</td>" for cell in space(1)[2:])
    html = f"<table><tr>{''.join(f'<th>{heading}</th>' for heading in LEDGER)}</tr><tr><td>1</td><td rowspan=2>2141000001</td>{cells}</tr><tr><td>2</td>{cells}</tr></table>"
    path = tmp_path / "台账_2025-08-31.xls"
    path.write_text(html, "utf-8")
    assert [row["school_id"] for row in read_one("asset_register", path).rows] == ["2141000001"] * 2


# --- the unit line -------------------------------------------------------------------


def cards_with(*above: list) -> list[list]:
    return [*above, CARDS, ["12410183MN1000006Q", "某校", "1", "机", "2010104", "", 1, "教学", "在用", "1.5", "20240901", ""]]


@pytest.mark.parametrize(
    ("line", "yuan"),
    [(None, "1.5"), ("单位：元", "1.5"), ("单位：万元", "15000"), ("金额单位:人民币 万元", "15000"), ("单位：千元", "1500"), ("填报单位(盖章)：新密市万元小学", "1.5")],
)
def test_the_unit_line_decides(workbook, line, yuan):
    path = workbook("卡片_2025-08-31.xlsx", 卡片=cards_with(["资产卡片（模拟数据）"], [line]))
    assert read_one("asset_register", path).rows[0]["original_value_yuan"] == Decimal(yuan)


def test_a_unit_that_nobody_knows_is_refused(workbook):
    assert refused("asset_register", workbook("卡片_2025-08-31.xlsx", 卡片=cards_with(["单位：美元"]))).rule == "unknown_unit"


# --- what is refused -----------------------------------------------------------------


def test_a_password_protected_workbook_is_refused(workbook):
    path = workbook("台账.xlsx", 校舍场地=[TITLE, LEDGER, space(1)])
    locked = io.BytesIO()
    OOXMLFile(io.BytesIO(path.read_bytes())).encrypt("a password", locked)
    path.write_bytes(locked.getvalue())
    refusal = refused("asset_register", path)
    assert refusal.rule == "password_protected"
    assert "password" in refusal.message_en and "密码" in refusal.message_zh


def test_a_sheet_that_only_may_not_be_edited_is_read(workbook):
    path = workbook("台账.xlsx", 校舍场地=[TITLE, LEDGER, space(1)])
    book = load_workbook(path)
    book.active.protection = SheetProtection(sheet=True, password="a password")
    book.save(path)
    assert len(read_one("asset_register", path).rows) == 1


@pytest.mark.parametrize("share", [0.02, 0.3, 0.5, 0.9, 0.999])
def test_a_truncated_workbook_is_refused(workbook, share):
    path = workbook("台账.xlsx", 校舍场地=[TITLE, LEDGER, *map(space, range(50))])
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    assert refused("asset_register", path).rule == "unreadable"


def test_a_flipped_byte_is_refused_or_read_but_never_a_crash(workbook):
    path = workbook("台账.xlsx", 校舍场地=[TITLE, LEDGER, *map(space, range(30))])
    content = path.read_bytes()
    for place in range(10, len(content), len(content) // 60):
        path.write_bytes(content[:place] + bytes([content[place] ^ 0x55]) + content[place + 1 :])
        try:
            read_file("asset_register", path)
        except Refusal as refusal:
            assert refusal.rule


@pytest.mark.parametrize("content", [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000, b"PK\x03\x04" + b"z" * 500], ids=["old excel", "archive"])
def test_a_hollow_file_is_refused(tmp_path, content):
    path = tmp_path / "台账.xls"
    path.write_bytes(content)
    assert refused("asset_register", path).rule == "unreadable"


def test_an_archive_that_is_no_workbook_is_of_the_wrong_kind(tmp_path):
    path = tmp_path / "台账.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    assert refused("asset_register", path).rule == "wrong_kind"


def rewritten(path, part: str, change) -> None:
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = change(parts[part])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def test_a_workbook_that_unpacks_too_far_is_refused(workbook, monkeypatch):
    monkeypatch.setattr("sources.workbook_survey.UNPACKED_LIMIT", 5 << 20)
    path = workbook("台账.xlsx", 校舍场地=[TITLE, LEDGER, space(1)])
    rewritten(path, "docProps/app.xml", lambda content: content + b" " * (20 << 20))
    assert path.stat().st_size < 1 << 20
    assert refused("asset_register", path).rule == "too_large"


def test_two_cells_at_the_far_corners_are_refused_before_memory_is_taken(workbook):
    path = workbook("台账.xlsx", 校舍场地=[TITLE, LEDGER, space(1)])
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    rewritten(path, "xl/worksheets/sheet1.xml", lambda content: content.replace(b"</sheetData>", far))
    refusal = refused("asset_register", path)
    assert refusal.rule == "too_large" and "校舍场地" in refusal.message_en


def test_a_file_past_the_size_limit_is_refused(workbook, monkeypatch):
    monkeypatch.setattr("sources.files.WORKBOOK_LIMIT", 1000)
    assert refused("asset_register", workbook("台账.xlsx", 校舍场地=[TITLE, LEDGER, space(1)])).rule == "too_large"


def test_an_unknown_column_names_sheet_row_and_layout(workbook):
    refusal = refused("asset_register", workbook("台账.xlsx", 校舍场地=[TITLE, [*LEDGER, "负责人"], [*space(1), "某某某"]]))
    assert refusal.rule == "unknown_column"
    for message in (refusal.message_en, refusal.message_zh):
        assert "校舍场地" in message and "row 2" in message and "负责人" in message
        assert "sources/asset_register/layouts/buildings.yaml" in message and "某某某" not in message


def test_data_below_a_blank_heading_is_refused_and_an_empty_column_is_not(workbook):
    assert len(read_one("asset_register", workbook("一.xlsx", 校舍场地=[TITLE, [*LEDGER, None, " "], space(1)])).rows) == 1
    assert refused("asset_register", workbook("二.xlsx", 校舍场地=[TITLE, LEDGER, [*space(1), "右移的值"]])).rule == "unknown_column"


def test_a_missing_column_names_it(workbook):
    rows = [TITLE, *[[cell for place, cell in enumerate(row) if place != 6] for row in (LEDGER, space(1))]]
    refusal = refused("asset_register", workbook("台账.xlsx", 校舍场地=rows))
    assert refusal.rule == "missing_column" and "面积(平方米)" in refusal.message_zh


def test_a_book_that_no_layout_knows_is_refused(workbook):
    assert refused("asset_register", workbook("通讯录.xlsx", 通讯录=[["科室", "电话"], ["计财", "1"]])).rule == "unknown_layout"
