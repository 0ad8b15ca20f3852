"""The tables in a file, as text: CSV and workbooks alike, read by layouts.

Here: choosing the layout of each sheet, taking the mapped columns alone,
leaving totals out.
Not here: a layout's content (each source's layouts/), what the columns become
(tabular.py) and files that are no plain table (declared/statistics.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sources import delimited, rows, sheet, workbook
from sources.conform import Block
from sources.control_totals import check
from sources.files import File
from sources.layout import MELTED, Layout, best_layout
from sources.numerals import plain
from sources.refusal import Refusal
from sources.unrecognised import LikelyHeader, likely_header

LEAST_HEADINGS = 3  # fewer texts side by side are a note, not the header of a table


@dataclass(frozen=True)
class Part:
    """A sheet, or a whole text file, of one layout: its rows under declared names,
    still as text, and what stands above its header. `place` is for refusals.
    The blocks of a text file stream, and may be walked once."""

    layout: Layout
    blocks: Iterable[Block]
    title: str = ""
    place: str = ""
    headings: tuple[str, ...] = ()
    sheet: str = ""


def parts(file: File, layouts: Sequence[Layout], *, every_sheet: bool = False) -> list[Part]:
    """The parts of a file that layouts know, in the order of the workbook.

    Sheets that are known and never read are left out. Raises Refusal where
    nothing is known, and with `every_sheet` also for a table among others that
    no layout knows: its rows would be missing without a word.
    """
    if file.kind == "parquet":
        raise _wrong_kind(file)
    if file.kind == "text":
        return [_text_part(file, layouts)]
    found: list[Part] = []
    likely: list[tuple[str, LikelyHeader]] = []
    is_known = False
    for page in workbook.sheets(file):
        header = sheet.header_of(page, layouts)
        if header is None:
            if seen := likely_header(page.rows):
                likely.append((f"{_sheet_words(page.name)}, {_row_words(seen.row + 1)}", seen))
            continue
        is_known = True
        if header.layout.table is not None:
            if page.is_hidden:
                raise _hidden(file, page.name)
            found.append(_sheet_part(file, page, header))
    tables = [(place, seen) for place, seen in likely if seen.texts >= LEAST_HEADINGS]
    if not is_known or (every_sheet and tables):
        raise _unrecognised(file, layouts, tables if is_known else likely)
    return found


def _text_part(file: File, layouts: Sequence[Layout]) -> Part:
    head = delimited.head(file)
    best: tuple[float, int, Layout] | None = None
    for place, headings in enumerate(head.records):
        if layout := best_layout(layouts, headings):
            fit = layout.rank(headings)
            if best is None or fit > best[0]:
                best = fit, place, layout
    if best is None or best[2].table is None:
        seen = likely_header(head.records)
        raise _unrecognised(file, layouts, [(_line_words(head.lines[seen.row]), seen)] if seen else [])
    _, row, layout = best
    headings, place = head.records[row], _line_words(head.lines[row])
    where = layout.placed(headings, file=file.relative_path, place=place)
    title = " ".join(cell for record in head.records[:row] for cell in record if cell)
    may_say = replace(layout, unit=replace(layout.unit, required=False)) if layout.unit else layout
    powers = sheet.powers_of_units(may_say, where, headings, title, file=file.relative_path, place=place)

    def blocks() -> Iterator[Block]:
        for columns, lines in delimited.batches(file, head.delimiter, head.lines[row], len(headings)):
            yield _detail(layout, where, columns, lines, None, powers)[0]

    return Part(layout, blocks(), title, place, tuple(headings))


def _sheet_part(file: File, page: workbook.Sheet, header: sheet.Header) -> Part:
    layout, name = header.layout, page.name
    data, numbers = sheet.data_rows(page, header)
    filled = [any(row[column] for row in data) for column in range(len(header.headings))]
    place = f"{_sheet_words(name)}, {_row_words(header.row + 1)}"
    where = layout.placed(header.headings, file=file.relative_path, place=place, filled=filled)
    powers = sheet.powers_of_units(layout, where, header.headings, header.title, file=file.relative_path, place=_sheet_words(name))
    columns = [pa.array([row[index] for row in data], pa.string()) for index in range(len(header.headings))]
    block, kinds = _detail(layout, where, columns, np.array(numbers, np.int64), name, powers)
    if layout.control_totals and layout.unit:
        money = {name.removeprefix(MELTED): columns[at] for name, at in where.items() if name.startswith(MELTED) or name in layout.unit.columns}
        check(money, kinds, numbers, file=file.relative_path, sheet=name)
    return Part(layout, [block], header.title, place, tuple(header.headings), name)


def _detail(
    layout: Layout, where: dict[str, int], everything: list[pa.Array], numbers: np.ndarray, name: str | None, powers: dict[str, int]
) -> tuple[Block, rows.Kinds]:
    """The detail rows of some rows, under declared names, still as text. Columns that
    no heading maps are looked at for 合计 and the like, and go no further."""
    columns = {column: everything[index] for column, index in where.items()}
    kinds = rows.kinds(everything, [columns[key] for key in layout.keys], len(numbers))
    detail = kinds.detail
    for column, values in layout.no_row_where.items():
        if column in columns:
            says_nothing = pc.is_in(plain(columns[column]), value_set=plain(pa.array(values)).drop_null())
            detail = detail & ~pc.fill_null(says_nothing, False).to_numpy(zero_copy_only=False)
    kept = pa.array(np.flatnonzero(detail))
    taken = {column: text.take(kept) for column, text in columns.items()}
    numbers = numbers[detail]
    for column in layout.code_before_dash:
        if column in taken:
            taken[column] = pc.replace_substring_regex(plain(taken[column]), r"^([0-9A-Za-z]+)\s*[-—－].*$", r"\1")
    for column, digits in layout.first_digits.items():
        if column in taken:
            taken[column] = pc.utf8_slice_codeunits(plain(taken[column]), 0, digits)
    for column, value in layout.constants.items():
        if column not in taken:
            taken[column] = pa.repeat(pa.scalar(value, pa.string()), len(numbers))
    if layout.melt:
        taken, numbers = _melted(layout, taken, numbers)
    return Block(taken, len(numbers), name, pa.array(numbers, pa.int64()), powers), kinds


def _melted(layout: Layout, columns: dict[str, pa.Array], numbers: np.ndarray) -> tuple[dict[str, pa.Array], np.ndarray]:
    """One row a row and melted heading, in the order of the sheet; where the cell
    says nothing or "not applicable" there is no row."""
    melted = {name.removeprefix(MELTED): plain(text) for name, text in columns.items() if name.startswith(MELTED)}
    order = np.argsort(np.tile(np.arange(len(numbers)), len(melted)), kind="stable")
    index = np.repeat(np.arange(len(numbers)), len(melted))
    values = pa.concat_arrays(list(melted.values())).take(pa.array(order))
    names = pa.array(list(melted), pa.string()).take(pa.array(np.tile(np.arange(len(melted)), len(numbers))))
    stated = values.is_valid()
    index = pa.array(index).filter(stated)
    kept = {name: text.take(index) for name, text in columns.items() if not name.startswith(MELTED)}
    kept |= {layout.melt.name: names.filter(stated), layout.melt.value: values.filter(stated)}
    return kept, numbers[index.to_numpy()]


def _unrecognised(file: File, layouts: Sequence[Layout], likely: Sequence[tuple[str, LikelyHeader]]) -> Refusal:
    """Says which headings stand in the row that looks most like a header, and where that is."""
    known = "；".join(f"{layout.name}（{'、'.join(layout.headings_of(key)[0] for key in layout.keys)}）" for layout in layouts)
    place, seen = max(likely, key=lambda found: found[1].texts, default=("", None))
    return Refusal(
        "unknown_layout", file=file.relative_path, place=place, expected=f"一个已知版式的表头 / a header that a layout knows: {known}",
        found=f"表头 / headings {seen.shown}" if seen else "没有像表头的行 / no row that looks like a header",
        do_en=f"Check that the file lies in the right folder, or add a layout beside {layouts[0].path}; `junheng layout check` drafts it.",
        do_zh=f"请检查文件是否放对目录；新版式请在 {layouts[0].path} 旁新增一个 YAML（junheng layout check 可生成草稿）。",
    )  # fmt: skip


def _hidden(file: File, name: str) -> Refusal:
    return Refusal(
        "hidden_sheet", file=file.relative_path, place=_sheet_words(name), expected="可见的工作表 / a sheet that can be seen",
        found="隐藏的数据表 / a hidden one with a table",
        do_en="Show the sheet if its rows count, or delete it: nobody who checks the file would see them.",
        do_zh="若其数据应计入，请取消隐藏；否则请删除：核对文件的人看不到这些行。",
    )  # fmt: skip


def _sheet_words(name: str) -> str:
    return f"工作表 / sheet {name}"


def _row_words(row: int) -> str:
    return f"第 {row} 行 / row {row}"


def _line_words(line: int) -> str:
    return f"第 {line} 行 / line {line}"


def _wrong_kind(file: File) -> Refusal:
    return Refusal(
        "wrong_kind", file=file.relative_path, expected="工作簿或 CSV / a workbook or CSV", found=file.kind,
        do_en="Deliver it as xlsx or CSV.", do_zh="请另存为 xlsx 或 CSV。",
    )  # fmt: skip
