"""Measures of an education-statistics workbook: sums of labelled cells, in the tidy shape.

Here: which cells of which form make a measure (layouts/statistics_measures.yaml), for
every school of the book.
Not here: the book and its forms (book.py), units and sums (figures.py), and what a
measure means (seeds).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

import yaml

from sources.declaration import Context, Delivery
from sources.declared import figures
from sources.declared.book import WHOLE, BookSchool, book_of
from sources.declared.figures import Figure, Term, Unit, power_of
from sources.declared.forms import Cell, FormBlock, Part, RepeatedLabel
from sources.declared.tables import MEASURES
from sources.files import File
from sources.refusal import Refusal
from sources.workbook import Sheet

LAYOUTS = Path(__file__).parent / "layouts"
PLACE = "sources/declared/layouts/statistics_measures.yaml"


def delivery(file: File, sheets: Sequence[Sheet], context: Context) -> Delivery:
    """The book as a delivery of `measures`, dated 1 September of its year.

    Raises Refusal as book_of does, further `unknown_label`, `repeated_label`,
    `unknown_unit`, `unit_contradicted`; Misconfigured where nothing tells the county,
    which is asked last: a book that cannot be used is refused, whosesoever it is.
    """
    layout, measures = _layouts()
    as_of_date, schools = book_of(file, sheets, layout)
    found = [figure for school in schools for measure in measures for figure in _figures(file, school, measure, layout)]
    return figures.delivery(file, MEASURES, found, file.required_county_code(context), as_of_date, layout="statistics")


@cache
def _layouts() -> tuple[dict, list[dict]]:
    forms, measures = (yaml.safe_load((LAYOUTS / name).read_text("utf-8")) for name in ("statistics.yaml", "statistics_measures.yaml"))
    total, all_columns = measures["labels"][:2]
    return forms, [_with_bands(measure, total, all_columns) for measure in measures["measures"]]


def _with_bands(measure: Mapping, total: Sequence[str], all_columns: Sequence[str]) -> dict:
    """`bands: [56-60人 + 61-65人, 56-65人]` as the cells it stands for: a row each under the
    column of all classes, or a column each in the row of all classes."""
    if "bands" not in measure:
        return dict(measure)
    ways = [[band.strip() for band in way.split("+")] for way in measure["bands"]]
    either = [[{"row": band, "column": all_columns} for band in way] for way in ways]
    either += [[{"row": total, "column": band} for band in way] for way in ways]
    return {**measure, "plus": [{"either": either}]}


def _figures(file: File, school: BookSchool, measure: Mapping, layout: Mapping) -> Iterator[Figure]:
    """The measure's figures of a school: one a stage (or one for the school) and form that
    speaks of it; none where the book lacks a form."""
    unit = Unit.of(measure)
    for stage in measure.get("stages", [measure.get("stage")]):
        looked_at = WHOLE if _is_of_school(measure, layout) else stage
        if not all(_parts_of(school, forms, looked_at) for forms in _forms_of(measure)):
            continue
        cells = [
            (sign, sheet, cell)
            for sign, terms in ((1, measure.get("plus", [])), (-1, measure.get("minus", [])))
            for term in terms
            for sheet, cell in _cells(file, school, looked_at, measure, term)
        ]
        if not cells:
            continue
        terms = tuple(
            Term(cell.text, sign, power_of(cell, unit, file=file.relative_path, place=f"工作表 / sheet {sheet}, 第 {cell.row} 行 / row {cell.row}"))
            for sign, sheet, cell in cells
        )
        filed_as = layout["single_stage"].get(school.identity["school_type"], WHOLE) if stage == WHOLE else stage
        about = {**school.identity, "stage": filed_as, "measure_id": measure["measure"]}
        yield Figure(about, cells[0][1], cells[0][2].row, terms)


def _is_of_school(measure: Mapping, layout: Mapping) -> bool:
    """Whether the measure's forms speak of the school and not of a stage; the stage then
    stands in a label, or the figure is for the whole school."""
    return layout["forms"][measure["forms"][0]]["stage"] == WHOLE


def _parts_of(school: BookSchool, forms: Sequence[str], stage: str) -> list[tuple[FormBlock, Part | None]]:
    return [found for form in forms for found in school.parts.get((form, stage), [])]


def _cells(file: File, school: BookSchool, stage: str, measure: Mapping, term: Mapping) -> list[tuple[str, Cell]]:
    """The cells of a term with their sheets; of alternatives, the first that is there."""
    for alternative in _alternatives(term):
        found = [_cell(file, school, stage, measure, part) for part in alternative]
        if all(found):
            return found
    if measure.get("optional"):
        return []
    part = _alternatives(term)[0][0]
    block = _parts_of(school, part.get("forms", measure["forms"]), stage)[0][0]
    raise Refusal(
        "unknown_label", file=file.relative_path, place=f"工作表 / sheet {block.sheet}, {school.place}",
        expected=f"行「{'」或「'.join(_list(part['row']))}」× 列「{'」或「'.join(_list(part['column']))}」 / row and column",
        found="没有这样的行或列 / no such row or column",
        do_en=f"Check the form, or add its label under `{measure['measure']}` in {PLACE}.",
        do_zh=f"请核对报表；若标签改名，请在 {PLACE} 的 {measure['measure']} 下登记。",
    )  # fmt: skip


def _cell(file: File, school: BookSchool, stage: str, measure: Mapping, part: Mapping) -> tuple[str, Cell] | None:
    """The one cell of these labels on the forms that may hold it."""
    found = []
    for block, rows in _parts_of(school, part.get("forms", measure["forms"]), stage):
        try:
            cell = block.find(_list(part["row"]), _list(part["column"]), rows)
        except RepeatedLabel as repeated:
            raise _repeated(file, school, f"「{repeated}」", block.sheet) from None
        if cell is not None:
            found.append((block.sheet, cell))
    if len(found) > 1:
        raise _repeated(file, school, f"「{_list(part['row'])[0]}」", "、".join(dict.fromkeys(sheet for sheet, _ in found)))
    return found[0] if found else None


def _repeated(file: File, school: BookSchool, label: str, sheets: str) -> Refusal:
    return Refusal(
        "repeated_label", file=file.relative_path, place=f"工作表 / sheet {sheets}, {school.place}", expected=f"{label}一行 / one row",
        found="多行 / several", do_en="Leave one, or say by a row 小学 or 初中 above each which stage it is of.",
        do_zh="请只保留一处，或在各部分上方用「小学」「初中」一行注明学段。",
    )  # fmt: skip


def _alternatives(term: Mapping) -> list[list[Mapping]]:
    return term["either"] if "either" in term else [[term]]


def _forms_of(measure: Mapping) -> list[list[str]]:
    """The forms that the measure's cells stand on, each a list of numbers of one form."""
    terms = [*measure.get("plus", []), *measure.get("minus", [])]
    named = [part.get("forms", measure["forms"]) for term in terms for way in _alternatives(term) for part in way]
    return [list(forms) for forms in dict.fromkeys(map(tuple, named))]


def _list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
