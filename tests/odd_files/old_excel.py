"""Old Excel (BIFF8 in a compound file), and what calls itself so."""

from __future__ import annotations

import struct
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import xlwt

from odd_files.expectation import Odd
from odd_files.ledger import LEDGER, PLAIN, ROWS, SCHOOL, csv_bytes, packed, parts, written

NAME = "台账_2025-08-31.xls"
DAY = xlwt.easyxf(num_format_str="yyyy-mm-dd")


def book(*changes: Callable[[xlwt.Workbook, xlwt.Worksheet], None]) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        made = xlwt.Workbook(encoding="utf-8")
        sheet = made.add_sheet("校舍", cell_overwrite_ok=True)
        for row, cells in enumerate((LEDGER, *ROWS)):
            for column, text in enumerate(cells):
                sheet.write(row, column, text)
        for change in changes:
            change(made, sheet)
        made.save(str(path))

    return make


def spoiled(change: Callable[[bytearray], None]) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        book()(path)
        content = bytearray(path.read_bytes())
        change(content)
        path.write_bytes(content)

    return make


def cell(row: int, column: int, value: object, style: xlwt.XFStyle | None = None) -> Callable:
    return lambda _, sheet: sheet.write(row, column, value, style) if style else sheet.write(row, column, value)


def error(row: int, column: int, code: int) -> Callable:
    return lambda _, sheet: sheet.row(row).set_cell_error(column, code)


def of_1904(made: xlwt.Workbook, _: xlwt.Worksheet) -> None:
    made.dates_1904 = True


def hidden(made: xlwt.Workbook, _: xlwt.Worksheet) -> None:
    other = made.add_sheet("去年")
    other.visibility = 1
    for row, cells in enumerate((LEDGER, *ROWS)):
        for column, text in enumerate(cells):
            other.write(row, column, text)


def fat_in_a_circle(content: bytearray) -> None:
    """Every sector says that itself is the next one."""
    first = struct.unpack("<I", content[76:80])[0]
    at = 512 + first * 512
    for sector in range(128):
        content[at + 4 * sector : at + 4 * sector + 4] = struct.pack("<I", sector)


def directory_in_a_circle(content: bytearray) -> None:
    start = struct.unpack("<I", content[48:52])[0]
    fat = 512 + struct.unpack("<I", content[76:80])[0] * 512
    content[fat + 4 * start : fat + 4 * start + 4] = struct.pack("<I", start)


def far_sectors(content: bytearray) -> None:
    content[44:48] = struct.pack("<I", 0x7FFFFFFF)  # so many sectors of the FAT
    content[72:76] = struct.pack("<I", 0x7FFFFFFF)


def sealed(content: bytearray) -> None:
    """A FILEPASS record where the WRITEACCESS record stood: the rest is scrambled."""
    at = content.find(b"\x5c\x00\x70\x00")
    content[at : at + 4] = b"\x2f\x00\x70\x00"
    content[at + 4 : at + 10] = struct.pack("<HHH", 1, 1, 1)


def a_row_of_strings_past_the_table(content: bytearray) -> None:
    """LABELSST records that name string 0x00FFFFFF."""
    at = 0
    while (at := content.find(b"\xfd\x00\x0a\x00", at)) >= 0:
        content[at + 10 : at + 14] = struct.pack("<I", 0xFFFFFF)
        at += 14


NULL_AREA = (("XF1", None), ("XF2", "20"), ("XF3", "30.25"))
ODD = (
    Odd("old Excel", NAME, book(), PLAIN),
    Odd("old Excel with numbers and days", NAME, book(cell(1, 3, 10.5), cell(1, 5, datetime(1990, 9, 1), DAY)), (("XF1", "10.5", "1990-09-01"), ("XF2", "20", "1990-09-01"), ("XF3", "30.25", "1990-09-01")), columns=("building_id", "area_m2", "in_use_since")),
    Odd("old Excel with days of 1904", NAME, book(of_1904, cell(1, 5, 31655, DAY)), (("XF1", "1990-09-01"), ("XF2", "1990-09-01"), ("XF3", "1990-09-01")), columns=("building_id", "in_use_since")),
    Odd("old Excel with merged cells", NAME, book(lambda _, sheet: (sheet.write_merge(2, 3, 0, 0, SCHOOL))), ((SCHOOL, "XF1"), (SCHOOL, "XF2"), (SCHOOL, "XF3")), columns=("school_id", "building_id")),
    Odd("old Excel with an error cell", NAME, book(error(1, 3, 0x17)), NULL_AREA, frozenset({(0, "area_m2", "error_cell")})),
    Odd("old Excel with an error cell in an optional column", NAME, book(error(2, 5, 0x2A)), (("XF1", "1990-09-01"), ("XF2", None), ("XF3", "1990-09-01")), frozenset({(1, "in_use_since", "error_cell")}), columns=("building_id", "in_use_since")),
    # An empty text as a formula's result is what Excel writes for =IF(…,""), and no error.
    Odd("old Excel with a formula that gives nothing", NAME, book(cell(1, 3, xlwt.Formula("5.25*2"))), NULL_AREA),
    Odd("old Excel with a hidden sheet", NAME, book(hidden), refused=("hidden_sheet",), says=("去年",)),
    Odd("old Excel with sectors in a circle", NAME, spoiled(fat_in_a_circle), refused=("unreadable", "time_limit", "memory_limit", "breaks_reader")),
    Odd("old Excel with a directory in a circle", NAME, spoiled(directory_in_a_circle), refused=("unreadable", "time_limit", "memory_limit", "breaks_reader")),
    Odd("old Excel with more sectors than the world", NAME, spoiled(far_sectors), refused=("unreadable",)),
    Odd("old Excel with a password", NAME, spoiled(sealed), refused=("password_protected",)),
    Odd("old Excel with strings past the table", NAME, spoiled(a_row_of_strings_past_the_table), refused=("unreadable",)),
    Odd("old Excel cut in half", NAME, spoiled(lambda content: content.__delitem__(slice(len(content) // 2, None))), refused=("unreadable",)),
    Odd("a compound file without a workbook", NAME, written(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000)), refused=("unreadable",)),
    Odd("a new workbook with an old name", NAME, packed(parts()), PLAIN),
    Odd("an old workbook with a new name", NAME + "x", book(), PLAIN),
    Odd("CSV with the name of old Excel", NAME, written(csv_bytes()), PLAIN),
)  # fmt: skip
