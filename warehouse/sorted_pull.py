"""Sorted pull: the rows of a pull in canonical order, and the digest that follows from them.

Here: spooling to disk, so that memory stays bounded, and where each row came to stand.
Not here: the order itself (canonical_rows) and writing raw (landing).
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa

from sources.declaration import Damage, Delivery
from warehouse import durable
from warehouse.batches import regrouped, with_county
from warehouse.canonical_rows import BATCH_ROWS, ContentDigest, in_key_order

ARRIVED = "_arrived"  # place of a row on arrival; lives only while it is sorted


@contextmanager
def sorted_pull(delivery: Delivery, folder: Path) -> Iterator[tuple[Iterator[pa.RecordBatch], int]]:
    """Bring a pull into canonical order and set its digest; memory stays bounded.
    Yields the rows and how many there are.

    The rows go to disk twice (as they come, then sorted), because the digest
    stands in every landed row and is known only after the last one.
    """
    schema, count = delivery.table.delivered_as(delivery.kind), 0
    spool = folder / f"{durable.UNFINISHED}{uuid.uuid4().hex}"
    spool.mkdir()
    arrived, in_order = spool / "arrived.arrow", spool / "in_order.arrow"
    try:
        _spool(arrived, schema.append(pa.field(ARRIVED, pa.int64())), _numbered(delivery, schema))
        digest, places = ContentDigest(delivery.table, delivery.kind, delivery.since), []
        with (
            pa.memory_map(str(arrived)) as mapped,
            in_key_order(_reader(mapped), delivery.table, spool, position=ARRIVED, kind=delivery.kind) as ordered,
            pa.OSFile(str(in_order), "wb") as sink,
            pa.ipc.new_file(sink, schema) as writer,
        ):
            for batch in ordered:
                rows = pa.RecordBatch.from_arrays(
                    [batch.column(field.name).cast(field.type) for field in schema], schema=schema
                )
                digest.add(rows)
                writer.write_batch(rows)
                count += len(rows)
                if delivery.damages:
                    places.append(batch.column(ARRIVED).to_numpy())
        delivery.digest = digest.hexdigest()
        delivery.damages[:] = _moved(delivery.damages, places)
        with pa.memory_map(str(in_order)) as mapped:
            yield iter(_reader(mapped)), count
    finally:
        durable.remove(spool)


def _numbered(delivery: Delivery, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    position = 0
    for chunk in regrouped(delivery.rows, schema, BATCH_ROWS):
        chunk = with_county(chunk, delivery.county_code)
        places = pa.array(np.arange(position, position + len(chunk)))
        yield from chunk.append_column(ARRIVED, places).to_batches()
        position += len(chunk)


def _spool(path: Path, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> None:
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, schema) as writer:
        for batch in batches:
            writer.write_batch(batch.cast(schema))


def _reader(mapped: pa.MemoryMappedFile) -> pa.RecordBatchReader:
    spooled = pa.ipc.open_file(mapped)
    batches = (spooled.get_batch(number) for number in range(spooled.num_record_batches))
    return pa.RecordBatchReader.from_batches(spooled.schema, batches)


def _moved(damages: Iterable[Damage], places: list[np.ndarray]) -> list[Damage]:
    """Damages at the positions that their rows have after sorting."""
    damages = list(damages)
    if not damages:
        return []
    landed_at = np.argsort(np.concatenate(places))  # the inverse: from arrival to landed position
    return [dataclasses.replace(damage, position=int(landed_at[damage.position])) for damage in damages]
