"""What is filed: tidy files, statistics workbooks, municipal forms, told apart by content.

Here: the choice. Not here: reading any of them (tidy.py, statistics.py, school_form.py,
county_form.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sources import workbook
from sources.declaration import Context, Delivery
from sources.declared import book, statistics, tidy
from sources.files import opened


def read(path: Path, relative_path: str, context: Context) -> Iterator[Delivery]:
    """Yield the file's deliveries of `measures` and `county_measures`. Raises Refusal;
    Misconfigured where nothing tells a workbook's county (a tidy file carries it in its rows)."""
    file = opened(path, relative_path)
    if file.kind in ("text", "parquet"):
        yield tidy.delivery(file)
        return
    sheets = list(workbook.sheets(file))
    yield statistics.delivery(file, sheets, context)
