"""A file that no layout knows: which of its rows looks like a header, for the refusal to show.

Here: the choice of that row among the first ones, and the headings that may be shown.
Not here: recognising a file (layout.py, sheet.py). Data stay in the file: a row with
numbers, dates or codes, or with a text that comes again in its column, is no header.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sources.layout import folded_heading

LOOKED_AT = 10  # rows of a sheet or file in which a header is looked for
SHOWN = 15
_LENGTH_LIMIT = 30  # a longer text is a note, not a heading
_DATA = re.compile(r"[\d,.:/+%()年月日Xx-]*")  # nothing but figures: a number, date, code, telephone
_CODE = re.compile(r"[\dA-Za-z-]*\d{4}[\dA-Za-z-]*")
_BARE = re.compile(r"\d{1,4}年?")  # a year or a column's number may stand among headings
_NUMBER = re.compile(r"\d{7,}[Xx]?")  # an identity or telephone number inside a text


@dataclass(frozen=True)
class LikelyHeader:
    """A row that looks like a header: its place (from 0), the headings that may be
    shown, and how many texts it holds."""

    row: int
    headings: list[str]
    texts: int

    @property
    def shown(self) -> str:
        more = f"…（共 {self.texts} 列 / {self.texts} in all）" if self.texts > len(self.headings[:SHOWN]) else ""
        return "".join(f"「{heading}」" for heading in self.headings[:SHOWN]) + more


def likely_header(rows: Sequence[Sequence[str]]) -> LikelyHeader | None:
    """The first of the rows with most texts, among those without data; None where all hold data."""
    looked_at = [[folded_heading(cell) for cell in row] for row in rows[:LOOKED_AT]]
    times = Counter((column, cell) for row in looked_at for column, cell in enumerate(row))
    best: LikelyHeader | None = None
    for place, row in enumerate(looked_at):
        texts = [(column, cell) for column, cell in enumerate(row) if _is_text(cell)]
        if any(map(_is_data, row)) or any(times[cell] > 1 for cell in texts):
            continue
        shown = [text for _, text in texts if not _NUMBER.search(re.sub("[-—－]", "", text))]
        if shown and (best is None or len(texts) > best.texts):
            best = LikelyHeader(place, shown, len(texts))
    return best


def _is_text(cell: str) -> bool:
    return len(cell) <= _LENGTH_LIMIT and cell.isprintable() and any(map(str.isalpha, cell))


def _is_data(cell: str) -> bool:
    is_figure = _DATA.fullmatch(cell) and any(map(str.isdigit, cell))
    return bool((is_figure or _CODE.fullmatch(cell)) and not _BARE.fullmatch(cell))
