"""Files that must not be let in, whole (dictionary 1, 6 and 7): columns, encodings, units, kinds of file.

Here: one way each to spoil a school's file; the good one before it must stay in use. Not here: which
school's rows (sent_again.py).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sandbox.dirt.books import Book, Page, Row, as_text
from sandbox.dirt.dress import Sheet, changed, plain_workbook
from sandbox.dirt.kind import FILE_REFUSED, HELD
from sandbox.dirt.sent_again import BUILDINGS, CARDS, ROOMS, refused

_PDF = b"%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj\n%%EOF\n"
_AFTER = 8  # of the exporter that writes one body column more than headings


def _csv(sheet: Sheet, encoding: str = "gb18030") -> bytes:
    return as_text([sheet.headings, *sheet.rows]).encode(encoding, errors="replace")


def _workbook(sheet: Sheet, top: list[list[str]] | None = None) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        Book(path, [Page("Sheet1", [*map(Row, top or []), Row(sheet.headings), *map(Row, sheet.rows)])]).save(sheet.day)

    return write


def _one_to_the_right(sheet: Sheet, last: str) -> Sheet:
    rows = [[*row[:_AFTER], "", *row[_AFTER:-1], last] for row in sheet.rows]
    return changed(sheet, rows=rows)


def _without(sheet: Sheet, place: int) -> Sheet:
    return changed(
        sheet, headings=[*sheet.headings[:place], *sheet.headings[place + 1 :]], rows=[[*row[:place], *row[place + 1 :]] for row in sheet.rows]
    )


def _with(sheet: Sheet, heading: str, cell: str) -> Sheet:
    return changed(sheet, headings=[*sheet.headings, heading], rows=[[*row, cell] for row in sheet.rows])


def _renamed(sheet: Sheet, heading: str) -> Sheet:
    return changed(sheet, headings=[heading if place == sheet.amount else text for place, text in enumerate(sheet.headings)])


def _half_and_half(sheet: Sheet) -> bytes:
    middle = len(sheet.rows) // 2
    top = as_text([sheet.headings, *sheet.rows[:middle]]).encode("utf-8")
    return top + as_text(sheet.rows[middle:]).encode("gb18030", errors="replace")


def _torn(sheet: Sheet) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        plain_workbook(sheet, path)
        content = path.read_bytes()
        path.write_bytes(content[: len(content) * 2 // 3])

    return write


def _codes_as_floats(sheet: Sheet) -> bytes:
    place = sheet.wholes[0]
    rows = [[*row[:place], "2.14114E+09" if len(str(row[place])) == 10 else "1.24102E+17", *row[place + 1 :]] for row in sheet.rows]
    return _csv(changed(sheet, rows=rows))


def _quote_without_pair(sheet: Sheet) -> bytes:
    lines = _csv(sheet).split(b"\r\n")
    lines[2] = lines[2].replace(b",", b',"', 1)
    return b"\r\n".join(lines)


def _amounts_in_words(sheet: Sheet) -> Callable[[Path], None]:
    rows = [[*row[: sheet.amount], f"约{number}", *row[sheet.amount + 1 :]] for number, row in enumerate(sheet.rows)]
    return _workbook(changed(sheet, rows=rows))


def _notes(sheet: Sheet) -> Callable[[Path], None]:
    return _workbook(changed(sheet, headings=["关于报送资产数据的说明"], rows=[["一、已报送。"], ["二、请查收。"]]))


KINDS = (
    refused("body_wider_than_head", "shifted_columns", FILE_REFUSED, "表体比表头多一列（文本）", "one body column more than headings, in text", ".csv",
            lambda sheet: _csv(_one_to_the_right(sheet, "")), tables=(CARDS,), section="7"),
    refused("body_one_to_the_right", "unknown_column", FILE_REFUSED, "表体右移一列（工作簿）", "every value one to the right, in a workbook", ".xlsx",
            lambda sheet: _workbook(_one_to_the_right(sheet, "备注")), tables=(CARDS,), section="7"),
    refused("right_and_nothing_tells", "unreadable_column", HELD, "表体右移一列且末列为空", "every value one to the right, and no cell without a heading tells it", ".xlsx",
            lambda sheet: _workbook(_one_to_the_right(sheet, "")), tables=(CARDS,), section="7"),
    refused("column_nobody_knows", "unknown_column", FILE_REFUSED, "多出未知列", "a column that no layout knows", ".xlsx", lambda sheet: _workbook(_with(sheet, "自编字段", "1"))),
    refused("column_gone", "missing_column", FILE_REFUSED, "缺少必要的列", "a needed column is not there", ".xlsx", lambda sheet: _workbook(_without(sheet, sheet.amount))),
    refused("column_twice", "repeated_column", FILE_REFUSED, "同一列出现两次", "a column twice", ".xlsx", lambda sheet: _workbook(_with(sheet, sheet.headings[sheet.amount], "5"))),
    refused("area_in_mu", "missing_column", FILE_REFUSED, "面积单位为亩", "areas in 亩", ".xlsx", lambda sheet: _workbook(_renamed(sheet, "面积（亩）")), tables=(BUILDINGS,)),
    refused("half_utf8_half_gbk", "unknown_encoding", FILE_REFUSED, "一半 UTF-8 一半 GBK", "half in UTF-8, half in GBK", ".csv", _half_and_half),
    refused("torn_workbook", "unreadable", FILE_REFUSED, "工作簿被截断", "a workbook cut off", ".xlsx", _torn),
    refused("pdf_named_xlsx", "wrong_kind", FILE_REFUSED, "实为 PDF 的 xlsx", "a PDF that is called xlsx", ".xlsx", lambda sheet: _PDF),
    refused("empty_file", "empty_file", FILE_REFUSED, "空文件", "a file without a byte", ".csv", lambda sheet: b""),
    refused("notes_alone", "unknown_layout", FILE_REFUSED, "只有说明没有表", "notes and no table", ".xlsx", _notes),
    refused("codes_as_floats", "damaged_identities", FILE_REFUSED, "代码列全部成了科学计数", "a column of codes turned into floats", ".csv", _codes_as_floats),
    refused("unit_contradicted", "unit_contradicted", FILE_REFUSED, "单位行与表头矛盾", "unit line and heading say different units", ".xlsx",
            lambda sheet: _workbook(_renamed(sheet, "价值（元）"), [["单位：万元"]]), tables=(CARDS,)),
    refused("money_of_no_unit", "unknown_unit", FILE_REFUSED, "货币单位无法识别", "a unit of money that is none", ".xlsx",
            lambda sheet: _workbook(sheet, [["单位：美元"]]), tables=(CARDS,)),
    refused("quote_without_pair", "shifted_columns", FILE_REFUSED, "引号不成对", "a quotation mark without its pair", ".csv", _quote_without_pair),
    refused("no_day_anywhere", "undated", HELD, "没有日期", "no day in title, name or folder", ".csv", _csv, is_dated=False),
    refused("header_alone", "empty_table", HELD, "只有表头没有行", "a header and no row", ".csv", lambda sheet: _csv(changed(sheet, rows=[]))),
    refused("amounts_in_words", "unreadable_column", HELD, "数值列写成文字", "a column of amounts in words", ".xlsx", _amounts_in_words, tables=(BUILDINGS, ROOMS)),
)  # fmt: skip
