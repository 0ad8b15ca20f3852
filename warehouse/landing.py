"""Landing: a delivery is written once, whole, and never changed.

Here: turning a Delivery into Parquet under pending.
Not here: reading a system (sources/), judging (expectations/), what follows
from the judgement (settling), deciding when to land (pipelines/).
"""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sources.declaration import DELTA, Damage, Delivery, Table
from sources.refusal import Refusal
from warehouse import durable
from warehouse.batches import raw_writer, regrouped, with_county
from warehouse.canonical_rows import BATCH_ROWS
from warehouse.clock import as_utc, utc_now
from warehouse.delivery_record import HELD, LANDED, DeliveryRecord
from warehouse.holding import dated_by_a_person
from warehouse.layout import Layout, delivery_id_of
from warehouse.ledger import Ledger
from warehouse.predecessor import Predecessor, predecessor_of
from warehouse.sorted_pull import sorted_pull

PENDING, KNOWN = "pending", "known"
CARRIED = "junheng.delivery"  # under which a raw file carries what its record says (mending.py)
DAMAGED_SHARE, DAMAGED_ROWS = 0.01, 10


@dataclass(frozen=True)
class PendingDelivery:
    """A delivery on its way: landed but not judged, unless `known` or held.

    `state`: `pending` (judge it, then `settle`), `known` (landed before,
    nothing to do), `held` (undated, recorded so). `path` is None but for
    `pending`. `damages` speak of positions in the landed table. `before` is
    what was accepted of the same thing before, None for a first delivery.
    """

    state: str
    record: DeliveryRecord
    table: Table
    path: Path | None = None
    damages: tuple[Damage, ...] = ()
    before: Predecessor | None = None

    @property
    def source(self) -> str:
        return self.record.source

    @property
    def delivery_id(self) -> str:
        return self.record.delivery_id


def land(delivery: Delivery, layout: Layout) -> PendingDelivery:
    """Write a delivery to pending, batch by batch.

    Landing the same content again changes nothing (`known`). A file is known
    by its bytes before a row is read, a pull only by its sorted rows; a delta
    without rows that speaks of no later day says nothing new either. Raises
    Refusal, after recording it, when the reader refuses midway or more than
    1 % of an identity column (10 rows at least) is damaged; Unreachable of a
    reader passes through and leaves no trace.
    """
    ledger = Ledger(layout)
    layout.pending.mkdir(parents=True, exist_ok=True)
    try:
        if delivery.digest is None:
            with sorted_pull(delivery, layout.pending) as (rows, count):
                if delivery.kind == DELTA and not count and (said := told_before(ledger, delivery)):
                    return PendingDelivery(KNOWN, said.read_up_to(delivery.mark), delivery.table)
                return _land_known_content(delivery, rows, layout, ledger, is_pull=True)
        return _land_known_content(delivery, delivery.rows, layout, ledger, is_pull=False)
    except Refusal as refusal:
        ledger.record_refused(
            refusal,
            source=delivery.source,
            table=delivery.table.name,
            county_code=delivery.county_code,
            as_of_date=delivery.as_of_date,
            origin=delivery.origin,
            digest=delivery.digest,
            modified_at=delivery.modified_at,
            encoding=delivery.encoding,
            layout=delivery.layout,
        )
        raise


def told_before(ledger: Ledger, delivery: Delivery) -> DeliveryRecord | None:
    """The last that a system told of the table and county, where it speaks of the day of `delivery`."""
    told = [
        record
        for record in ledger.find(delivery.source, delivery.table.name, outcome=LANDED)
        if record.is_pull and record.county_code == delivery.county_code and record.as_of_date == delivery.as_of_date
    ]
    return max(told, key=lambda record: record.ordered_at, default=None)


def discard(landed: Iterable[PendingDelivery]) -> None:
    """Drop deliveries that were landed and are not to be settled: their file or pull broke off."""
    for pending in landed:
        if pending.path is not None:
            pending.path.unlink(missing_ok=True)


def _land_known_content(
    delivery: Delivery, rows: Iterator[pa.RecordBatch], layout: Layout, ledger: Ledger, *, is_pull: bool
) -> PendingDelivery:
    source, table = delivery.source, delivery.table
    dated = dated_by_a_person(delivery, ledger)
    delivery_id = delivery_id_of(source, table.name, delivery.county_code, delivery.as_of_date, delivery.digest)
    known = ledger.get(source, table.name, delivery_id)
    if known is not None and known.outcome == LANDED and ledger.is_whole(known):
        again = ledger.ordered_anew(known, delivery.modified_at).read_up_to(delivery.mark)
        return PendingDelivery(KNOWN, again, table)
    if known is not None and known.is_purged_and_not_newer(delivery.modified_at):
        return PendingDelivery(KNOWN, known, table)

    record = _record_of(delivery, delivery_id, is_pull)
    record = dataclasses.replace(
        record,
        ordered_at=ledger.place_in_order(record),
        released_as_of=dated.released_as_of if dated else None,
        released_because=dated.released_because if dated else None,
    )
    if delivery.as_of_date is None and delivery.row_date is None:
        return PendingDelivery(HELD, ledger.write(_held_undated(record)), table)

    path = layout.pending_file(source, table.name, delivery_id)
    with durable.new_file(path) as unfinished:
        record = _write_landed(unfinished, rows, delivery, record)
        damages = tuple(delivery.damages)
        _refuse_if_damaged(damages, record.rows_delivered, table, delivery.origin)
    record = dataclasses.replace(record, landed_digest=durable.sha256_of(path))
    return PendingDelivery(PENDING, record, table, path, damages, predecessor_of(record, table, ledger, layout))


