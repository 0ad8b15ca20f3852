"""What is filed: the tidy file, or a statistics workbook, told apart by content.

Here: the choice. Not here: reading either (tidy.py, statistics.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sources.declaration import Context, Delivery
from sources.declared import statistics, tidy
from sources.files import opened


def read(path: Path, relative_path: str, context: Context) -> Iterator[Delivery]:
    """Yield the file's one delivery of `measures`. Raises Refusal; Misconfigured
    where nothing tells a workbook's county (a tidy file carries it in its rows)."""
    file = opened(path, relative_path)
    if file.kind in ("text", "parquet"):
        yield tidy.delivery(file)
    else:
        yield statistics.delivery(file, context)
