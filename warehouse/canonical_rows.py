"""Canonical rows: what a pull delivered, whatever its pages and their order.

Here: the order of a pull's rows, and the digest of their content.
Not here: writing them (landing).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from sources.declaration import DELTA, FULL, IS_DELETED, Table

SORT_MEMORY = "256MB"  # past this DuckDB sorts on disk, in the folder it is given
BATCH_ROWS = 65_536


@contextmanager
def in_key_order(
    batches: pa.RecordBatchReader, table: Table, folder: Path, *, position: str, kind: str = FULL
) -> Iterator[pa.RecordBatchReader]:
    """Yield a reader of the same rows by key, then by every other column.

    Beyond the key all columns take part, so that two rows under one key have
    one order too. Bytes of UTF-8 decide, nulls come first; `position` (where a
    row stood on arrival) decides nothing but the order of equal rows.
    """
    names = list(dict.fromkeys((*table.key, *table.delivered_as(kind).names, position)))
    order = ", ".join(f'"{name}" asc nulls first' for name in names)
    connection = duckdb.connect(
        ":memory:",
        config={"memory_limit": SORT_MEMORY, "temp_directory": str(folder / "sorting"), "autoinstall_known_extensions": "false"},
    )  # fmt: skip
    try:
        connection.register("arrived", batches)
        yield connection.execute(f"select * from arrived order by {order}").to_arrow_reader(BATCH_ROWS)
    finally:
        connection.close()


class ContentDigest:
    """sha256 over declared columns, row by row; where batches are cut plays no part.

    Each cell enters as a netstring (`5:hello,`) and a missing one as `~`, so
    that no two different rows write the same bytes. The place of origin is
    left out: the same content on another page is the same delivery. Of a delta
    the mark takes part since which it tells: the same change made twice, with
    another between, is two deliveries.
    """

    def __init__(self, table: Table, kind: str = FULL, since: str | None = None):
        self._names = [column.name for column in table.columns]
        types = ",".join(f"{column.name}:{column.type}" for column in table.columns)
        said = f"{table.name}({types})"
        if kind == DELTA:
            self._names.append(IS_DELETED.name)
            said = f"{said} since {since}"
        self._sha256 = hashlib.sha256(said.encode())

    def add(self, batch: pa.RecordBatch) -> None:
        if batch.num_rows:
            cells = [_netstring(batch.column(name)) for name in self._names]
            self._sha256.update(_content(pc.binary_join_element_wise(*cells, pa.scalar(b";", pa.binary()), b"")))

    def hexdigest(self) -> str:
        return self._sha256.hexdigest()


def _netstring(column: pa.Array) -> pa.Array:
    text = column.cast(pa.string()).cast(pa.binary())
    length = pc.binary_length(text).cast(pa.string()).cast(pa.binary())
    cells = pc.binary_join_element_wise(length, text, pa.scalar(b",", pa.binary()), b":")
    # "5:hello:," : the joiner stands before the comma too, which is as unambiguous
    return pc.fill_null(cells, pa.scalar(b"~", pa.binary()))


def _content(column: pa.Array) -> memoryview:
    """The bytes of all values one after another, without a copy."""
    offsets = pa.Array.from_buffers(pa.int32(), len(column) + 1, [None, column.buffers()[1]], offset=column.offset)
    first, last = offsets[0].as_py(), offsets[len(column)].as_py()
    return memoryview(column.buffers()[2])[first:last]
