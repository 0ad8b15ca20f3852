"""From the parts of a file to deliveries: whose county, which day, which table.

Here: the county of rows that do not say it, the day, year or month that a file
speaks of, and the `Delivery` made of them.
Not here: finding the parts (parts.py), joining several of them (the readers of
student_status and hr_payroll), typing cells (conform.py).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from sources import calendar_text
from sources.conform import Block, conformed
from sources.declaration import Context, Damage, Delivery
from sources.files import File
from sources.layout import Layout
from sources.numerals import plain
from sources.parts import Part, parts

# Decisions such as a crosswalk hold whenever their own dates say so: they are older than any as-of date.
TIMELESS = date(1900, 1, 1)


def deliveries(source: str, file: File, context: Context, layouts: Sequence[Layout]) -> Iterator[Delivery]:
    """Yield one delivery a table that the file holds. Raises Refusal; Misconfigured
    where nothing tells the county, which is asked last: a file that cannot be used
    is refused, whosesoever it is."""
    found: dict[str, list[Part]] = {}
    for part in parts(file, layouts):
        found.setdefault(part.layout.table.name, []).append(part)
    for of_table in found.values():
        blocks = itertools.chain.from_iterable(part.blocks for part in of_table)
        yield from delivered(source, file, context, replace(of_table[0], blocks=blocks))


def delivered(source: str, file: File, context: Context, part: Part) -> Iterator[Delivery]:
    """Yield the delivery of one part, or, of a file of monthly rows, one a month."""
    layout = part.layout
    dated = _monthly(file, part) if layout.month_into else [_as_of(file, layout, part.blocks, part.title)]
    for as_of, blocks in dated:
        yield _delivery(source, file, context, layout, blocks, as_of)


def _delivery(source: str, file: File, context: Context, layout: Layout, blocks: Iterable[Block], as_of: date | None) -> Delivery:
    county_code, blocks = _of_county(file, context, layout, blocks)
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


# --- the county ---------------------------------------------------------------


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


# --- the day --------------------------------------------------------------------


def _as_of(file: File, layout: Layout, blocks: Iterable[Block], title: str) -> tuple[date | None, Iterable[Block]]:
    """The day of a file; a year or month that the layout takes from title, name or
    cells goes into the rows."""
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
    blocks = itertools.chain([first], stream)
    if layout.year_into and as_of:
        as_of = date(as_of.year, *layout.year_means)
        blocks = _each_with(blocks, layout.year_into, str(as_of.year))
    return as_of, blocks


def _each_with(blocks: Iterable[Block], column: str, text: str) -> Iterator[Block]:
    for block in blocks:
        yield replace(block, columns={**block.columns, column: pa.repeat(pa.scalar(text), block.length)})


def _latest_year(text: pa.Array) -> int | None:
    years = pc.struct_field(pc.extract_regex(plain(text), r"^(?P<year>(?:19|20)\d{2})年?$"), "year")
    return pc.max(pc.cast(years, pa.int64())).as_py()


def _monthly(file: File, part: Part) -> Iterator[tuple[date | None, Iterable[Block]]]:
    """Month ends and their rows. The month is that of the title or name, whatever the
    rows say of the time their pay was fixed; else each row's own; else the folder's."""
    layout = part.layout
    said = file.stated(part.title, year_means=layout.year_means)
    blocks: Iterable[Block] = part.blocks
    if said is None:
        blocks = list(blocks)  # a month's rows may stand anywhere in the file
        of_rows = [_months(block, layout.month_into) for block in blocks]
        if known := sorted({month for months in of_rows for month in pc.unique(months).to_pylist() if month}):
            for month in known:
                # a row that tells no month goes with the latest one, where the gate stops it
                masks = [pc.equal(pc.fill_null(months, known[-1]), month) for months in of_rows]
                yield _month_end(date.fromisoformat(f"{month}-01")), [block.where(mask) for block, mask in zip(blocks, masks, strict=True)]
            return
        said = file.as_of(part.title, year_means=layout.year_means)
    if said is None:
        yield None, blocks
        return
    yield _month_end(said), _each_with(blocks, layout.month_into, said.isoformat()[:7])


def _months(block: Block, column: str) -> pa.Array:
    if column not in block.columns:
        return pa.nulls(block.length, pa.string())
    return calendar_text.months(plain(block.columns[column]))[0]


def _month_end(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)
