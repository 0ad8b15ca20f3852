"""An education-statistics workbook turned into the tidy shape.

Here: measures as sums of labelled cells (layouts/statistics.yaml), for every
school of the book.
Not here: finding a cell (forms.py), and what a measure means (seeds).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import yaml

from sources import workbook
from sources.calendar_text import stated_date
from sources.conform import Block, conformed
from sources.declaration import FILED, Context, Damage, Delivery
from sources.declared.forms import FormBlock, blocks, folded_label, form_of
from sources.declared.tables import MEASURES
from sources.files import File
from sources.layout import UNITS
from sources.numerals import decimals, plain
from sources.refusal import Refusal

SOURCE = "declared"
LAYOUT = Path(__file__).parent / "layouts" / "statistics.yaml"
STATISTICS_DAY = (9, 1)  # the school year's first day
_PLACE = "sources/declared/layouts/statistics.yaml"


@dataclass(frozen=True)
class Term:
    """One cell of a measure: its text, sign and power of ten."""

    text: str
    sign: int
    power: int


@dataclass(frozen=True)
class Figure:
    """A measure of a school as its terms, before they are added."""

    school: Mapping[str, str]
    stage: str
    measure: str
    sheet: str
    row: int
    terms: tuple[Term, ...]


def delivery(file: File, context: Context) -> Delivery:
    """The book as a delivery of `measures`, dated 1 September of its year.

    Raises Refusal: `unknown_layout` (no known form), `unknown_label`,
    `missing_school`, `unknown_school_type`; Misconfigured where nothing tells
    the county.
    """
    layout = _layout()
    forms = list(_forms(file, layout))
    as_of_date = _as_of(file, forms)
    figures = [figure for school in _schools(file, forms, layout) for figure in _figures(file, school, layout)]
    county_code = file.required_county_code(context)  # asked last: a book that cannot be used is refused, whosesoever it is
    damages: list[Damage] = []
    return Delivery(
        source=SOURCE,
        table=MEASURES,
        county_code=county_code,
        origin=file.relative_path,
        rows=conformed(MEASURES, _blocks(figures, county_code, as_of_date), damages),
        as_of_date=as_of_date,
        digest=file.digest,
        modified_at=file.modified_at,
        encoding=file.encoding,
        layout="statistics",
        damages=damages,
    )


@cache
def _layout() -> dict:
    return yaml.safe_load(LAYOUT.read_text("utf-8"))


def _forms(file: File, layout: Mapping) -> Iterator[FormBlock]:
    known = {layout["basic_form"]} | {form for measure in layout["measures"] for form in _forms_of(measure)}
    found = False
    for sheet in workbook.sheets(file):
        form = form_of(sheet.name)
        if form in known:
            found = True
            yield from blocks(sheet, form, layout)
    if not found:
        raise Refusal(
            "unknown_layout", file=file.relative_path, expected=f"名称以报表编号开头的工作表 / sheets named by form: {'、'.join(sorted(known))}",
            found="没有 / none", do_en="Deliver the statistics workbook as exported, or the tidy CSV of docs/layouts.md.",
            do_zh="请报送导出的统计工作簿，或 docs/layouts.md 所述的 CSV。",
        )  # fmt: skip


def _as_of(file: File, forms: Iterable[FormBlock]) -> date | None:
    for form in forms:
        if stated := stated_date(form.title, year_means=STATISTICS_DAY):
            return date(stated.year, *STATISTICS_DAY)
    stated = file.as_of(year_means=STATISTICS_DAY)
    return date(stated.year, *STATISTICS_DAY) if stated else None


@dataclass
class _School:
    identity: dict[str, str]
    forms: dict[str, list[FormBlock]]


def _schools(file: File, forms: Sequence[FormBlock], layout: Mapping) -> Iterator[_School]:
    """Blocks gathered by school; what a form leaves out, the basic form tells."""
    basic = [form.identity for form in forms if form.form == layout["basic_form"] and "school_id" in form.identity]
    only = basic[0] if len(basic) == 1 else {}
    told: dict[str, dict[str, str]] = defaultdict(dict)
    by_school: dict[str, dict[str, list[FormBlock]]] = defaultdict(lambda: defaultdict(list))
    for form in forms:
        school_id = form.identity.get("school_id") or only.get("school_id")
        if school_id is None:
            raise Refusal(
                "missing_school", file=file.relative_path, place=f"工作表 / sheet {form.sheet}", expected="学校标识码：… 一行 / a row 学校标识码：…",
                found="没有 / none", do_en="Write the school code above the form.", do_zh="请在表头上方注明学校标识码。",
            )  # fmt: skip
        for column, value in {**only, **form.identity}.items() if school_id == only.get("school_id") else form.identity.items():
            told[school_id].setdefault(column, value)
        by_school[school_id][form.form].append(form)
    for school_id, own in by_school.items():
        identity = told[school_id]
        identity["school_id"] = school_id
        identity["school_type"] = _school_type(file, identity, layout)
        yield _School(identity, own)


def _school_type(file: File, identity: Mapping[str, str], layout: Mapping) -> str:
    written = identity.get("school_type", "")
    pieces = {folded_label(piece) for piece in (written, *re.split(r"[-—－]", written, maxsplit=1))}
    for kind, labels in layout["school_types"].items():
        if kind in pieces or pieces & {folded_label(label) for label in labels}:
            return kind
    raise Refusal(
        "unknown_school_type", file=file.relative_path, place=f"学校标识码 {identity['school_id']}",
        expected="办学类型：小学、初级中学、九年一贯制学校……", found=f"「{written}」" if written else "没有 / none",
        do_en=f"Correct it, or add the label to `school_types` in {_PLACE}.", do_zh=f"请更正，或在 {_PLACE} 的 school_types 中登记。",
    )  # fmt: skip


def _figures(file: File, school: _School, layout: Mapping) -> Iterator[Figure]:
    for measure in layout["measures"]:
        if not all(form in school.forms for form in _forms_of(measure)):
            continue
        stage = measure["stage"]
        if stage == "whole":
            stage = layout["single_stage"].get(school.identity["school_type"], "whole")
        cells: list[tuple[int, str, str, int, str | None]] = []
        for sign, terms in ((1, measure.get("plus", [])), (-1, measure.get("minus", []))):
            for term in terms:
                cells += [(sign, *cell) for cell in _cells(file, school, measure, term)]
        default = measure.get("unit")
        parts = tuple(Term(text, sign, UNITS[unit or default] if default else 0) for sign, _, text, _, unit in cells)
        yield Figure(school.identity, stage, measure["measure"], cells[0][1], cells[0][3], parts)


def _cells(file: File, school: _School, measure: Mapping, term: Mapping) -> list[tuple[str, str, int, str | None]]:
    """The cells (sheet, text, row, unit) of a term; of alternatives, the first that is there."""
    alternatives = term["either"] if "either" in term else [[term]]
    for alternative in alternatives:
        found = [_cell(school, part.get("form", measure.get("form")), part) for part in alternative]
        if all(found):
            return found
    part = alternatives[0][0]
    form = part.get("form", measure.get("form"))
    raise Refusal(
        "unknown_label", file=file.relative_path, place=f"工作表 / sheet {school.forms[form][0].sheet}, 学校标识码 {school.identity['school_id']}",
        expected=f"行「{'」或「'.join(_list(part['row']))}」× 列「{'」或「'.join(_list(part['column']))}」 / row and column",
        found="没有这样的行或列 / no such row or column",
        do_en=f"Check the form, or add its label under `{measure['measure']}` in {_PLACE}.",
        do_zh=f"请核对报表；若标签改名，请在 {_PLACE} 的 {measure['measure']} 下登记。",
    )  # fmt: skip


def _cell(school: _School, form: str, part: Mapping) -> tuple[str, str, int, str | None] | None:
    for block in school.forms[form]:
        if found := block.find(_list(part["row"]), _list(part["column"])):
            return block.sheet, *found
    return None


def _blocks(figures: Sequence[Figure], county_code: str, as_of_date: date | None) -> Iterator[Block]:
    """The figures as text, sheet by sheet, in the order of the book's schools."""
    written = _sums(figures)
    by_sheet: dict[str, list[tuple[Figure, str | None]]] = defaultdict(list)
    for figure, text in zip(figures, written, strict=True):
        if text != "-":
            by_sheet[figure.sheet].append((figure, text))
    for sheet, found in by_sheet.items():
        columns = {
            "as_of_date": [as_of_date.isoformat() if as_of_date else None for _ in found],
            "county_code": [county_code for _ in found],
            **{name: [figure.school.get(name) for figure, _ in found] for name in ("township", "school_id", "school_name", "school_type")},
            "stage": [figure.stage for figure, _ in found],
            "measure_id": [figure.measure for figure, _ in found],
            "value": [text for _, text in found],
        }
        rows = pa.array([figure.row for figure, _ in found], pa.int64())
        yield Block({name: pa.array(values, pa.string()) for name, values in columns.items()}, len(found), sheet, rows)


