"""Whether a sheet is the form that its name says, and holds what it says of itself.

Here: form numbers by year, numbers that nobody knows, titles and labels of a
neighbouring form under a wrong name, cells that must be the sum of others.
Not here: finding a cell (forms.py) and what is taken from a form (statistics.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

import pyarrow as pa

from sources.declaration import FILED
from sources.declared.forms import FormBlock, Part, RepeatedLabel, folded_label
from sources.layout import folded_heading
from sources.numerals import decimals, plain
from sources.refusal import Refusal

_FORM = re.compile(r"教基\d{4}|基础基\d{3}")
PLACE = "sources/declared/layouts/statistics.yaml"


def form_of(sheet_name: str) -> str | None:
    """The form's number, which a sheet's name begins with."""
    match = _FORM.match(sheet_name.strip())
    return match[0] if match else None


def known_in(layout: Mapping, form: str, year: int | None) -> bool:
    """Whether the layout knows the number in a book of that year (None: undated)."""
    if form not in layout["forms"]:
        return False
    family = next((dated for prefix, dated in layout["families"].items() if form.startswith(prefix)), {})
    dated = {**family, **{bound: value for bound, value in layout["forms"][form].items() if bound in ("from", "until")}}
    return year is None or dated.get("from", year) <= year <= dated.get("until", year)


def refuse_unknown(forms: Iterable[str], layout: Mapping, year: int | None, file: str) -> None:
    """Raise Refusal `unknown_form` that names every number which is not known for the
    book's year: a form that is skipped in silence could hold what a measure needs."""
    unknown = [form for form in dict.fromkeys(forms) if not known_in(layout, form, year)]
    if unknown:
        raise Refusal(
            "unknown_form", file=file, expected=f"已登记的报表编号 / form numbers known for {year or '—'}", found="、".join(unknown),
            do_en=f"Add each to `forms` in {PLACE}: with `passed_over` if nothing is taken from it.",
            do_zh=f"请在 {PLACE} 的 forms 中逐一登记；不取数的注明 passed_over。",
        )  # fmt: skip


def refuse_shifted(block: FormBlock, layout: Mapping, file: str) -> None:
    """Raise Refusal `shifted_form` where the sheet says it is another form, by its number,
    its title, or a label that stands on a neighbouring form alone."""
    about = layout["forms"][block.form]
    numbers = set(_FORM.findall(block.head)) - {block.form}
    if numbers and block.form not in block.head:
        raise _shifted(block, about, f"表号 / form number {'、'.join(sorted(numbers))}", file)
    title = folded_heading(block.title)
    own = about.get("titles", ())
    others = {phrase: form for form, other in layout["forms"].items() for phrase in other.get("titles", ())}
    found = [phrase for phrase in others if phrase in title]
    if own and found and not any(phrase in title for phrase in own):
        raise _shifted(block, about, f"标题 / title 「{found[0]}」（{others[found[0]]}）", file)
    for label in about.get("never", ()):
        if folded_label(label) in block.labels or folded_label(label) in block.headings:
            raise _shifted(block, about, f"「{label}」", file)


def refuse_wrong_sums(block: FormBlock, part: Part | None, layout: Mapping, file: str) -> None:
    """Raise Refusal `control_total` where a cell is not the sum that the form makes it: a
    row or column slipped, or a figure was changed by hand. Only sums of which every cell is
    on the form are looked at; `unknown_label` where some of an all-or-none are missing."""
    for rule in layout["forms"][block.form].get("adds_up", ()):
        cells = _cells_of_sum(block, part, rule, file)
        if cells is None:
            continue
        (row, heading), whole, parts = cells
        values, masks = decimals(plain(pa.array([whole, *parts], pa.string())), FILED)
        unread = any(mask.any() for mask in masks.values()) or any(not text.strip() for text in (whole, *parts))
        stated, *others = [Decimal(0) if value is None else value for value in values.to_pylist()]
        if not unread and abs(stated - sum(others)) > _rounding(stated, *others):
            raise Refusal(
                "control_total", file=file, place=f"工作表 / sheet {block.sheet}, 第 {row} 行 / row {row}, 「{heading}」",
                expected=f"各项之和 / the sum of its parts {sum(others).normalize():f}", found=f"{stated.normalize():f}",
                do_en="A row or column has slipped, or a figure was changed: export the form again.",
                do_zh="行列错位或数字被改动：请重新导出该表。",
            )  # fmt: skip


def _rounding(*amounts: Decimal) -> Decimal:
    """By how much a sum of printed figures may miss the printed total: half of the last
    decimal for each. Whole numbers are not rounded."""
    places = max(-amount.normalize().as_tuple().exponent for amount in amounts)
    return Decimal(len(amounts)).scaleb(-places) / 2 if places > 0 else Decimal(0)


def _cells_of_sum(block: FormBlock, part: Part | None, rule: Mapping, file: str) -> tuple[tuple[int, str], str, list[str]] | None:
    """Row and heading of the sum, its text, and the texts of its parts; None where the form
    does not hold them all."""
    across = "of_columns" in rule
    spelled = [_list(label) for label in rule["of_columns" if across else "of_rows"]]
    row_labels, column_labels = _list(rule["row"]), _list(rule["column"])
    try:
        whole = block.find(row_labels, column_labels, part)
        parts = [
            block.find(row_labels, labels, part) if across else block.find(labels, column_labels, below(block, row_labels, part)) for labels in spelled
        ]
    except RepeatedLabel:
        return None
    known = [cell for cell in parts if cell is not None]
    if rule.get("all_or_none") and known and len(known) < len(parts):
        missing = [labels[0] for labels, cell in zip(spelled, parts, strict=True) if cell is None]
        raise Refusal(
            "unknown_label", file=file, place=f"工作表 / sheet {block.sheet}", expected=f"列 / columns {'、'.join(missing)}", found="没有 / none",
            do_en=f"Check the form; a renamed label is added in {PLACE}.", do_zh=f"请核对报表；标签若改名，请在 {PLACE} 中登记。",
        )  # fmt: skip
    if whole is None or len(known) < len(parts):
        return None
    return (whole.row, f"{row_labels[0]}×{column_labels[0]}"), whole.text, [cell.text for cell in known]


def below(block: FormBlock, row_labels: Sequence[str], part: Part | None) -> Part | None:
    """The rows of the part below a labelled row; the part itself where the row is not there."""
    head = block.row(row_labels, part)
    if head is None:
        return part
    return Part(frozenset(row for row in range(head + 1, len(block.rows)) if part is None or row in part.rows))


def _list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _shifted(block: FormBlock, about: Mapping, found: str, file: str) -> Refusal:
    return Refusal(
        "shifted_form", file=file, place=f"工作表 / sheet {block.sheet}", expected=f"{block.form} {about['content']}", found=found,
        do_en="The sheet holds another form than its name says, so its figures would be taken for others: name it rightly and deliver again.",
        do_zh="工作表名称与内容不符，取数会张冠李戴：请更正表名后重新报送。",
    )  # fmt: skip
