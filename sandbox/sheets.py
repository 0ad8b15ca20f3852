"""Plain sheets: a header and text below it.

Here: writing columns as rows. Not here: opening a workbook (workbook.py) and what
stands in a sheet.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pyarrow as pa

from sandbox.workbook import write_title

Column = Sequence[str] | pa.Array | pa.ChunkedArray


def write_sheet(book, name: str, headings: Sequence[str], columns: Sequence[Column], *, title: str = "") -> None:
    """A sheet of text cells; a null is an empty cell."""
    sheet = book.add_worksheet(name)
    first = write_title(book, sheet, title, len(headings)) if title else 0
    sheet.write_row(first, 0, headings)
    write_rows(sheet, first + 1, columns)


def write_rows(sheet, first: int, columns: Sequence[Column]) -> None:
    for row, cells in enumerate(zip(*map(_texts, columns), strict=True), start=first):
        for place, text in enumerate(cells):
            if text:
                sheet.write_string(row, place, text)


def _texts(column: Column) -> Iterable[str]:
    return column.to_pylist() if isinstance(column, pa.Array | pa.ChunkedArray) else column
