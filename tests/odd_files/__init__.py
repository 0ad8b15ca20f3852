"""Odd files: what may lie in an inbox, made on the spot, each with what must become of it.

Here: the shape of an expectation, and all of them together. What is expected is
written by hand beside each file; no program's output went into it.
Not here: the reading and comparing (tests/sources/test_odd_files.py).
"""

from __future__ import annotations

from odd_files import archives, cells, looping, old_excel, packages, parquet, texts
from odd_files.expectation import Odd

ODD: tuple[Odd, ...] = (*archives.ODD, *packages.ODD, *cells.ODD, *old_excel.ODD, *looping.ODD, *texts.ODD, *parquet.ODD)

__all__ = ["ODD", "Odd"]
