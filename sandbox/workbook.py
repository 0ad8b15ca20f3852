"""Workbooks that are the same bytes each time they are written.

Here: opening an xlsxwriter workbook with a fixed creation date, writing the title
lines that real exports carry. Not here: what stands in a sheet.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path


@contextmanager
def workbook(path: Path, day: date) -> Iterator:
    """An xlsxwriter workbook at `path`, said to be created on `day`."""
    import xlsxwriter  # not at import time: the command line must start quickly

    path.parent.mkdir(parents=True, exist_ok=True)
    book = xlsxwriter.Workbook(str(path), {"strings_to_numbers": False, "strings_to_formulas": False})
    book.set_properties({"created": datetime.combine(day, time(8)), "author": "模拟数据"})
    yield book
    book.close()


def write_title(book, sheet, title: str, columns: int, *lines: str) -> int:
    """The merged title row and further lines; returns the next free row (0-based)."""
    form = book.add_format({"bold": True, "align": "center"})
    sheet.merge_range(0, 0, 0, columns - 1, title, form)
    for number, line in enumerate(lines, start=1):
        sheet.write_string(number, 0, line)
    return 1 + len(lines)