def _sums(figures: Sequence[Figure]) -> list[str | None]:
    """Each figure's sum as text: None where a term is blank, `-` where all are not
    applicable, and the text of a term that is no number, for conforming to find."""
    terms = [term for figure in figures for term in figure.terms]
    values, masks = decimals(plain(pa.array([term.text for term in terms], pa.string())), FILED, np.array([term.power for term in terms]))
    unread = np.any(list(masks.values()), axis=0)
    amounts = values.to_pylist()
    sums: list[str | None] = []
    place = 0
    for figure in figures:
        own = range(place, place + len(figure.terms))
        place += len(figure.terms)
        broken = next((terms[index].text for index in own if unread[index]), None)
        stated = [terms[index].sign * amounts[index] for index in own if amounts[index] is not None]
        if broken is not None:
            sums.append(broken)
        elif any(not terms[index].text.strip() for index in own):
            sums.append(None)
        else:
            with localcontext(prec=80):  # wider than any sum of FILED figures: nothing is rounded
                sums.append(format(sum(stated, Decimal(0)), "f") if stated else "-")
    return sums


def _forms_of(measure: Mapping) -> set[str]:
    terms = [part for term in (*measure.get("plus", []), *measure.get("minus", [])) for part in _parts(term)]
    return {part.get("form", measure.get("form")) for part in terms}


def _parts(term: Mapping) -> list[Mapping]:
    return [part for alternative in term["either"] for part in alternative] if "either" in term else [term]


def _list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
