"""HTML tables that pose as workbooks: what some systems export as `.xls`.

Here: tables as sheets of text, with spans as merges.
Not here: styles, scripts, links: nothing is run and nothing is fetched.
"""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser

from sources.files import BLOCK, COLUMNS_LIMIT, File, too_many_columns
from sources.refusal import Refusal
from sources.workbook import Sheet
from sources.workbook_survey import CELLS_LIMIT, too_many_cells

_SPAN_LIMIT = 1000  # a wider span is no heading but an attempt to fill memory
_SPAN_CELLS_LIMIT = 100_000  # and so is one that is both wide and high


def html_sheets(file: File) -> Iterator[Sheet]:
    """Yield the file's tables in order, named 表1, 表2, … Raises Refusal:
    `wrong_kind` where there is no table, `too_large`."""
    tables = _Tables(file)
    with file.path.open(encoding=file.encoding) as stream:
        while chunk := stream.read(BLOCK):
            tables.feed(chunk)
    tables.close()
    if not any(sheet.rows for sheet in tables.found):
        raise Refusal(
            "wrong_kind", file=file.relative_path, expected="含表格的 HTML / HTML with a table", found="没有表格 / none",
            do_en="Save it as xlsx or CSV.", do_zh="请另存为 xlsx 或 CSV。",
        )  # fmt: skip
    yield from (sheet for sheet in tables.found if any(map(any, sheet.rows)))


class _Tables(HTMLParser):
    def __init__(self, file: File):
        super().__init__(convert_charrefs=True)
        self.found: list[Sheet] = []
        self._file = file
        self._open: list[tuple[Sheet, set[tuple[int, int]]]] = []  # tables in each other, and places that a span from above covers
        self._cell: list[str] | None = None
        self._span = (1, 1)
        self._cells = 0

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._end_cell()
            self.found.append(Sheet(f"表{len(self.found) + 1}", []))
            self._open.append((self.found[-1], set()))
        elif tag == "tr" and self._open:
            self._end_cell()
            self._open[-1][0].rows.append([])
        elif tag in ("td", "th") and self._open and self._open[-1][0].rows:
            self._end_cell()
            given = dict(attributes)
            self._cell, self._span = [], (_span(given.get("rowspan")), _span(given.get("colspan")))
        elif tag == "br" and self._cell is not None:
            self._cell.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr", "table"):
            self._end_cell()
        if tag == "table" and self._open:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)

    def _end_cell(self) -> None:
        if self._cell is None:
            return
        (sheet, taken), (down, across) = self._open[-1], self._span
        row, cells = len(sheet.rows) - 1, sheet.rows[-1]
        self._cells += down * across
        if self._cells > CELLS_LIMIT or down * across > _SPAN_CELLS_LIMIT:
            raise too_many_cells(self._file.relative_path, sheet.name, self._cells)
        while (row, len(cells)) in taken:
            cells.append("")
        left = len(cells)
        cells += [" ".join("".join(self._cell).split()), *[""] * (across - 1)]
        self._cell = None
        if down > 1 or across > 1:
            sheet.merges.append((row, left, row + down - 1, left + across - 1))
            taken |= {(below, column) for below in range(row + 1, row + down) for column in range(left, left + across)}
        if len(cells) > COLUMNS_LIMIT:
            raise too_many_columns(self._file, f"{sheet.name}, 第 {row + 1} 行 / row {row + 1}", len(cells))


def _span(text: str | None) -> int:
    return min(max(int(text[:9]), 1), _SPAN_LIMIT) if text and text.isdecimal() else 1
