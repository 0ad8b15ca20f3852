"""Form sheets: blocks of one school, rows and columns by label, sections of one stage.

Here: where a school's block begins, its header, its labels, and finding a cell by
row label and column label.
Not here: which form a sheet is and whether it is the right one (form_checks.py), which
cells make a measure (layouts/statistics_measures.yaml, statistics.py).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sources.layout import folded_heading
from sources.sheet import joined_headings, merged_depth, units_of_lines
from sources.workbook import Sheet

_UNIT_IN_BRACKETS = re.compile(r"\(([^()]*)\)$")
_NUMBERING = re.compile(r"^(?:[(]?[一二三四五六七八九十]+[)、.]|[(]?\d+[)、])")
_RANGE = re.compile(r"(?<=\d)[-~—–‐至](?=\d)")


class RepeatedLabel(Exception):
    """A label that stands on several rows of the part that is looked at; says which."""


@dataclass(frozen=True)
class Cell:
    """A found cell: its text, the sheet's row (from 1), the units that its row and its
    column say, and those of money above the table; several may contradict each other."""

    text: str
    row: int
    stated: tuple[str, ...] = ()
    money: tuple[str, ...] = ()


@dataclass(frozen=True)
class Part:
    """The rows of a block that speak of one stage; `head` is the row that opens them."""

    rows: frozenset[int]
    head: int | None = None


@dataclass
class FormBlock:
    """What one form says of one school.

    `identity`: what stands above the header (school_id, school_name, ...).
    `head`: every text above the header; `title`: those above the sheet's first block.
    `paths`: each row's labels; `labels`: rows by label, and by label path where labels
    stand in several columns (`县级以上骨干教师/小学`). `sections`: the part of each stage, where the form has such.
    """

    form: str
    sheet: str
    title: str
    head: str
    identity: dict[str, str]
    headings: dict[str, int] = field(default_factory=dict)
    rows: list[list[str]] = field(default_factory=list)
    paths: list[list[str]] = field(default_factory=list)
    labels: dict[str, list[int]] = field(default_factory=dict)
    sections: dict[str, Part] = field(default_factory=dict)
    row_units: dict[int, tuple[str, ...]] = field(default_factory=dict)
    column_units: dict[int, tuple[str, ...]] = field(default_factory=dict)
    money: tuple[str, ...] = ()
    first_row: int = 0

    def find(self, row_labels: Sequence[str], column_labels: Sequence[str], part: Part | None = None) -> Cell | None:
        """The cell of the first row label and the first column label that are there; None
        where none is. Raises RepeatedLabel where a row label stands twice in the part."""
        column = self.column(column_labels)
        row = self.row(row_labels, part)
        return None if row is None or column is None else self.cell(row, column)

    def cell(self, row: int, column: int) -> Cell:
        """The cell at a place of `rows`."""
        cells = self.rows[row]
        stated = (*self.row_units.get(row, ()), *self.column_units.get(column, ()))
        return Cell(cells[column] if column < len(cells) else "", self.first_row + row + 1, stated, self.money)

    def row(self, row_labels: Sequence[str], part: Part | None = None) -> int | None:
        """The place of a labelled row among `rows`."""
        for label in map(folded_label, row_labels):
            found = [row for row in self.labels.get(label, ()) if part is None or row in part.rows]
            if len(found) > 1:
                raise RepeatedLabel(label)
            if found:
                return found[0]
        # a section that has no row of its own total carries it on the row that opens it
        is_total = not {folded_label(label) for label in row_labels}.isdisjoint({"总计", "合计"})
        return part.head if part and is_total else None

    def column(self, column_labels: Sequence[str]) -> int | None:
        """The place of a labelled column."""
        return next((self.headings[label] for label in map(folded_label, column_labels) if label in self.headings), None)


def folded_label(label: str) -> str:
    """One spelling of a row or column label: without `#`, 其中, its number, and a unit in
    brackets; ranges with one kind of dash."""
    folded = re.sub(r"^(#|其中:?)+", "", _NUMBERING.sub("", folded_heading(label)))
    bracket = _UNIT_IN_BRACKETS.search(folded)
    return _RANGE.sub("-", folded[: bracket.start()] if bracket and bracket.start() else folded)


def blocks(sheet: Sheet, form: str, layout: Mapping) -> Iterator[FormBlock]:
    """Yield the blocks of a form sheet; one without a school code if none says it."""
    names = {folded_heading(label): column for column, labels in layout["identity"].items() for label in labels}
    starts = [row for row, cells in enumerate(sheet.rows) if "school_id" in identity_of([cells], names)]
    first = starts[0] if starts else next((row for row, cells in enumerate(sheet.rows) if _is_header(cells, layout)), 0)
    title = _texts(sheet.rows[:first])
    for start, end in zip(starts or [0], [*starts[1:], len(sheet.rows)], strict=True):
        yield _block(sheet, form, title, start, end, names, layout)


def _block(sheet: Sheet, form: str, title: str, start: int, end: int, names: Mapping[str, str], layout: Mapping) -> FormBlock:
    header = next((row for row in range(start, end) if _is_header(sheet.rows[row], layout)), None)
    above = sheet.rows[start : header if header is not None else end]
    head = f"{title} {_texts(above)}"
    block = FormBlock(form, sheet.name, title, head, identity_of(above, names))
    if header is None:
        return block
    depth = min(merged_depth(sheet, header), end - header)
    block.first_row = header + depth
    block.rows = sheet.rows[block.first_row : end]
    # a line of several units (平方米、万元) says of no row which one is meant
    block.money = tuple(unit for unit in units_of_lines(head) if "、" not in unit)
    label_columns, unit_at = _columns(block, joined_headings(sheet, header, depth), layout)
    block.paths = _paths(sheet, block, label_columns)
    _read_labels(block, unit_at)
    block.sections = _sections(block.paths, layout["sections"])
    return block


def _columns(block: FormBlock, headings: Sequence[str], layout: Mapping) -> tuple[list[int], int | None]:
    """The columns of labels and of units; the others go to the block's headings."""
    label_names = {folded_label(label) for label in layout["label_columns"]}
    unit_names = {folded_label(label) for label in layout["unit_columns"]}
    folded = [folded_label(heading) for heading in headings]
    label_columns = [place for place, heading in enumerate(folded) if heading in label_names]
    for place, (heading, written) in enumerate(zip(folded, headings, strict=True)):
        if heading and place not in label_columns:
            block.headings.setdefault(heading, place)
            block.column_units[place] = bracketed(written)
    unit_at = next((place for place, heading in enumerate(folded) if heading in unit_names), None)
    return label_columns, unit_at


