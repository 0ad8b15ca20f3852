"""Real files for the tests of the sources: workbooks and text, made on the spot."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from postgresql import postgresql_uri  # noqa: F401  (a fixture)


@pytest.fixture
def workbook(tmp_path) -> Callable[..., Path]:
    """Make a workbook: `workbook("名录.xlsx", 名录=[[...], ...])`; None leaves a cell blank.
    `merges` are (sheet, first row, first column, last row, last column, text), from 0."""

    def make(name: str, merges: list[tuple] = (), **sheets: list[list]) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        book = xlsxwriter.Workbook(str(path), {"strings_to_numbers": False, "strings_to_formulas": False})
        pages = {title: book.add_worksheet(title) for title in sheets}
        for title, rows in sheets.items():
            for row, cells in enumerate(rows):
                for column, cell in enumerate(cells):
                    if cell is not None:
                        pages[title].write(row, column, cell)
        for title, *place, text in merges:
            pages[title].merge_range(*place, text)
        book.close()
        return path

    return make


@pytest.fixture
def csv_file(tmp_path) -> Callable[..., Path]:
    """Make a text file from lines, in an encoding."""

    def make(name: str, lines: list[str], encoding: str = "utf-8", end: str = "\r\n") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes((end.join(lines) + end).encode(encoding))
        return path

    return make
