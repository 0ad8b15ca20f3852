"""Form sheets of the education statistics: blocks of one school, cells by label.

Here: where a school's block begins, its header, and finding a cell by row label
and column label.
Not here: which cells make a measure (layouts/statistics.yaml, statistics.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sources.layout import UNITS, folded_heading
from sources.sheet import joined_headings, merged_depth
from sources.workbook import Sheet

_FORM = re.compile(r"教基\d{4}")
_UNIT_IN_BRACKETS = re.compile(r"\(([^()]*)\)$")


@dataclass
class FormBlock:
    """What one form says of one school.

    `identity`: what stands above the header (school_id, school_name, ...).
    `title`: everything above the header of the sheet's first block.
    """

    form: str
    sheet: str
    title: str
    identity: dict[str, str]
    headings: dict[str, int] = field(default_factory=dict)
    rows: list[list[str]] = field(default_factory=list)
    labels: dict[str, int] = field(default_factory=dict)
    units: dict[int, str] = field(default_factory=dict)
    first_row: int = 0

    def find(self, row_labels: Sequence[str], column_labels: Sequence[str]) -> tuple[str, int, str | None] | None:
        """The cell's text, its row in the sheet (from 1) and its unit of money; None
        where a label is not there."""
        row = next((self.labels[label] for label in map(folded_label, row_labels) if label in self.labels), None)
        column = next((self.headings[label] for label in map(folded_label, column_labels) if label in self.headings), None)
        if row is None or column is None:
            return None
        cells = self.rows[row]
        return (cells[column] if column < len(cells) else ""), self.first_row + row + 1, self.units.get(row)


def form_of(sheet_name: str) -> str | None:
    """The form's number, which a sheet's name begins with."""
    match = _FORM.match(sheet_name.strip())
    return match[0] if match else None


def folded_label(label: str) -> str:
    """One spelling of a row or column label: without `#`, 其中 and a unit in brackets."""
    folded = re.sub(r"^(#|其中[:：]?)+", "", folded_heading(label))
    bracket = _UNIT_IN_BRACKETS.search(folded)
    return folded[: bracket.start()] if bracket and bracket.start() else folded


def blocks(sheet: Sheet, form: str, layout: Mapping) -> Iterator[FormBlock]:
    """Yield the blocks of a form sheet; one without a school code if none says it."""
    names = {folded_heading(label): column for column, labels in layout["identity"].items() for label in labels}
    starts = [row for row, cells in enumerate(sheet.rows) if "school_id" in _identity([cells], names)]
    first = starts[0] if starts else next((row for row, cells in enumerate(sheet.rows) if _is_header(cells, layout)), 0)
    title = " ".join(cell.strip() for cells in sheet.rows[:first] for cell in cells if cell.strip())
    for start, end in zip(starts or [0], [*starts[1:], len(sheet.rows)], strict=True):
        yield _block(sheet, form, title, start, end, names, layout)


def _block(sheet: Sheet, form: str, title: str, start: int, end: int, names: Mapping[str, str], layout: Mapping) -> FormBlock:
    label_columns = {folded_label(label) for label in layout["label_columns"]}
    unit_columns = {folded_label(label) for label in layout["unit_columns"]}
    header = next((row for row in range(start, end) if _is_header(sheet.rows[row], layout)), None)
    block = FormBlock(form, sheet.name, title, _identity(sheet.rows[start : header if header is not None else end], names))
    if header is None:
        return block
    depth = min(merged_depth(sheet, header), end - header)
    headings = [folded_label(heading) for heading in joined_headings(sheet, header, depth)]
    block.first_row = header + depth
    block.rows = sheet.rows[block.first_row : end]
    for place, heading in enumerate(headings):
        if heading:
            block.headings.setdefault(heading, place)
    label_at = next(place for place, heading in enumerate(headings) if heading in label_columns)
    unit_at = next((place for place, heading in enumerate(headings) if heading in unit_columns), None)
    for row, cells in enumerate(block.rows):
        written = folded_heading(cells[label_at]) if label_at < len(cells) else ""
        if not written:
            continue
        block.labels.setdefault(folded_label(written), row)
        bracket = _UNIT_IN_BRACKETS.search(written)
        stated = [bracket[1]] if bracket else []
        if unit_at is not None and unit_at < len(cells):
            stated.append(folded_heading(cells[unit_at]))
        if unit := next((unit for unit in stated if unit in UNITS), None):
            block.units.setdefault(row, unit)
    return block


def _is_header(cells: Sequence[str], layout: Mapping) -> bool:
    return not {folded_label(cell) for cell in cells}.isdisjoint(layout["label_columns"])


def _identity(rows: Sequence[Sequence[str]], names: Mapping[str, str]) -> dict[str, str]:
    """`label：value` in one cell, or label and value in neighbouring cells."""
    found: dict[str, str] = {}
    for cells in rows:
        filled = [cell.strip() for cell in cells if cell.strip()]
        for place, cell in enumerate(filled):
            for piece in re.split(r"[\s　]{2,}|[;；]", cell):
                label, _, value = piece.replace("：", ":").partition(":")
                column = names.get(folded_heading(label))
                if column is None:
                    continue
                following = filled[place + 1] if place + 1 < len(filled) else ""
                value = value.strip() or ("" if re.search("[:：]", following) else following)
                if value:
                    found.setdefault(column, value)
    return found
