"""The plain file that most odd ones are made from: a building ledger of three rows.

Here: its headings and rows, as text and as the parts of a workbook written by hand,
so that every byte of an odd one is chosen. Not here: anything odd.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

LEDGER = ("学校标识码", "台账编号", "用途类别", "面积（平方米）", "使用状况", "投入使用日期")
NAME = "台账_2025-08-31.xlsx"  # its day
CSV = "台账_2025-08-31.csv"
SCHOOL = "2141000001"
AREAS = ("10.5", "20", "30.25")
ROWS = tuple((SCHOOL, f"XF{number}", "普通教室", area, "在用", "1990-09-01") for number, area in enumerate(AREAS, 1))
PLAIN = (("XF1", "10.5"), ("XF2", "20"), ("XF3", "30.25"))

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
SHEET, STRINGS, BOOK = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml"

Parts = dict[str, str | bytes]


def with_row(*cells: str, after: Sequence[Sequence[str]] = ROWS) -> list[Sequence[str]]:
    """The header, the plain rows and one more, whose cells replace those of a plain row from the left."""
    return [LEDGER, *after, (*cells, *ROWS[0][len(cells) :])]


def text(cell: str) -> str:
    return f'<is><t xml:space="preserve">{escape(cell)}</t></is>'


def cell(place: str, content: str) -> str:
    return f'<c r="{place}" t="inlineStr">{text(content)}</c>'


def row_xml(number: int, cells: Sequence[str]) -> str:
    return f'<row r="{number}">' + "".join(cell(f"{chr(65 + at)}{number}", content) for at, content in enumerate(cells)) + "</row>"


def sheet_xml(rows: Sequence[Sequence[str]] = (LEDGER, *ROWS), before: str = "", after: str = "") -> str:
    body = "".join(row_xml(number, cells) for number, cells in enumerate(rows, 1))
    return f'{HEAD}<worksheet xmlns="{MAIN}">{before}<sheetData>{body}</sheetData>{after}</worksheet>'


def parts(sheet: str | None = None, *, properties: str = "", sheets: str = '<sheet name="校舍" sheetId="1" r:id="rId1"/>') -> Parts:
    """The parts of a workbook, to be changed before they are packed."""
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    return {
        "[Content_Types].xml": f'{HEAD}<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/><Override PartName="/{BOOK}" ContentType="{kinds}.sheet.main+xml"/>'
        f'<Override PartName="/{SHEET}" ContentType="{kinds}.worksheet+xml"/></Types>',
        "_rels/.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" Type="{LINKS}/officeDocument" Target="{BOOK}"/></Relationships>',
        BOOK: f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{LINKS}">{properties}<sheets>{sheets}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{LINKS}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{LINKS}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        SHEET: sheet_xml() if sheet is None else sheet,
    }


def pack(path: Path, contents: Parts, compression: int = zipfile.ZIP_DEFLATED) -> None:
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)


def packed(contents: Parts) -> Callable[[Path], None]:
    return lambda path: pack(path, contents)


def csv_lines(rows: Sequence[Sequence[str]] = (LEDGER, *ROWS), separator: str = ",") -> list[str]:
    return [separator.join(cells) for cells in rows]


def csv_bytes(rows: Sequence[Sequence[str]] = (LEDGER, *ROWS), encoding: str = "utf-8", end: str = "\r\n") -> bytes:
    return (end.join(csv_lines(rows)) + end).encode(encoding)


def written(content: bytes) -> Callable[[Path], None]:
    return lambda path: path.write_bytes(content) and None
