"""A look into an xlsx before it is read: bombs, false dimensions, cells in error.

Here: unpacked size and extent of each sheet, counted on the stream and never
believed from the headers; the places of error cells and of formulas without a
value, which the reader shows blank.
Not here: the cells themselves (workbook.py), old Excel files (old_excel_survey.py).
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections import Counter
from dataclasses import dataclass, field
from io import BytesIO
from xml.etree import ElementTree
from xml.parsers import expat

from sources.refusal import Refusal

UNPACKED_LIMIT = 1 << 30
CELLS_LIMIT = 5_000_000  # the rectangle that a reader reserves for a workbook's sheets
_READ = re.compile(r"xl/(worksheets/.*|sharedStrings|workbook|styles)\.xml")  # the parts that the reader looks into
_CHUNK = 1 << 20
_OVERLAP = 16 << 10  # a cell may be cut by the end of a chunk; with its formula it is no longer than this
_PLACE = rb"""\br\s*=\s*["']([A-Z]{1,3})(\d+)["']"""
_CELL = re.compile(rb"<(?:\w+:)?c\s[^<>]*?" + _PLACE)
_ERROR_TYPE = re.compile(rb"""<(?:\w+:)?c\s[^<>]*?\bt\s*=\s*["']e["'][^<>]*>""")
# Neither a value nor one that says text: the empty text is what a formula may well give.
_NOT_CALCULATED = re.compile(
    rb"""<(?:\w+:)?c\s(?![^<>]*\bt\s*=\s*["']str["'])[^<>]*[^<>/]>\s*<(?:\w+:)?f\b[^<>]*(?:/>|>[^<]*</(?:\w+:)?f\s*>)\s*"""
    rb"""(?:<(?:\w+:)?v\s*(?:/>|></(?:\w+:)?v\s*>)\s*)?</(?:\w+:)?c\s*>"""
)
_BROKEN = (
    zipfile.BadZipFile, zlib.error, ElementTree.ParseError, expat.ExpatError, EOFError, NotImplementedError, RuntimeError, ValueError, LookupError, OSError,
)  # fmt: skip


@dataclass
class Survey:
    """What the look found: places (row, column from 0) of cells that have no value to read, by sheet name."""

    errors: dict[str, list[tuple[int, int]]] = field(default_factory=dict)


def survey(content: bytes, relative_path: str) -> Survey:
    """Raises Refusal: `unreadable` for a broken archive, `wrong_kind` for one that
    is no xlsx, `too_large` for one that unpacks or spreads too far."""
    found = Survey()
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            parts = archive.namelist()
            if "xl/workbook.xml" not in parts:
                raise Refusal(
                    "wrong_kind", file=relative_path, expected="xlsx、xls 或 CSV / xlsx, xls or CSV",
                    found="其他类型的压缩文件 / an archive of another kind",
                    do_en="Save it as xlsx or CSV.", do_zh="请另存为 xlsx 或 CSV。",
                )  # fmt: skip
            _refuse_repeated(parts, relative_path)
            names = _sheet_names(archive, parts)
            unpacked = cells = 0
            for part in parts:
                size, corner, errors = _walk(archive, part, relative_path, UNPACKED_LIMIT - unpacked)
                unpacked += size
                cells += corner
                if cells > CELLS_LIMIT:
                    raise too_many_cells(relative_path, names.get(part, part), cells)
                if errors:
                    found.errors[names.get(part, part)] = errors
    except _BROKEN:
        raise unreadable(relative_path) from None
    return found


def _walk(archive: zipfile.ZipFile, part: str, relative_path: str, left: int) -> tuple[int, int, list[tuple[int, int]]]:
    is_sheet = part.startswith("xl/worksheets/") and part.endswith(".xml")
    size, last_row, columns, errors, tail = 0, 0, set(), set(), b""
    # The reader itself is content with broken XML, and leaves out what it does not understand.
    checker = _well_formed(relative_path, part) if _READ.fullmatch(part) else None
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            if size > left:
                raise Refusal(
                    "too_large", file=relative_path, expected=f"解压后 ≤ {UNPACKED_LIMIT >> 20} MB / unpacked", found="更多 / more",
                    do_en="Split it by unit, or deliver it as CSV.", do_zh="请按单位拆分，或改用 CSV。",
                )  # fmt: skip
            if checker:
                checker.Parse(chunk)
            if not is_sheet:
                continue
            # Some bytes are looked at twice.
            window, tail = tail + chunk, chunk[-_OVERLAP:]
            places = _CELL.findall(window)
            columns.update(letters for letters, _ in places)
            last_row = max(last_row, max(map(int, {row for _, row in places}), default=0))
            errors |= _without_value(window, relative_path, part)
    if checker:
        checker.Parse(b"", True)
    width = 1 + max(map(_column, columns), default=-1)
    return size, last_row * width, sorted(errors)


def _well_formed(relative_path: str, part: str) -> expat.XMLParserType:
    """A parser that is content with well-formed XML alone, and with no declarations: only an attack makes entities."""

    def refuse(*_: object) -> None:
        raise Refusal(
            "unreadable", file=relative_path, place=part, expected="不带声明的工作簿 / a workbook without declarations", found="<!DOCTYPE …>",
            do_en="Open it in a spreadsheet program and save it again.", do_zh="请用表格软件打开后另存。",
        )  # fmt: skip

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    return parser


def _without_value(window: bytes, relative_path: str, part: str) -> set[tuple[int, int]]:
    """The places of error cells and of formulas that nobody has calculated."""
    places = [re.search(_PLACE, tag) for pattern in (_ERROR_TYPE, _NOT_CALCULATED) for tag in pattern.findall(window)]
    if None in places:  # a cell need not say where it is, and then none of its row can be told
        raise Refusal(
            "unreadable", file=relative_path, place=part, expected="写明位置的单元格 / cells that say where they are",
            found="未写明位置的错误值或公式 / an error or formula that does not",
            do_en="Open it in a spreadsheet program, mend the cells in error and save it.", do_zh="请用表格软件打开，更正错误单元格后另存。",
        )  # fmt: skip
    return {(int(place[2]) - 1, _column(place[1])) for place in places}


def _refuse_repeated(parts: list[str], relative_path: str) -> None:
    repeated = [part for part, times in Counter(part.lower() for part in parts).items() if times > 1]
    if repeated:
        raise Refusal(
            "unreadable", file=relative_path, place=repeated[0], expected="一次 / once", found="多次 / more than once",
            do_en="Open it in a spreadsheet program and save it again: which of the two counts is told by nobody.",
            do_zh="请用表格软件打开后另存：同名部分以哪个为准无从得知。",
        )  # fmt: skip


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _sheet_names(archive: zipfile.ZipFile, parts: list[str]) -> dict[str, str]:
    """Part of the archive to sheet name, by the workbook's relations."""
    relations = "xl/_rels/workbook.xml.rels"
    if relations not in parts:
        return {}
    targets = {}
    for relation in ElementTree.fromstring(_small(archive, relations)):
        target = relation.get("Target", "")
        targets[relation.get("Id")] = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
    names = {}
    for element in ElementTree.fromstring(_small(archive, "xl/workbook.xml")).iter():
        if element.tag.endswith("}sheet"):
            identity = next((value for key, value in element.attrib.items() if key.endswith("}id")), None)
            names[targets.get(identity, "")] = element.get("name", "")
    return names


def _small(archive: zipfile.ZipFile, part: str) -> bytes:
    with archive.open(part) as stream:
        return stream.read(_CHUNK)


def too_many_cells(relative_path: str, sheet: str, cells: int) -> Refusal:
    return Refusal(
        "too_large", file=relative_path, place=f"工作表 / sheet {sheet}", expected=f"≤ {CELLS_LIMIT:,} 个单元格 / cells", found=f"{cells:,}",
        do_en="Delete stray cells far from the table, split it by unit, or deliver it as CSV.",
        do_zh="请删除远离表格的多余单元格、按单位拆分，或改用 CSV。",
    )  # fmt: skip


def unreadable(relative_path: str) -> Refusal:
    return Refusal(
        "unreadable", file=relative_path, expected="完整的工作簿 / a whole workbook", found="截断或损坏的文件 / a truncated or damaged file",
        do_en="Copy or export the file again; open it once in a spreadsheet program to see that it is whole.",
        do_zh="请重新复制或导出，并先用表格软件打开确认文件完整。",
    )  # fmt: skip
