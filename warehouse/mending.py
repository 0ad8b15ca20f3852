"""Mending: what is damaged in ledger and raw, and what can be put right from what is left.

Here: records rebuilt from the raw files that carry them, deliveries that are lost,
and giving one up. Not here: what a crash leaves, which is no damage (settling.py).

A raw file carries what its record said when it was landed. A record that is gone
or cannot be read is written again from there, provided that the file is byte for
byte what its rows come to when they are landed. What neither the ledger nor raw nor
the inbox has any more is lost: that stops the release until somebody brings it back or gives it up.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from warehouse import durable
from warehouse.batches import raw_writer
from warehouse.canonical_rows import BATCH_ROWS
from warehouse.clock import utc_now
from warehouse.delivery_record import LANDED, PURGED, DeliveryRecord
from warehouse.landing import CARRIED
from warehouse.layout import DECLARED, Layout, declared_tables, delivery_id_of
from warehouse.ledger import Ledger
from warehouse.settling import accepted_days

DAMAGED, GIVEN_UP = ".damaged", ".given_up"  # endings of records that are set aside
IN_USE = "in_use"


@dataclass(frozen=True)
class Mended:
    """A record that was gone or damaged, and was written again."""

    record: DeliveryRecord

    @property
    def message(self) -> dict[str, str]:
        record = self.record
        return {
            "en": f"The ledger's record of {record.origin} ({record.source}.{record.table_name}) was gone or damaged; it was written again from the raw file.",
            "zh": f"{record.origin}（{record.source}.{record.table_name}）的台账记录丢失或损坏，已根据原始层文件重建。",
        }


@dataclass(frozen=True)
class Lost:
    """A delivery of which the ledger or raw lacks what cannot be rebuilt. `origin` may be unknown."""

    source: str
    table_name: str
    delivery_id: str
    origin: str = ""

    @classmethod
    def of(cls, record: DeliveryRecord) -> Lost:
        """A landed delivery whose rows are gone or no longer what was landed."""
        return cls(record.source, record.table_name, record.delivery_id, record.origin)

    @property
    def message(self) -> dict[str, str]:
        what = f"{self.source}.{self.table_name} {self.delivery_id}" + (f" ({self.origin})" if self.origin else "")
        return {
            "message_en": f"The delivery {what} was accepted before, and now its rows or its record are gone or altered. Put its file back into the inbox, or "
            f"raw/ and ledger/ back from a backup, and run again; if nothing is left: `junheng repair --give-up {self.delivery_id} --because ...`.",
            "message_zh": f"此前验收的数据 {what} 的内容或台账记录已丢失或被改动。请将原文件重新放入收件目录，或从备份恢复 raw/ 与 ledger/，再次运行；"
            f"确实无法恢复时：junheng repair --give-up {self.delivery_id} --because ……。",
        }


def mend(layout: Layout) -> list[Mended]:
    """Write again what records can be rebuilt, and set aside those that cannot be read.

    Only by whoever holds the run lock, after what a crash left is settled.
    """
    for path in list(layout.ledger.glob("*/*/*.json")):
        if Ledger.parsed(path) is None:
            path.replace(path.with_name(path.name + DAMAGED))
    recorded = _recorded(layout)
    mended = []
    for source, table in declared_tables():
        for raw in sorted(layout.raw_folder(source, table.name).glob("*.parquet")):
            if raw.name != DECLARED and raw.stem not in recorded and (record := carried_record(raw, layout)):
                mended.append(Mended(Ledger(layout).write(record)))
    _drop_aside(layout)
    return mended


def carried_record(raw: Path, layout: Layout) -> DeliveryRecord | None:
    """The record that a raw file carries, made whole; None where the file is damaged or carries none."""
    try:
        file = pq.ParquetFile(raw, page_checksum_verification=True)
        carried = (file.metadata.metadata or {}).get(CARRIED.encode())
        written = _written_again(file, {CARRIED: carried.decode()}) if carried else None
        record = DeliveryRecord.from_json(json.loads(carried)) if carried else None
    except (pa.ArrowException, OSError, ValueError, KeyError, TypeError):
        return None
    if record is None or file.metadata.num_rows != record.rows_delivered or raw != layout.raw_file(record.source, record.table_name, raw.stem):
        return None
    if hashlib.sha256(written).hexdigest() != durable.sha256_of(raw):
        return None
    named = delivery_id_of(record.source, record.table_name, record.county_code, record.as_of_date, record.digest)
    if raw.stem != named:
        return None
    stopped = _stopped(record, layout)
    return dataclasses.replace(
        record,
        landed_digest=durable.sha256_of(raw),
        rows_quarantined=len(stopped),
        row_dates=accepted_days(raw, stopped) if record.row_dates else (),
    )


def lost(layout: Layout, release: Path | None) -> list[Lost]:
    """Deliveries that were accepted and are no more: their record could not be read and was
    not written again, or the release names them as in use and the ledger does not know them.

    Asked after the sources were read: what they offer again is landed again.
    """
    recorded = _recorded(layout)
    given_up = {path.name.partition(".")[0] for path in layout.ledger.glob(f"*/*/*{GIVEN_UP}")}
    found = {gone.delivery_id: gone for gone in _set_aside(layout)}
    for gone in _in_use(release) if release else ():
        found[gone.delivery_id] = gone
    return [gone for name, gone in sorted(found.items()) if name not in recorded | given_up]


def give_up(layout: Layout, gone: Lost, because: str) -> None:
    """Do without a delivery from now on. The reason is kept beside where its record was; what is
    left of its rows is set aside under another ending, and nothing reads it."""
    path = layout.ledger_record(gone.source, gone.table_name, gone.delivery_id)
    record = Ledger.parsed(path) if path.exists() else None
    reason = {"because": because, "given_up_at": utc_now().isoformat(), "record": record.to_json() if record else None}
    durable.write_json(path.with_name(path.name + GIVEN_UP), reason)
    path.unlink(missing_ok=True)
    path.with_name(path.name + DAMAGED).unlink(missing_ok=True)
    raw = layout.raw_file(gone.source, gone.table_name, gone.delivery_id)
    if raw.exists():
        raw.replace(raw.with_name(raw.name + GIVEN_UP))


def broken(layout: Layout, release: Path | None) -> list[Lost]:
    """Everything that stands in the way of a release: what is lost, and landed rows that are gone or altered."""
    ledger = Ledger(layout)
    altered = [record for record in ledger.find(outcome=LANDED) if not ledger.is_whole(record)]
    return [*map(Lost.of, altered), *lost(layout, release)]


def _recorded(layout: Layout) -> set[str]:
    """Deliveries that were accepted and of which the ledger knows what became."""
    return {record.delivery_id for record in Ledger(layout).find() if record.outcome in (LANDED, PURGED)}


def _written_again(file: pq.ParquetFile, carried: dict[str, str]) -> pa.Buffer:
    """The bytes of a raw file as its rows would be landed now: those of the foot, which no checksum covers, included."""
    sink = pa.BufferOutputStream()
    with raw_writer(sink, file.schema_arrow.remove_metadata()) as writer:
        for number in range(file.num_row_groups):
            writer.write_table(file.read_row_group(number).replace_schema_metadata().combine_chunks(), row_group_size=BATCH_ROWS)
        writer.add_key_value_metadata(carried)
    return sink.getvalue()


def _stopped(record: DeliveryRecord, layout: Layout) -> pa.Array:
    kept = layout.quarantined_file(record.source, record.table_name, record.delivery_id)
    if not kept.exists():
        return pa.array([], pa.int64())
    return pc.unique(pq.read_table(kept, columns=["position"]).column("position"))


def _set_aside(layout: Layout) -> Iterator[Lost]:
    """Records that could not be read."""
    for path in layout.ledger.glob(f"*/*/*.json{DAMAGED}"):
        yield Lost(path.parent.parent.name, path.parent.name, path.name.partition(".")[0])


def _in_use(release: Path) -> Iterator[Lost]:
    """The deliveries that a release rests on."""
    rows = pq.read_table(release / "delivery.parquet", columns=["source", "table_name", "delivery_id", "origin", "status"])
    for row in rows.filter(pc.equal(rows.column("status"), IN_USE)).to_pylist():
        yield Lost(row["source"], row["table_name"], row["delivery_id"], row["origin"])


def _drop_aside(layout: Layout) -> None:
    """A damaged record whose delivery has a sound one again has served."""
    for gone in _set_aside(layout):
        path = layout.ledger_record(gone.source, gone.table_name, gone.delivery_id)
        if path.exists():
            path.with_name(path.name + DAMAGED).unlink()
