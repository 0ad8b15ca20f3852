"""A sheet with titles, merged headings and subtotals, turned into plain columns.

Here: locating the header, joining its levels, the unit of money (line and
headings), merged data cells, the row of column numbers.
Not here: which headings a layout knows (layout.py) and what is detail (rows.py).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sources.layout import MELTED, UNITS, Layout, best_layout, folded_heading
from sources.refusal import Refusal
from sources.workbook import Sheet

HEAD_ROWS = 30  # titles, stamps and notes that may stand above a header
HEADER_ROWS_LIMIT = 4
_UNIT_LINE = re.compile(r"(?<![填报送主管建设用编制工作])(?:金额|计量|货币)?单位\s*[:：]\s*(?:人民币)?\s*([^\s,，;；)）(（]+)")
_BRACKETS = re.compile(r"[(\[【〔]([^()\[\]【】〔〕]*)[)\]】〕]")
SHORT_UNITS = {"千": "千元", "万": "万元", "百万": "百万元", "亿": "亿元"}
_COLUMN_NUMBER = re.compile(r"[甲乙丙丁戊己庚辛]|栏次|\d{1,2}")


@dataclass
class Header:
    """Where a sheet's table begins: its layout, joined headings, first data row
    (from 0) and what stands above."""

    layout: Layout
    headings: list[str]
    row: int
    first_data_row: int
    title: str


def header_of(sheet: Sheet, layouts: Sequence[Layout]) -> Header | None:
    """The header of the layout that fits best, or None for a sheet that no layout knows."""
    best: tuple[float, Header] | None = None
    for row in range(min(HEAD_ROWS, len(sheet.rows))):
        if not any(sheet.rows[row]):
            continue
        depth = merged_depth(sheet, row)
        for rows in {min(depth, HEADER_ROWS_LIMIT), *(layout.header_rows for layout in layouts)}:
            headings = joined_headings(sheet, row, rows)
            layout = best_layout(layouts, headings)
            if layout is None:
                continue
            fit = layout.rank(headings)
            if best is None or fit > best[0]:
                title = " ".join(dict.fromkeys(cell.strip() for above in sheet.rows[:row] for cell in above if cell.strip()))
                best = fit, Header(layout, headings, row, row + rows, title)
    return best[1] if best else None


def merged_depth(sheet: Sheet, row: int) -> int:
    return max([1, *(bottom - row + 1 for top, _, bottom, _ in sheet.merges if top == row)])


def joined_headings(sheet: Sheet, first: int, rows: int) -> list[str]:
    """Headings of each column: the levels of a merged header joined by `/`."""
    width = sheet.width
    levels = [[folded_heading(cell) for cell in row] + [""] * (width - len(row)) for row in sheet.rows[first : first + rows]]
    for top, left, bottom, right in sheet.merges:
        if first <= top and bottom < first + len(levels):
            for row in range(top - first, bottom - first + 1):
                levels[row][left : right + 1] = [levels[top - first][left]] * (right + 1 - left)
    joined = []
    for column in range(width):
        parts = [level[column] for level in levels if level[column]]
        joined.append("/".join(part for place, part in enumerate(parts) if place == 0 or part != parts[place - 1]))
    return joined


def data_rows(sheet: Sheet, header: Header) -> tuple[list[list[str]], list[int]]:
    """The rows below the header with merged cells filled down, and their row numbers (from 1)."""
    return rows_below(sheet, header.first_data_row, len(header.headings))


def rows_below(sheet: Sheet, first: int, width: int) -> tuple[list[list[str]], list[int]]:
    """The same from a row (from 0) and a width: a row of column numbers is left out."""
    rows = [row + [""] * (width - len(row)) for row in sheet.rows[first:]]
    for top, left, bottom, right in sheet.merges:
        if top >= first and bottom > top:
            for column in range(left, min(right, width - 1) + 1):
                for row in range(top - first + 1, min(bottom - first + 1, len(rows))):
                    rows[row][column] = rows[top - first][column]
    skip = 1 if rows and _is_column_numbers(rows[0]) else 0
    return rows[skip:], list(range(first + skip + 1, first + len(rows) + 1))


def _is_column_numbers(row: list[str]) -> bool:
    """甲 乙 1 2 3: the row that numbers the columns of a form."""
    cells = [cell.strip() for cell in row if cell.strip()]
    numbers = [int(cell) for cell in cells if len(cell) <= 2 and cell.isdecimal()]
    counted = numbers == list(range(1, len(numbers) + 1))
    return len(cells) >= 3 and len(numbers) >= 2 and counted and all(_COLUMN_NUMBER.fullmatch(cell) for cell in cells)


def powers_of_units(layout: Layout, where: Mapping[str, int], headings: Sequence[str], title: str, *, file: str, place: str) -> dict[str, int]:
    """The power of ten that turns each money column into yuan: that of the unit in
    its heading's brackets, else the unit line's, else the layout's own.

    Raises Refusal `unit_line_missing`, `unknown_unit`, or `unit_contradicted` where
    a heading says another unit than the line, or melted headings several.
    """
    if layout.unit is None:
        return {}
    line = _unit_of_line(title, file, place)
    is_melted = layout.melt is not None and layout.melt.value in layout.unit.columns
    powers: dict[str, int] = {}
    for name, at in where.items():
        if name not in layout.unit.columns and not (is_melted and name.startswith(MELTED)):
            continue
        own = _unit_of_heading(headings[at], file, place)
        if own and line and UNITS[own] != UNITS[line]:
            raise _contradicted(f"「{headings[at]}」与单位行一致 / as the unit line says", f"单位：{line}", file, place)
        unit = own or line or _unit_of_layout(layout, file, place)
        column = layout.melt.value if name.startswith(MELTED) else name
        if powers.setdefault(column, UNITS[unit]) != UNITS[unit]:
            raise _contradicted("各列同一单位 / one unit for all these columns", f"「{headings[at]}」：{unit}", file, place)
    return powers


def units_of_lines(title: str) -> list[str]:
    """The units of money that unit lines say (`单位：万元`); 填报单位 and the like are none."""
    return list(dict.fromkeys(unit for unit in _UNIT_LINE.findall(title) if unit.endswith("元")))


def _unit_of_line(title: str, file: str, place: str) -> str | None:
    stated = units_of_lines(title)
    if len(stated) > 1 or any(unit not in UNITS for unit in stated):
        raise _unknown_unit("、".join(stated), file, place)
    return stated[0] if stated else None


def _unit_of_heading(heading: str, file: str, place: str) -> str | None:
    """`资产原价（万元）`: the unit in brackets at any level of a heading; `（万）` is 万元."""
    pieces = [piece for inside in _BRACKETS.findall(folded_heading(heading)) for piece in re.split("[,;、]", inside)]
    written = [re.sub(r"^(?:.*单位:?)?(?:人民币:?)?(?=.)", "", piece) for piece in pieces]
    stated = list(dict.fromkeys(SHORT_UNITS.get(unit, unit) for unit in written if "元" in unit or unit in SHORT_UNITS))
    if len(stated) > 1 or any(unit not in UNITS for unit in stated):
        raise _unknown_unit(f"「{heading}」", file, place)
    return stated[0] if stated else None


def _unit_of_layout(layout: Layout, file: str, place: str) -> str:
    if layout.unit.required or layout.unit.default is None:
        raise Refusal(
            "unit_line_missing", file=file, place=place, expected="表头上方的「单位：元」或「单位：万元」/ a unit line above the header",
            found="没有单位行 / none",
            do_en="Write 单位：万元 or 单位：元 above the header: guessing would be wrong by a factor of ten thousand.",
            do_zh="请在表头上方注明单位（元或万元）：猜错会差一万倍。",
        )  # fmt: skip
    return layout.unit.default


def _unknown_unit(found: str, file: str, place: str) -> Refusal:
    return Refusal(
        "unknown_unit", file=file, place=place, expected="、".join(UNITS), found=found,
        do_en="State one known unit of money above the header or in the heading.", do_zh="请在表头上方或表头中注明一个可识别的货币单位。",
    )  # fmt: skip


def _contradicted(expected: str, found: str, file: str, place: str) -> Refusal:
    return Refusal(
        "unit_contradicted", file=file, place=place, expected=expected, found=found,
        do_en="Correct the unit line or the heading, so that both say the same unit, and deliver the file again.",
        do_zh="请更正单位行或表头，使单位一致后重新报送。",
    )  # fmt: skip
