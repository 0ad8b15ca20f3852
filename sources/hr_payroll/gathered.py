"""Rows of one or several sheets as one Arrow table, and back as blocks.

Here: what a join needs: all rows side by side, each with its sheet and row.
Not here: any join (staff_sheets.py, post_sheets.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyarrow as pa
import pyarrow.compute as pc

from sources.conform import Block
from sources.layout import ASIDE
from sources.numerals import plain

PERSON, SHEET, ROW = f"{ASIDE}person", "_sheet", "_row"


def gathered(blocks: Iterable[Block]) -> pa.Table:
    """All rows with all columns that any block has, as text; blanks and the marks of
    "not applicable" are null."""
    return pa.concat_tables([_table(block) for block in blocks], promote_options="default")


def _table(block: Block) -> pa.Table:
    columns = {name: plain(text) for name, text in block.columns.items()}
    rows = pa.nulls(block.length, pa.int64()) if block.rows is None else block.rows
    return pa.table({**columns, SHEET: pa.repeat(pa.scalar(block.sheet, pa.string()), block.length), ROW: rows})


def ungathered(rows: pa.Table) -> Iterator[Block]:
    """The same rows as blocks, a sheet a block, in the order of sheets and rows."""
    names = [name for name in rows.column_names if name not in (SHEET, ROW)]
    for sheet in pc.unique(rows[SHEET]).to_pylist():
        mask = pc.is_null(rows[SHEET]) if sheet is None else pc.equal(rows[SHEET], sheet)
        of_sheet = rows.filter(mask).sort_by([(ROW, "ascending"), *((name, "ascending") for name in names)])
        yield Block(
            {name: of_sheet[name].combine_chunks() for name in names}, len(of_sheet), sheet, of_sheet[ROW].combine_chunks()
        )


def column(rows: pa.Table, name: str) -> pa.ChunkedArray:
    """A column, or nulls where no sheet has it."""
    return rows[name] if name in rows.column_names else pa.chunked_array([pa.nulls(len(rows), pa.string())])
