"""Files that are one table under a header, read by a layout: CSV and workbooks alike.

Here: from a file to deliveries: choosing the layout, taking the mapped columns
alone, leaving totals out, finding the date.
Not here: a layout's content (each source's layouts/) and files that are no
plain table (declared/statistics.py).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sources import delimited, rows, sheet, workbook
from sources.conform import Block, conformed
from sources.control_totals import check
from sources.declaration import Context, Damage, Delivery
from sources.files import File
from sources.layout import MELTED, Layout, best_layout
from sources.numerals import plain
from sources.refusal import Refusal
from sources.unrecognised import LikelyHeader, likely_header

# Decisions such as a crosswalk hold whenever their own dates say so: they are older than any as-of date.
TIMELESS = date(1900, 1, 1)


def deliveries(source: str, file: File, context: Context, layouts: Sequence[Layout]) -> Iterator[Delivery]:
    """Yield one delivery a table that the file holds. Raises Refusal; Misconfigured
    where nothing tells the county, which is asked last: a file that cannot be used
    is refused, whosesoever it is."""
    if file.kind == "parquet":
        raise _wrong_kind(file)
    if file.kind == "text":
        yield _from_text(source, file, context, layouts)
        return
    found: dict[str, list[tuple[Layout, Block]]] = {}
    titles: dict[str, str] = {}
    likely: list[tuple[str, LikelyHeader]] = []
    for page in workbook.sheets(file):
        header = sheet.header_of(page, layouts)
        if header is None:
            if seen := likely_header(page.rows):
                likely.append((f"{_sheet_words(page.name)}, {_row_words(seen.row + 1)}", seen))
            continue
        found.setdefault(header.layout.table.name, []).append((header.layout, _sheet_block(file, page, header)))
        titles.setdefault(header.layout.table.name, header.title)
    if not found:
        raise _unrecognised(file, layouts, likely)
    for table, parts in found.items():
        layout, blocks = parts[0][0], [block for _, block in parts]
        yield _delivery(source, file, context, layout, blocks, titles[table])


def _from_text(source: str, file: File, context: Context, layouts: Sequence[Layout]) -> Delivery:
    head = delimited.head(file)
    best: tuple[tuple[bool, float], int, Layout] | None = None
    for place, headings in enumerate(head.records):
        if layout := best_layout(layouts, headings):
            fit = (layout.has_keys(headings), layout.fit(headings))
            if best is None or fit > best[0]:
                best = fit, place, layout
    if best is None:
        seen = likely_header(head.records)
        raise _unrecognised(file, layouts, [(_line_words(head.lines[seen.row]), seen)] if seen else [])
    _, place, layout = best
    headings = head.records[place]
    where = layout.placed(headings, file=file.relative_path, place=_line_words(head.lines[place]))
    title = " ".join(cell for record in head.records[:place] for cell in record if cell)
    may_say = replace(layout, unit=replace(layout.unit, required=False)) if layout.unit else layout
    powers = sheet.powers_of_units(may_say, where, headings, title, file=file.relative_path, place=_line_words(head.lines[place]))

    def blocks() -> Iterator[Block]:
        for columns, lines in delimited.batches(file, head.delimiter, head.lines[place], len(headings)):
            yield _detail(layout, where, columns, lines, None, powers)[0]

    return _delivery(source, file, context, layout, blocks(), title)


def _sheet_block(file: File, page: workbook.Sheet, header: sheet.Header) -> Block:
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
    return block


def _detail(
    layout: Layout, where: dict[str, int], everything: list[pa.Array], numbers: np.ndarray, name: str | None, powers: dict[str, int]
) -> tuple[Block, rows.Kinds]:
    """The detail rows of some rows, under declared names, still as text. Columns that
    no heading maps are looked at for 合计 and the like, and go no further."""
    columns = {column: everything[index] for column, index in where.items()}
    kinds = rows.kinds(everything, [columns[key] for key in layout.keys], len(numbers))
    kept = pa.array(np.flatnonzero(kinds.detail))
    taken = {column: text.take(kept) for column, text in columns.items()}
    numbers = numbers[kinds.detail]
    for column in layout.code_before_dash:
        if column in taken:
            taken[column] = pc.replace_substring_regex(plain(taken[column]), r"^([0-9A-Za-z]+)\s*[-—－].*$", r"\1")
    for column, digits in layout.first_digits.items():
        if column in taken:
            taken[column] = pc.utf8_slice_codeunits(plain(taken[column]), 0, digits)
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


def _of_county(file: File, context: Context, layout: Layout, blocks: Iterable[Block]) -> tuple[str | None, Iterable[Block]]:
    """The file's county, where it is of one, and its rows with theirs: a row's own,
    else the file's, else the one its division code begins with, else the one that
    all other rows agree on. Raises Misconfigured where nothing tells any."""
    known = file.county_code(context)
    if known is None and layout.county_from:
        # A register is small: its rows are held until it is clear that they are of one county.
        blocks = [_with_county(block, _division_county(block, layout.county_from)) for block in blocks]
        counties = {code for block in blocks for code in pc.unique(block.columns["county_code"]).to_pylist()} - {None}
        if not counties and any(block.length for block in blocks):
            file.required_county_code(context)
        known = counties.pop() if len(counties) == 1 else None
        # Of several counties a row that tells none stays without one, and the gate stops it.
        return known, [_with_county(block, pa.repeat(pa.scalar(known, pa.string()), block.length)) for block in blocks]
    return known, _each_with_county(file, context, known, blocks)


def _each_with_county(file: File, context: Context, known: str | None, blocks: Iterable[Block]) -> Iterator[Block]:
    stream = iter(blocks)
    for block in stream:
        block = _with_county(block, pa.repeat(pa.scalar(known, pa.string()), block.length))
        if block.columns["county_code"].null_count:
            for _ in stream:  # a file that is broken further down is refused, not asked for its county
                pass
            file.required_county_code(context)
        yield block


def _with_county(block: Block, otherwise: pa.Array) -> Block:
    """Rows with their own county, else the other one."""
    own = plain(block.columns["county_code"]) if "county_code" in block.columns else pa.nulls(block.length, pa.string())
    return replace(block, columns={**block.columns, "county_code": pc.coalesce(own, otherwise)})


def _division_county(block: Block, column: str) -> pa.Array:
    """The six digits that a division code begins with; a cell that is no code tells nothing."""
    return pc.struct_field(pc.extract_regex(plain(block.columns[column]), r"^(?P<county>\d{6})"), "county")


def _delivery(source: str, file: File, context: Context, layout: Layout, blocks: Iterable[Block], title: str) -> Delivery:
    county_code, blocks = _of_county(file, context, layout, blocks)
    as_of, blocks = _as_of(file, layout, blocks, title)
    damages: list[Damage] = []
    return Delivery(
        source=source,
        table=layout.table,
        county_code=county_code,
        origin=file.relative_path,
        rows=conformed(layout.table, blocks, damages, context.pseudonym_key),
        as_of_date=as_of,
        digest=file.digest,
        modified_at=file.modified_at,
        encoding=file.encoding,
        layout=layout.name,
        damages=damages,
    )


def _as_of(file: File, layout: Layout, blocks: Iterable[Block], title: str) -> tuple[date | None, Iterable[Block]]:
    """The day of a file; a year that the layout takes from title, name or cells goes into the rows."""
    if layout.timeless:
        return TIMELESS, blocks
    if layout.year_from is None and layout.year_into is None:
        return file.as_of(title, year_means=layout.year_means), blocks
    stream = iter(blocks)
    first = next((block for block in stream if block.length), None)
    if first is None:
        return file.as_of(title, year_means=layout.year_means), []
    if layout.year_from:
        year = _latest_year(first.columns[layout.year_from])
        as_of = date(year, *layout.year_means) if year else file.as_of(title, year_means=layout.year_means)
    else:
        as_of = file.as_of(title, year_means=layout.year_means)
    if layout.year_into and as_of:
        as_of = date(as_of.year, *layout.year_means)
    return as_of, _with_year(first, stream, layout.year_into, as_of)


def _with_year(first: Block, stream: Iterator[Block], column: str | None, as_of: date | None) -> Iterator[Block]:
    for block in itertools.chain([first], stream):
        if column and as_of:
            year = pa.repeat(pa.scalar(str(as_of.year)), block.length)
            block = replace(block, columns={**block.columns, column: year})
        yield block


def _latest_year(text: pa.Array) -> int | None:
    years = pc.struct_field(pc.extract_regex(plain(text), r"^(?P<year>(?:19|20)\d{2})年?$"), "year")
    return pc.max(pc.cast(years, pa.int64())).as_py()


def _unrecognised(file: File, layouts: Sequence[Layout], likely: Sequence[tuple[str, LikelyHeader]]) -> Refusal:
    """Says which headings stand in the row that looks most like a header, and where that is."""
    known = "；".join(f"{layout.name}（{'、'.join(layout.headings_of(key)[0] for key in layout.keys)}）" for layout in layouts)
    place, seen = max(likely, key=lambda found: found[1].texts, default=("", None))
    return Refusal(
        "unknown_layout", file=file.relative_path, place=place, expected=f"一个已知版式的表头 / a header that a layout knows: {known}",
        found=f"表头 / headings {seen.shown}" if seen else "没有像表头的行 / no row that looks like a header",
        do_en=f"Check that the file lies in the right folder, or add a layout beside {layouts[0].path}.",
        do_zh=f"请检查文件是否放对目录；新版式请在 {layouts[0].path} 旁新增一个 YAML。",
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
