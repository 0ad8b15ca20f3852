"""Conforming: the one place where text becomes the declared types.

Here: blocks of text columns in, batches of `Table.delivered_schema` out, and a
`Damage` (place, column, rule; never the value) for each cell that cannot be read.
Not here: reading a file or a system (their modules) and judging a value that
could be read: patterns, bounds and code lists are the gate's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sources import calendar_text, free_text, numerals, pseudonym
from sources.declaration import DELTA, FULL, TEXT, WHOLE, YEAR_MONTH, Column, Damage, Table
from sources.refusal import Misconfigured

# A month without a day means its last day where the column names the end of something.
ENDS = frozenset({"ended_on", "valid_to"})
MONTH_PATTERN = r"\d{4}-\d{2}"
# A code that went through a spreadsheet as a number: digits are lost for good.
_DIVISION = r"^(?P<code>\d{6})"
_CODE_AS_FLOAT = r"^\d(\.\d+)?[eE]\+?\d+$"


@dataclass(frozen=True)
class Block:
    """Some rows of a source as text, by declared column; an absent column is empty.

    `rows`: the row in the sheet or line in the file, None for a system, whose
    rows are found by their key. `powers`: columns whose figures stand in a
    larger unit, as a power of ten (万元 to yuan: 4). `is_deleted`: the rows of a
    delta are gone, and the columns are those of the key.
    """

    columns: Mapping[str, pa.Array]
    length: int
    sheet: str | None = None
    rows: pa.Array | None = None
    powers: Mapping[str, int] = field(default_factory=dict)
    is_deleted: bool = False

    def where(self, mask: pa.Array) -> Block:
        """The rows that a mask holds."""
        columns = {name: _as_array(text).filter(mask) for name, text in self.columns.items()}
        rows = None if self.rows is None else self.rows.filter(mask)
        return Block(columns, pc.sum(mask).as_py() or 0, self.sheet, rows, self.powers, self.is_deleted)


def conformed(
    table: Table, blocks: Iterable[Block], damages: list[Damage], pseudonym_key: bytes | None = None, kind: str = FULL
) -> Iterator[pa.RecordBatch]:
    """Yield typed batches of `table.delivered_as(kind)`, one a block, and add to `damages` as they are read.

    Raises Misconfigured for a table of persons without a key for pseudonyms.
    """
    if pseudonym_key is None and any(column.is_personal_key for column in table.columns):
        raise Misconfigured(
            f"{table.name} holds persons, and there is no key for pseudonyms. Set JUNHENG_PSEUDONYM_KEY to a secret of "
            f"the county. / {table.label_zh}含个人信息，缺少假名化密钥：请设置 JUNHENG_PSEUDONYM_KEY。"
        )
    position = 0
    for block in blocks:
        if block.length == 0:
            continue
        arrays = []
        for column in table.columns:
            text = block.columns.get(column.name)
            if text is None:
                arrays.append(pa.nulls(block.length, column.type))
                continue
            values, masks = _typed(table, column, text, block.powers.get(column.name, 0), pseudonym_key)
            for rule, mask in masks.items():
                damages.extend(Damage(position + place, column.name, rule) for place in np.flatnonzero(mask).tolist())
            arrays.append(values)
        arrays += _place(table, block, arrays)
        if kind == DELTA:
            arrays.append(pa.repeat(pa.scalar(block.is_deleted), block.length))
        yield pa.RecordBatch.from_arrays(arrays, schema=table.delivered_as(kind))
        position += block.length


def _typed(table: Table, column: Column, text: pa.Array, power: int, key: bytes | None) -> tuple[pa.Array, numerals.Masks]:
    text = _as_array(text)
    errors = _true(pc.match_substring_regex(numerals.tidy(text), numerals.ERROR_CELL))
    if errors.any():
        text = pc.if_else(pa.array(errors), pa.scalar(None, pa.string()), text)
    if column.is_personal_key:
        values, masks = _persons(text, key)
    elif pa.types.is_decimal(column.type):
        values, masks = numerals.decimals(numerals.plain(text), column.type, power)
    elif column.type == WHOLE:
        values, masks = numerals.wholes(numerals.plain(text), power)
    elif pa.types.is_date(column.type):
        values, unread = calendar_text.days(numerals.plain(text), last_of_month=column.name in ENDS)
        masks = {"not_a_date": unread}
    elif column.type == YEAR_MONTH and column.pattern == MONTH_PATTERN:
        values, unread = calendar_text.months(numerals.plain(text))
        masks = {"not_a_month": unread}
    elif column.is_free_text:
        values, masks = free_text.scrubbed_column(numerals.tidy(text)), {}
    elif column.is_loose_code:
        # `七（3）` and `七 (3)` are one class
        values, masks = _codes(pc.replace_substring_regex(numerals.plain(text), r"\s", ""))
    elif column.is_division:
        values, masks = pc.struct_field(pc.extract_regex(numerals.plain(text), _DIVISION), "code"), {}
    elif column.type == TEXT and (column.pattern or column.is_identity or column.name in table.key):
        values, masks = _codes(numerals.plain(text) if column.pattern or column.is_identity else numerals.seen(numerals.tidy(text)))
    else:
        values, masks = numerals.tidy(text), {}
    if values.type == TEXT and not column.is_personal_key and any(other.is_personal_key for other in table.columns):
        values = free_text.without_persons(values)  # a row whose cells moved by one must not land anybody's number
    return values, {**masks, "error_cell": errors}


def _persons(text: pa.Array, key: bytes) -> tuple[pa.Array, numerals.Masks]:
    numbers = pseudonym.one_spelling(text)
    damaged = pseudonym.damaged(numbers)
    whole = pc.if_else(pa.array(damaged), pa.scalar(None, pa.string()), numbers) if damaged.any() else numbers
    return pseudonym.keyed_hashes(whole, key), {"damaged_id": damaged}


def _codes(text: pa.Array) -> tuple[pa.Array, numerals.Masks]:
    damaged = _true(pc.match_substring_regex(text, _CODE_AS_FLOAT))
    values = pc.if_else(pa.array(damaged), pa.scalar(None, pa.string()), text) if damaged.any() else text
    return values, {"damaged_id": damaged}


def _place(table: Table, block: Block, arrays: list[pa.Array]) -> list[pa.Array]:
    sheet = pa.repeat(pa.scalar(block.sheet, pa.string()), block.length)
    if block.rows is not None:
        return [sheet, pc.cast(block.rows, pa.int64()), pa.nulls(block.length, pa.string())]
    by_name = dict(zip((column.name for column in table.columns), arrays, strict=True))
    pieces = [pc.fill_null(pc.cast(by_name[name], pa.string()), "") for name in table.key]
    return [sheet, pa.nulls(block.length, pa.int64()), pc.binary_join_element_wise(*pieces, "|")]


def _as_array(text: pa.Array | pa.ChunkedArray) -> pa.Array:
    text = text.combine_chunks() if isinstance(text, pa.ChunkedArray) else text
    return text if text.type == pa.string() else pc.cast(text, pa.string())


def _true(mask: pa.Array) -> np.ndarray:
    return pc.fill_null(mask, False).to_numpy(zero_copy_only=False)
