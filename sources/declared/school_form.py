"""The municipal school form: a table of schools, or a sheet a school, in the tidy shape.

Here: where the schools and their labelled cells stand.
Not here: what a label asks for (layouts/school_form.yaml, form_items.py) and how figures
are added (municipal.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np
import pyarrow as pa
import yaml

from sources import rows
from sources.declaration import Context, Delivery
from sources.declared import figures
from sources.declared.book import STATISTICS_DAY, school_type_of
from sources.declared.forms import Cell, FormBlock, blocks, bracketed, folded_label
from sources.declared.municipal import LAYOUTS, Filing, FormLayout, Located, figures_of, form_layout
from sources.declared.tables import MEASURES
from sources.files import File
from sources.layout import folded_heading
from sources.refusal import Refusal
from sources.sheet import HEAD_ROWS, HEADER_ROWS_LIMIT, joined_headings, merged_depth, rows_below, units_of_lines
from sources.workbook import Sheet

LEAST_ITEMS = 2  # so many items make a sheet this form


@dataclass(frozen=True)
class _Table:
    """Where a table of schools begins: its headings, first data row (from 0), what stands above."""

    headings: list[str]
    first: int
    title: str
    known: int


def recognised(sheets: Sequence[Sheet]) -> list[Sheet]:
    """The sheets that are this form, by their labels."""
    return [sheet for sheet in sheets if _table_of(sheet) or _item_blocks(sheet)]


def delivery(file: File, sheets: Sequence[Sheet], context: Context) -> Delivery:
    """The form's sheets as a delivery of `measures`; a year alone means its 1 September.

    Raises Refusal: `missing_school`, `unknown_school_type`, and as municipal.figures_of
    does; Misconfigured where nothing tells the county, which is asked last.
    """
    found, titles = [], []
    for sheet in sheets:
        table = _table_of(sheet)
        filings = _of_table(file, sheet, table) if table else _of_blocks(file, sheet)
        titles.append(table.title if table else " ".join(block.title for block in _item_blocks(sheet)))
        found += [figure for filing in filings for figure in figures_of(file, filing, _layout())]
    as_of_date = _as_of(file, titles)
    return figures.delivery(file, MEASURES, found, file.required_county_code(context), as_of_date, layout="school_form")


def _as_of(file: File, titles: Sequence[str]) -> date | None:
    stated = (file.as_of(title, year_means=STATISTICS_DAY) for title in titles)
    return next((day for day in stated if day), None)


@cache
def _layout() -> FormLayout:
    return form_layout("school_form", whole="whole")


@cache
def _shared() -> dict:
    """Identity, kinds of school and words of stages, as in the statistics books."""
    return yaml.safe_load((LAYOUTS / "statistics.yaml").read_text("utf-8"))


def _identity_names() -> dict[str, str]:
    return {folded_heading(label): column for column, labels in _shared()["identity"].items() for label in labels}


# a table of schools ------------------------------------------------------------------
def _table_of(sheet: Sheet) -> _Table | None:
    """The header that holds the school code and most items, if there is one."""
    names, best = _identity_names(), None
    for row in range(min(HEAD_ROWS, len(sheet.rows))):
        for depth in range(1, 1 + max(2, min(merged_depth(sheet, row), HEADER_ROWS_LIMIT))):
            headings = joined_headings(sheet, row, depth)
            if "school_id" not in {names.get(heading) for heading in headings}:
                continue
            known = sum(1 for heading in headings if heading and (asked := _layout().items.asked(heading.split("/"))) and asked.item)
            if known >= LEAST_ITEMS and (best is None or known > best.known):
                title = " ".join(dict.fromkeys(cell.strip() for above in sheet.rows[:row] for cell in above if cell.strip()))
                best = _Table(headings, row + depth, title, known)
    return best


def _of_table(file: File, sheet: Sheet, table: _Table) -> Iterator[Filing]:
    names = _identity_names()
    identity = {names[heading]: place for place, heading in enumerate(table.headings) if heading in names}
    stage_at = next((place for place, heading in enumerate(table.headings) if heading in _layout().raw["stage_columns"]), None)
    asked_at = {
        place: tuple(heading.split("/"))
        for place, heading in enumerate(table.headings)
        if heading and place not in identity.values() and place != stage_at
    }
    money = tuple(unit for unit in units_of_lines(table.title) if "、" not in unit)
    data, numbers = rows_below(sheet, table.first, len(table.headings))
    columns = [pa.array([row[index] for row in data], pa.string()) for index in range(len(table.headings))]
    detail = rows.kinds(columns, [columns[identity["school_id"]]], len(data)).detail
    for place in np.flatnonzero(detail).tolist():
        cells, row = data[place], numbers[place]
        about = {column: cells[at].strip() or None for column, at in identity.items()}
        if not about["school_id"]:
            raise _missing_school(file, f"工作表 / sheet {sheet.name}, 第 {row} 行 / row {row}")
        located = [
            Located(levels, sheet.name, Cell(cells[at], row, bracketed(table.headings[at]), money)) for at, levels in asked_at.items()
        ]
        yield _filing(file, about, located, cells[stage_at].strip() if stage_at is not None else "")


# a sheet (or a block of one) a school ---------------------------------------------------
def _item_blocks(sheet: Sheet) -> list[FormBlock]:
    """Blocks that begin with a school code and hold items, one below the other."""
    layout = {**_shared(), "label_columns": _layout().raw["label_columns"]}
    found = [block for block in blocks(sheet, "", layout) if block.rows]
    asked = [_layout().items.asked(path) for block in found for path in block.paths if path]
    return found if sum(1 for one in asked if one and one.item) >= LEAST_ITEMS else []


def _of_blocks(file: File, sheet: Sheet) -> Iterator[Filing]:
    for block in _item_blocks(sheet):
        if not block.identity.get("school_id"):
            raise _missing_school(file, f"工作表 / sheet {sheet.name}")
        yield _filing(file, block.identity, located_in(block, _layout().raw["value_columns"]), "")


def located_in(block: FormBlock, value_columns: Sequence[str]) -> list[Located]:
    """The cells of a sheet of items: labels of the row, then the column's unless it only
    says that values stand there. Columns of codes and remarks, and rows without any cell
    filled, are left out; a row of one stage's section carries its word in front."""
    values = {folded_label(heading) for heading in value_columns}
    passed_over = {"代码", "序号", "备注", "说明", "计量单位", "单位"}
    stages = {folded_label(word) for words in _shared()["sections"].values() for word in words}
    if stages & block.headings.keys():
        passed_over |= {"合计", "小计", "计"}  # of the stages beside it
    columns = {place: heading for heading, place in block.headings.items() if heading not in passed_over}
    section_of = {row: stage for stage, part in block.sections.items() for row in part.rows}
    words = {stage: spellings[0] for stage, spellings in _shared()["sections"].items()}
    heads = {part.head for part in block.sections.values()}
    located = []
    for row, path in enumerate(block.paths):
        if not path or row in heads or path[0].strip().isdigit() or path[0].strip() == "甲":
            continue
        section = [words[section_of[row]]] if row in section_of and words[section_of[row]] not in path else []
        for place, heading in columns.items():
            levels = (*section, *path, *([] if heading in values else [heading]))
            located.append(Located(levels, block.sheet, block.cell(row, place)))
    return located


def _filing(file: File, identity: Mapping[str, str | None], located: list[Located], stage: str) -> Filing:
    about = {**identity, "school_type": school_type_of(file, {**identity, "school_type": identity.get("school_type") or ""}, _shared())}
    single = _shared()["single_stage"].get(about["school_type"])
    return Filing(about, located, single, _layout().items.stages.get(stage))


def _missing_school(file: File, place: str) -> Refusal:
    return Refusal(
        "missing_school", file=file.relative_path, place=place, expected="学校标识码 / a school code", found="没有 / none",
        do_en="Write the school's code.", do_zh="请填写学校标识码。",
    )  # fmt: skip
