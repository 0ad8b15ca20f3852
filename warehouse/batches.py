"""Batches: rows on their way into raw.

Here: how a stream of batches is cut and written, so that the same rows are the same bytes.
Not here: which rows (landing), and the order of a pull's (sorted_pull).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq


def raw_writer(sink: Path | pa.BufferOutputStream, schema: pa.Schema) -> pq.ParquetWriter:
    """The one way in which rows are written into raw: the same rows are the same bytes."""
    return pq.ParquetWriter(sink, schema, compression="zstd", write_page_checksum=True)


def regrouped(batches: Iterable[pa.RecordBatch], schema: pa.Schema, size: int) -> Iterator[pa.Table]:
    """The same rows in tables of `size` rows, the last one smaller: how a sender
    pages plays no part in the bytes that are written."""
    waiting, count = [], 0
    for batch in batches:
        waiting.append(batch.select(schema.names) if batch.schema.names != schema.names else batch)
        count += len(batch)
        if count >= size:
            whole = pa.Table.from_batches(waiting, schema)
            for start in range(0, count - size + 1, size):
                yield whole.slice(start, size)
            rest = whole.slice(count - count % size)
            waiting, count = rest.to_batches(), len(rest)
    if count:
        yield pa.Table.from_batches(waiting, schema)


def with_county(rows: pa.Table, county_code: str | None) -> pa.Table:
    """Fill empty county codes with the county that the delivery is of."""
    place = rows.schema.get_field_index("county_code")
    if county_code is None or place < 0 or not rows.column(place).null_count:
        return rows
    return rows.set_column(place, rows.schema.field(place), pc.fill_null(rows.column(place), county_code))