def _paths(sheet: Sheet, block: FormBlock, label_columns: Sequence[int]) -> list[list[str]]:
    """Each row's labels from left to right, merged ones on every row of the merge."""
    written = [[row[column] if column < len(row) else "" for column in label_columns] for row in block.rows]
    place = {column: index for index, column in enumerate(label_columns)}
    for top, left, bottom, right in sheet.merges:
        for column in set(range(left, right + 1)) & place.keys():
            for row in range(top - block.first_row, bottom - block.first_row + 1):
                if 0 <= row < len(written) and top >= block.first_row:
                    written[row][place[column]] = sheet.rows[top][left]
    return [[level for at, level in enumerate(levels) if level.strip() and level not in levels[:at]] for levels in written]


def _read_labels(block: FormBlock, unit_at: int | None) -> None:
    labels: dict[str, list[int]] = defaultdict(list)
    for row, levels in enumerate(block.paths):
        if not levels:
            continue
        folded = [folded_label(level) for level in levels]
        for label in dict.fromkeys(["/".join(folded), folded[-1]]):
            labels[label].append(row)
        stated = [unit for level in levels for unit in bracketed(level)]
        cells = block.rows[row]
        if unit_at is not None and unit_at < len(cells) and cells[unit_at].strip():
            stated.append(folded_heading(cells[unit_at]))
        if stated:
            block.row_units[row] = tuple(stated)
    block.labels = dict(labels)


def bracketed(written: str) -> tuple[str, ...]:
    """What stands in brackets at the end of a label, `（账面原值，万元）`: a unit, a remark, or both."""
    bracket = _UNIT_IN_BRACKETS.search(folded_heading(written))
    return tuple(re.split("[,;、]", bracket[1].removeprefix("单位:"))) if bracket else ()


def _sections(paths: Sequence[Sequence[str]], words: Mapping[str, Sequence[str]]) -> dict[str, Part]:
    """The part of each stage: rows below a row that only names the stage, or beside a
    merged cell that does. None where the form names no stage among its labels."""
    stages = {folded_label(word): stage for stage, spellings in words.items() for word in spellings}
    rows: dict[str, list[int]] = defaultdict(list)
    heads: dict[str, int] = {}
    running: str | None = None
    for row, levels in enumerate(paths):
        stage = stages.get(folded_label(levels[0])) if levels else None
        if stage and len(levels) == 1:
            heads.setdefault(stage, row)
            running = stage
        elif stage or running:
            running = stage or running
            rows[running].append(row)
    return {stage: Part(frozenset(rows[stage]), heads.get(stage)) for stage in dict.fromkeys([*heads, *rows])}


def _is_header(cells: Sequence[str], layout: Mapping) -> bool:
    return not {folded_label(cell) for cell in cells}.isdisjoint(layout["label_columns"])


def _texts(rows: Iterable[Sequence[str]]) -> str:
    return " ".join(dict.fromkeys(cell.strip() for cells in rows for cell in cells if cell.strip()))


def identity_of(rows: Iterable[Sequence[str]], names: Mapping[str, str]) -> dict[str, str]:
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
