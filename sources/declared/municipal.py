"""Municipal forms: from labelled cells of one filer (a school, the county) to figures.

Here: naming what nobody knows, the stage of each item, measures as sums of items.
Not here: where cells stand (school_form.py, county_form.py), what a label asks for
(form_items.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from sources.declared.figures import NOTHING, Figure, Term, Unit, power_of
from sources.declared.form_items import FormItems
from sources.declared.forms import Cell
from sources.files import File
from sources.refusal import Refusal

LAYOUTS = Path(__file__).parent / "layouts"
Key = tuple[str | None, str | None]  # stage and category, as far as the labels say them


@dataclass(frozen=True)
class Located:
    """A cell of a form with its labels, outermost first."""

    levels: tuple[str, ...]
    sheet: str
    cell: Cell


@dataclass
class Filing:
    """What one filer filled in. `about`: columns of every figure; `single`: the one stage
    that it has (None: several); `stage`: the stage that its row states."""

    about: Mapping[str, str | None]
    cells: list[Located] = field(default_factory=list)
    single: str | None = None
    stage: str | None = None


@dataclass(frozen=True)
class FormLayout:
    """A municipal form's layout file."""

    name: str
    raw: Mapping
    items: FormItems

    @property
    def place(self) -> str:
        return f"sources/declared/layouts/{self.name}.yaml"


def form_layout(name: str, *, whole: str) -> FormLayout:
    """A layout by file name; `whole` is what its whole_words mean as a stage."""
    raw = yaml.safe_load((LAYOUTS / f"{name}.yaml").read_text("utf-8"))
    sections = yaml.safe_load((LAYOUTS / "statistics.yaml").read_text("utf-8"))["sections"]
    stages = {word: stage for stage, words in sections.items() for word in words} | dict.fromkeys(raw["whole_words"], whole)
    divided_by = {term: m["divided_by"] for m in raw["measures"] if "divided_by" in m for term in m["plus"]}
    return FormLayout(name, raw, FormItems(raw["items"], raw["passed_over"], stages, raw.get("categories", {}), divided_by))


def figures_of(file: File, filing: Filing, layout: FormLayout) -> Iterator[Figure]:
    """The figures of one filer. Raises Refusal `unknown_column` (labels that nobody knows,
    all of them named), `repeated_label`, `unknown_label`, `unknown_stage`, and those of units."""
    items = _items(file, filing, layout)
    for measure in layout.raw["measures"]:
        first = next((item for way in _ways(measure["plus"][0]) for item in way if item in items), None)
        if first is None:
            continue
        keys = dict.fromkeys(_resolved(file, filing, measure, key, items[first][key], layout) for key in items[first])
        for stage, category in keys:
            if figure := _figure(file, filing, measure, items, stage, category, layout):
                yield figure


def refuse_unknown(file: File, unknown: Sequence[Located], layout: FormLayout) -> None:
    """Raise Refusal `unknown_column` that names the labels, if there are any."""
    if unknown:
        named = "、".join(f"「{label}」" for label in dict.fromkeys("/".join(located.levels) for located in unknown))
        raise Refusal(
            "unknown_column", file=file.relative_path, place=f"工作表 / sheet {unknown[0].sheet}", expected=f"{layout.name} 的项目 / items",
            found=named,
            do_en=f"Add it to an item's labels in {layout.place}, or under `passed_over` if nothing is taken from it.",
            do_zh=f"请在 {layout.place} 的 items 中登记该项目的写法；不取数的加在 passed_over 下。",
        )  # fmt: skip


def _items(file: File, filing: Filing, layout: FormLayout) -> dict[str, dict[Key, Located]]:
    found: dict[str, dict[Key, Located]] = {}
    unknown = []
    for located in filing.cells:
        asked = layout.items.asked(located.levels)
        if asked is None:
            unknown.append(located)
        elif asked.item is not None:
            own = found.setdefault(asked.item, {})
            if (asked.stage, asked.category) in own:
                raise _refused("repeated_label", file, located, f"「{'/'.join(located.levels)}」一次 / once", "多次 / more than once")
            own[asked.stage, asked.category] = located
    refuse_unknown(file, unknown, layout)
    return found


