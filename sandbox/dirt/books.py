"""Files of the inbox as grids of cells that can be changed and written back.

Here: CSV and workbooks, read and written so that the same cells give the same bytes; a row
keeps its identity however many rows come before it. Not here: what is changed.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from sandbox.workbook import workbook

Cell = str | float | int | None


class Row(list):
    """The cells of one row; equal to itself alone."""

    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return self is other

    def cell(self, column: int) -> Cell:
        return self[column] if column < len(self) else ""

    def put(self, column: int, cell: Cell) -> None:
        self.extend([""] * (column + 1 - len(self)))
        self[column] = cell


@dataclass
class Page:
    """One sheet, or a text file. `merges`: (first row, first column, last row, last column)."""

    name: str
    rows: list[Row]
    merges: list[tuple[Row, int, Row, int]] = field(default_factory=list)
    _numbers: dict[Row, int] = field(default_factory=dict, repr=False)

    def number(self, row: Row) -> int:
        """The number of a row, from 1."""
        if len(self._numbers) != len(self.rows):
            self._numbers = {row: number for number, row in enumerate(self.rows, start=1)}
        return self._numbers[row]

    def remove(self, row: Row) -> None:
        self.rows.remove(row)
        self._numbers = {}

    def header(self, heading: str) -> int:
        """Place of the first row that holds the heading; raises LookupError where there is none."""
        for place, row in enumerate(self.rows):
            if any(str(cell).startswith(heading) for cell in row):
                return place
        raise LookupError(heading)

    def insert(self, place: int, cells: Sequence[Cell]) -> Row:
        """A new row so many rows below the first."""
        row = Row(cells)
        self.rows.insert(place, row)
        self._numbers = {}
        return row


@dataclass
class Book:
    """A file. `encoding` is None for a workbook; `tail` are bytes that text files end a line with."""

    path: Path
    pages: list[Page]
    encoding: str | None = None
    line_end: str = "\r\n"
    delimiter: str = ","

    @property
    def page(self) -> Page:
        return self.pages[0]

    def save(self, day: date) -> None:
        if self.encoding:
            self.path.write_bytes(as_text(self.page.rows, self.delimiter, self.line_end).encode(self.encoding, errors="replace"))
        else:
            _write_workbook(self, day)


def opened(path: Path) -> Book:
    """The file at `path`, whole."""
    if path.suffix == ".csv":
        content = path.read_bytes()
        encoding = _encoding(content)
        text = content.decode(encoding)
        rows = [Row(cells) for cells in csv.reader(io.StringIO(text, newline=""))]
        return Book(path, [Page("", rows)], encoding, "\r\n" if "\r\n" in text else "\n")
    import python_calamine

    with python_calamine.CalamineWorkbook.from_path(path) as book:
        pages = []
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            rows = [Row(cells) for cells in sheet.to_python(skip_empty_area=False)]
            merges = [(rows[top], left, rows[bottom], right) for (top, left), (bottom, right) in sheet.merged_cell_ranges or []]
            pages.append(Page(name, rows, merges))
    return Book(path, pages)


def as_text(rows: Sequence[Sequence[Cell]], delimiter: str = ",", line_end: str = "\r\n") -> str:
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter, lineterminator=line_end).writerows(rows)
    return stream.getvalue()


def _encoding(content: bytes) -> str:
    for encoding in ("utf-8-sig" if content.startswith(b"\xef\xbb\xbf") else "utf-8", "gb18030"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    raise ValueError("neither UTF-8 nor GB18030")


def _write_workbook(book: Book, day: date) -> None:
    with workbook(book.path, day) as written:
        for page in book.pages:
            sheet = written.add_worksheet(page.name)
            for top, left, bottom, right in page.merges:
                sheet.merge_range(page.number(top) - 1, left, page.number(bottom) - 1, right, "")
            for number, row in enumerate(page.rows):
                for column, cell in enumerate(row):
                    if isinstance(cell, int | float):
                        sheet.write_number(number, column, cell)
                    elif cell not in ("", None):
                        sheet.write_string(number, column, str(cell))
