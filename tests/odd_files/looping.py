"""Files that make a reader walk in circles, or far longer than their size allows."""

from __future__ import annotations

from odd_files.expectation import Odd
from odd_files.ledger import LEDGER, NAME, packed, parts, row_xml, sheet_xml, written

LIMITS = ("time_limit", "memory_limit", "too_large", "breaks_reader", "unreadable", "wrong_kind")
HTML = "台账_2025-08-31.xls"


def wide_merges() -> str:
    """Sixty thousand merges, each over all columns of the table."""
    merges = "".join(f'<mergeCell ref="A{row}:F{row + 4000}"/>' for row in range(2, 20_000))
    rows = "".join(row_xml(number, ("x",)) for number in range(2, 24_000, 50))
    return sheet_xml((LEDGER,), after=f"<mergeCells>{merges}</mergeCells>").replace("</sheetData>", rows + "</sheetData>")


ODD = (
    Odd("twenty thousand merges over each other", NAME, packed(parts(wide_merges())), refused=LIMITS),
    Odd("HTML with tags that never end", HTML, written(b"<table><tr><td>" + b"<a " * 1_000_000), refused=LIMITS, is_heavy=True),
    Odd("HTML with spans of a million cells", HTML, written(b"<table>" + b"<tr><td colspan=99999999999999999999 rowspan=9999999>x</td></tr>" * 2000), refused=("too_large",), says=("5,000,000",)),
    Odd("HTML with a span in circled digits", HTML, written("<table><tr><td colspan=②>x</td></tr></table>".encode()), refused=("unknown_layout",)),
    Odd("HTML with a hundred thousand tables in each other", HTML, written(b"<table><tr><td>" * 100_000), refused=("unknown_layout", *LIMITS)),
)  # fmt: skip
