"""A statistics workbook as schools: which forms speak of a school, and of which stage.

Here: the forms of a book and their year, blocks gathered by school, the stage that each
part of a form speaks of.
Not here: single cells (forms.py), whether a form is what it says (form_checks.py), and
measures (statistics.py).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sources.calendar_text import stated_date
from sources.declared.form_checks import PLACE, form_of, refuse_shifted, refuse_unknown, refuse_wrong_sums
from sources.declared.forms import FormBlock, Part, blocks, folded_label
from sources.files import File
from sources.refusal import Refusal
from sources.workbook import Sheet

STATISTICS_DAY = (9, 1)  # the school year's first day
WHOLE = "whole"


@dataclass
class BookSchool:
    """What a book says of one school: `identity` and, by form and stage (WHOLE where the
    form speaks of the school), the blocks with the rows that count."""

    identity: dict[str, str]
    parts: dict[tuple[str, str], list[tuple[FormBlock, Part | None]]]

    @property
    def place(self) -> str:
        return f"学校标识码 {self.identity['school_id']}"


def is_book(sheets: Sequence[Sheet]) -> bool:
    """Whether a sheet's name begins with a form number."""
    return any(form_of(sheet.name) for sheet in sheets)


def book_of(file: File, sheets: Sequence[Sheet], layout: Mapping) -> tuple[date | None, list[BookSchool]]:
    """The day that a book speaks of and its schools, in the book's order.

    Raises Refusal: `unknown_form`, `unknown_layout` (no form that anything is taken from),
    `shifted_form`, `control_total`, `missing_school`, `unknown_school_type`, `unknown_stage`.
    """
    named = [(form, sheet) for sheet in sheets if (form := form_of(sheet.name))]
    known = layout["forms"]
    forms = [block for form, sheet in named if "passed_over" not in known.get(form, {}) for block in blocks(sheet, form, layout)]
    as_of = _as_of(file, forms)
    refuse_unknown((form for form, _ in named), layout, as_of.year if as_of else None, file.relative_path)
    if not forms:
        taken = [form for form, about in known.items() if "passed_over" not in about]
        raise Refusal(
            "unknown_layout", file=file.relative_path, expected=f"名称以报表编号开头的工作表 / sheets named by form: {'、'.join(taken)}",
            found="、".join(form for form, _ in named) or "没有 / none",
            do_en="Deliver the statistics workbook as exported, or the tidy CSV of docs/layouts.md.",
            do_zh="请报送导出的统计工作簿，或 docs/layouts.md 所述的 CSV。",
        )  # fmt: skip
    for block in forms:
        refuse_shifted(block, layout, file.relative_path)
    return as_of, list(_schools(file, forms, layout))


def _as_of(file: File, forms: Iterable[FormBlock]) -> date | None:
    for form in forms:
        if stated := stated_date(form.title, year_means=STATISTICS_DAY):
            return date(stated.year, *STATISTICS_DAY)
    stated = file.as_of(year_means=STATISTICS_DAY)
    return date(stated.year, *STATISTICS_DAY) if stated else None


def _schools(file: File, forms: Sequence[FormBlock], layout: Mapping) -> Iterator[BookSchool]:
    """Blocks gathered by school; what a form leaves out, the basic form tells."""
    basic = [form.identity for form in forms if form.form in layout["basic_forms"] and "school_id" in form.identity]
    only = basic[0] if len(basic) == 1 else {}
    told: dict[str, dict[str, str]] = defaultdict(dict)
    by_school: dict[str, list[FormBlock]] = defaultdict(list)
    for form in forms:
        school_id = form.identity.get("school_id") or only.get("school_id")
        if school_id is None:
            raise Refusal(
                "missing_school", file=file.relative_path, place=f"工作表 / sheet {form.sheet}", expected="学校标识码：… 一行 / a row 学校标识码：…",
                found="没有 / none", do_en="Write the school code above the form.", do_zh="请在表头上方注明学校标识码。",
            )  # fmt: skip
        identity = {**only, **form.identity} if school_id == only.get("school_id") else form.identity
        for column, value in identity.items():
            told[school_id].setdefault(column, value)
        by_school[school_id].append(form)
    for school_id, own in by_school.items():
        identity = told[school_id] | {"school_id": school_id}
        identity["school_type"] = school_type_of(file, identity, layout)
        parts: dict[tuple[str, str], list] = defaultdict(list)
        for block in own:
            for stage, part in _parts(file, block, identity, {form.form for form in own}, layout).items():
                refuse_wrong_sums(block, part, layout, file.relative_path)
                parts[block.form, stage].append((block, part))
        yield BookSchool(identity, dict(parts))


def school_type_of(file: File, identity: Mapping[str, str], layout: Mapping) -> str:
    """The kind of school by code, label or `code-label`. Raises Refusal `unknown_school_type`."""
    written = identity.get("school_type", "")
    pieces = {folded_label(piece) for piece in (written, *re.split(r"[-—－]", written, maxsplit=1))}
    for kind, labels in layout["school_types"].items():
        if kind in pieces or pieces & {folded_label(label) for label in labels}:
            return kind
    raise Refusal(
        "unknown_school_type", file=file.relative_path, place=f"学校标识码 {identity['school_id']}",
        expected="办学类型：小学、初级中学、九年一贯制学校……", found=f"「{written}」" if written else "没有 / none",
        do_en=f"Correct it, or add the label to `school_types` in {PLACE}.", do_zh=f"请更正，或在 {PLACE} 的 school_types 中登记。",
    )  # fmt: skip


def _parts(file: File, block: FormBlock, identity: Mapping[str, str], own: set[str], layout: Mapping) -> dict[str, Part | None]:
    """The stages that a block speaks of, each with its rows (None: all of them)."""
    about = layout["forms"][block.form]
    if about["stage"] != "by_section":
        return {about["stage"]: None}
    if block.sections:
        return dict(block.sections)
    titled = {stage for stage, phrases in about.get("titled", {}).items() if any(phrase in folded_label(block.title) for phrase in phrases)}
    beside = {stage for form, stage in about.get("beside", {}).items() if form in own}
    stage = next((found.pop() for found in (titled, beside) if len(found) == 1), layout["single_stage"].get(identity["school_type"]))
    if stage is None:
        words = "」或「".join(spellings[0] for spellings in layout["sections"].values())
        raise Refusal(
            "unknown_stage", file=file.relative_path, place=f"工作表 / sheet {block.sheet}, 学校标识码 {identity['school_id']}",
            expected=f"「{words}」一行，或标题注明学段 / a row that names the stage, or a title that does", found="没有 / none",
            do_en="The school has several stages: say whose figures these are.", do_zh="该校有多个学段，请注明该表是哪个学段的数据。",
        )  # fmt: skip
    return {stage: None}