def _record_of(delivery: Delivery, delivery_id: str, is_pull: bool) -> DeliveryRecord:
    arrived = utc_now()
    return DeliveryRecord(
        delivery_id=delivery_id,
        source=delivery.source,
        table_name=delivery.table.name,
        county_code=delivery.county_code,
        digest=delivery.digest,
        outcome=LANDED,
        origin=delivery.origin,
        ordered_at=as_utc(delivery.modified_at) or arrived,
        arrived_at=arrived,
        as_of_date=delivery.as_of_date,
        encoding=delivery.encoding,
        layout=delivery.layout,
        kind=delivery.kind,
        is_pull=is_pull,
        since=delivery.since,
        mark=delivery.mark,
    )


def _held_undated(record: DeliveryRecord) -> DeliveryRecord:
    return dataclasses.replace(
        record,
        outcome=HELD,
        rule="undated",
        message_en=f"{record.origin}: says nowhere which day it speaks of. Put it into a folder named YYYY-MM-DD, have it sent with a date in its title, or say the day: junheng release-hold {record.digest[:12]} --as-of YYYY-MM-DD.",
        message_zh=f"{record.origin}：未注明数据日期。请放入以日期（YYYY-MM-DD）命名的文件夹，请报送单位在标题中写明日期，或指定日期：junheng release-hold {record.digest[:12]} --as-of YYYY-MM-DD。",
    )  # fmt: skip


# --- writing ------------------------------------------------------------------


def _write_landed(
    path: Path, rows: Iterable[pa.RecordBatch], delivery: Delivery, record: DeliveryRecord
) -> DeliveryRecord:
    """Write rows in the landed schema, and in the file's foot what its record says. Returns the
    record with how many rows there are, their own dates, and whose they are if all are of one unit."""
    schema, position, days, units = delivery.table.landed_as(delivery.kind), 0, set(), set()
    with raw_writer(path, schema) as writer:
        for chunk in regrouped(rows, delivery.table.delivered_as(delivery.kind), BATCH_ROWS):
            chunk = with_county(chunk, delivery.county_code)
            if delivery.row_date is not None:
                as_of = chunk.column(delivery.row_date).combine_chunks()
                days.update(pc.unique(as_of.drop_null()).to_pylist())
            else:
                as_of = pa.repeat(pa.scalar(delivery.as_of_date, pa.date32()), len(chunk))
            if delivery.table.unit_column and len(units) < 2:
                units.update(pc.unique(chunk.column(delivery.table.unit_column)).to_pylist()[:2])
            chunk = chunk.append_column("_as_of_date", as_of)
            chunk = chunk.append_column("_delivery", pa.repeat(record.delivery_id, len(chunk)))
            chunk = chunk.append_column("_position", pa.array(np.arange(position, position + len(chunk))))
            writer.write_table(chunk.cast(schema).combine_chunks(), row_group_size=BATCH_ROWS)
            position += len(chunk)
        (unit,) = units if len(units) == 1 and not record.is_pull else ("",)
        said = dataclasses.replace(record, rows_delivered=position, row_dates=tuple(sorted(days)), unit=unit or "")
        writer.add_key_value_metadata({CARRIED: json.dumps(said.to_json(), ensure_ascii=False)})
    return said


def _refuse_if_damaged(damages: tuple[Damage, ...], rows: int, table: Table, origin: str) -> None:
    cells = {(damage.column, damage.position) for damage in damages if table.column(damage.column).is_identity}
    for column, damaged in sorted(Counter(column for column, _ in cells).items()):
        if too_many_damaged(damaged, rows):
            raise damaged_identities(origin, table, column, damaged, rows)


def too_many_damaged(damaged: int, rows: int) -> bool:
    """More than 1 % of an identity column, and at least ten rows."""
    return damaged >= DAMAGED_ROWS and damaged > DAMAGED_SHARE * rows


def damaged_identities(origin: str, table: Table, column: str, damaged: int, rows: int) -> Refusal:
    label = table.column(column)
    return Refusal(
        "damaged_identities",
        file=origin,
        place=label.label_zh,
        expected=f"≤ 1 % damaged / 损坏 ≤ 1 %（{label.label_en}）",
        found=f"{damaged} / {rows}",
        do_en="Have the file exported again with codes as text, not as numbers.",
        do_zh="请将代码列设为文本格式后重新导出，勿以数字格式保存。",
    )