def _resolved(file: File, filing: Filing, measure: Mapping, key: Key, located: Located, layout: FormLayout) -> tuple[str, str | None]:
    """The stage that a figure is filed for, and its category."""
    said, category = key
    stage = said or filing.stage
    of = measure.get("of", "county")
    if of == "county":
        return stage or "all", category
    if of == "school":
        # the whole of a school with one stage is that stage, in whatever column it stands
        return filing.single or "whole" if stage in (None, "whole") else stage, category
    if of != "stage":
        return stage or of, category
    if not (stage or filing.single):
        raise _refused("unknown_stage", file, located, "注明小学或初中 / 小学 or 初中 beside the label", "没有 / none")
    return stage or filing.single, category


def _figure(
    file: File, filing: Filing, measure: Mapping, items: Mapping[str, Mapping[Key, Located]], stage: str, category: str | None, layout: FormLayout
) -> Figure | None:
    """The measure's figure; None for a blank cell of a stage that is not asked for it."""
    unit, terms, cells = Unit.of(measure), [], []
    for sign, side in ((1, "plus"), (-1, "minus")):
        for term in measure.get(side, ()):
            for located in _cells(file, filing, measure, term, items, (stage, category), layout):
                place = f"工作表 / sheet {located.sheet}, 第 {located.cell.row} 行 / row {located.cell.row}"
                terms.append(Term(located.cell.text, sign, power_of(located.cell, unit, file=file.relative_path, place=place)))
                cells.append(located)
    if not any(term.text.strip() for term in terms) and not _is_asked(measure, stage, filing):
        return None
    about = {**filing.about, "stage": stage, "category": category, "measure_id": measure["measure"]}
    return Figure(about, cells[0].sheet, cells[0].cell.row, tuple(terms))


def _is_asked(measure: Mapping, stage: str, filing: Filing) -> bool:
    """Whether a blank cell is a missing figure; a table has cells for stages that a school does not have."""
    of = measure.get("of", "county")
    if of == "county":
        return True
    if of == "school":
        return stage in ("whole", filing.single)
    return stage != "whole" and filing.single in (None, stage) and of in ("stage", stage)


def _cells(
    file: File, filing: Filing, measure: Mapping, term, items: Mapping[str, Mapping[Key, Located]], wanted: tuple[str, str | None], layout: FormLayout
) -> list[Located]:
    """The cells of a term; of its ways, the first whose items are all on the form."""
    for way in _ways(term):
        found = [_of(file, filing, measure, items.get(item, {}), wanted, layout) for item in way]
        if all(found):
            return found
    missing = "」或「".join(layout.items.label_of(item) for way in _ways(term) for item in way)
    some = next(located for own in items.values() for located in own.values())
    raise _refused("unknown_label", file, some, f"「{missing}」（{measure['measure']}）", "没有 / none")


def _of(file: File, filing: Filing, measure: Mapping, own: Mapping[Key, Located], wanted: tuple[str, str | None], layout: FormLayout) -> Located | None:
    """The cell of an item for that stage and category; of two columns that mean the same, the one that is filled."""
    found = [located for key, located in own.items() if _resolved(file, filing, measure, key, located, layout) == wanted]
    filled = [located for located in found if located.cell.text.strip() not in ("", NOTHING)]
    if len(filled) > 1:
        raise _refused("repeated_label", file, filled[1], f"「{'/'.join(filled[1].levels)}」一次 / once", "多次 / more than once")
    return next(iter(filled or found), None)


def _ways(term) -> list[list[str]]:
    return term["either"] if isinstance(term, Mapping) else [[term]]


def _refused(rule: str, file: File, located: Located, expected: str, found: str) -> Refusal:
    return Refusal(
        rule, file=file.relative_path, place=f"工作表 / sheet {located.sheet}, 第 {located.cell.row} 行 / row {located.cell.row}, 「{'/'.join(located.levels)}」",
        expected=expected, found=found, do_en="Correct the form and deliver it again.", do_zh="请更正后重新报送。",
    )  # fmt: skip

