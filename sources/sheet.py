"""A sheet with titles, merged headings and subtotals, turned into plain columns.

Here: locating the header, joining its levels, the unit line, merged data cells,
the row of column numbers.
Not here: which headings a layout knows (layout.py) and what is detail (rows.py).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sources.layout import UNITS, Layout, best_layout, folded_heading
from sources.refusal import Refusal
from sources.workbook import Sheet

HEAD_ROWS = 30  # titles, stamps and notes that may stand above a header
HEADER_ROWS_LIMIT = 4
_UNIT_LINE = re.compile(r"(?<![填报送主管建设用编制工作])(?:金额|计量|货币)?单位\s*[:：]\s*(?:人民币)?\s*([^\s,，;；)）(（]+)")
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
    best: tuple[tuple[bool, float], Header] | None = None
    for row in range(min(HEAD_ROWS, len(sheet.rows))):
        if not any(sheet.rows[row]):
            continue
        depth = merged_depth(sheet, row)
        for rows in {min(depth, HEADER_ROWS_LIMIT), *(layout.header_rows for layout in layouts)}:
            headings = joined_headings(sheet, row, rows)
            layout = best_layout(layouts, headings)
            if layout is None:
                continue
            fit = (layout.has_keys(headings), layout.fit(headings))
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
    width = len(header.headings)
    first = header.first_data_row
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
    numbers = [int(cell) for cell in cells if cell.isdigit()]
    counted = numbers == list(range(1, len(numbers) + 1))
    return len(cells) >= 3 and len(numbers) >= 2 and counted and all(_COLUMN_NUMBER.fullmatch(cell) for cell in cells)


def power_of_unit(layout: Layout, title: str, *, file: str, sheet: str) -> int:
    """The power of ten that turns the sheet's money into yuan: the unit line's,
    else the layout's own. Raises Refusal `unit_line_missing` or `unknown_unit`."""
    if layout.unit is None:
        return 0
    place = f"工作表 / sheet {sheet}"
    stated = [unit for unit in _UNIT_LINE.findall(title) if unit.endswith("元")]
    if not stated:
        if layout.unit.required or layout.unit.default is None:
            raise Refusal(
                "unit_line_missing", file=file, place=place, expected="表头上方的「单位：元」或「单位：万元」/ a unit line above the header",
                found="没有单位行 / none",
                do_en="Write 单位：万元 or 单位：元 above the header: guessing would be wrong by a factor of ten thousand.",
                do_zh="请在表头上方注明单位（元或万元）：猜错会差一万倍。",
            )  # fmt: skip
        return UNITS[layout.unit.default]
    if len(set(stated)) > 1 or stated[0] not in UNITS:
        raise Refusal(
            "unknown_unit", file=file, place=place, expected="、".join(UNITS), found="、".join(dict.fromkeys(stated)),
            do_en="State one known unit of money above the header.", do_zh="请在表头上方注明一个可识别的货币单位。",
        )  # fmt: skip
    return UNITS[stated[0]]
