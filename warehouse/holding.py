"""Holding: deliveries that wait for a person, and what becomes of them.

Here: keeping one as it was landed and judged, outside raw, so that nobody reads it;
releasing it; and giving it up when its sender has delivered anew.
Not here: why something is held (expectations/) and the way into raw (settling).

The copy is kept because the sender may not be able to say the same again: tomorrow's
pull is another one. It takes its way into raw at the next run, under the run's lock.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from datetime import date

import pyarrow.parquet as pq

from sources.declaration import Delivery
from warehouse import durable
from warehouse.delivery_record import HELD, DeliveryRecord
from warehouse.layout import Layout
from warehouse.ledger import Ledger

UNDATED = "undated"


def is_waiting(record: DeliveryRecord) -> bool:
    """Held, neither released nor given up for a newer delivery."""
    return record.outcome == HELD and record.outdated_by is None and record.released_because is None


def has_copy(record: DeliveryRecord, layout: Layout) -> bool:
    """Whether the rows rest here; an undated delivery is read again from where its sender left it."""
    return layout.held_file(record.source, record.table_name, record.delivery_id).exists()


def released_together(record: DeliveryRecord, records: Iterable[DeliveryRecord]) -> list[DeliveryRecord]:
    """The waiting records that one release sets free: tables of the same file, or of the same pull."""
    digests = {record.digest, record.held_with} - {None}
    return [
        other
        for other in records
        if is_waiting(other) and other.source == record.source and digests & {other.digest, other.held_with}
    ]


def release(records: Iterable[DeliveryRecord], ledger: Ledger, *, because: str, as_of: date | None = None) -> list[DeliveryRecord]:
    """Mark held records as released; the next run takes them in. `as_of`: the day of what is undated."""
    return [ledger.amend(dataclasses.replace(record, released_because=because, released_as_of=as_of)) for record in records]


def released(ledger: Ledger, layout: Layout, source: str) -> list[DeliveryRecord]:
    """Released records of a source whose copies are as they were landed, ready for raw.

    A copy that is gone or altered is not used: its record waits again, and the next
    delivery of its sender is judged anew.
    """
    ready = []
    for record in ledger.find(source, outcome=HELD):
        if record.released_because is None or record.outdated_by is not None or record.rule == UNDATED:
            continue
        path = layout.held_file(record.source, record.table_name, record.delivery_id)
        if path.exists() and durable.sha256_of(path) == record.landed_digest:
            ready.append(record)
        else:
            ledger.amend(dataclasses.replace(record, released_because=None))
    return ready


def dated_by_a_person(delivery: Delivery, ledger: Ledger) -> DeliveryRecord | None:
    """Give an undated delivery the day that a person released it for; returns the record that says so."""
    if delivery.as_of_date is not None or delivery.row_date is not None:
        return None
    for record in ledger.find(delivery.source, delivery.table.name, digest=delivery.digest):
        if record.released_as_of is not None:
            delivery.as_of_date = record.released_as_of
            return record
    return None


def stopped_rows(record: DeliveryRecord, layout: Layout):
    """The rows that the gate stopped of a held delivery (QUARANTINED_ROWS)."""
    return pq.read_table(layout.held_quarantine(record.source, record.table_name, record.delivery_id))


def outdate(record: DeliveryRecord, ledger: Ledger, layout: Layout) -> None:
    """Give up what was held of the same file or pull before: its sender has delivered anew.

    The record stays and says by what it was outdated; the copy goes.
    """
    for held in ledger.find(record.source, record.table_name, outcome=HELD):
        same_way_in = held.is_pull and record.is_pull or held.origin == record.origin
        if (
            held.outdated_by is None
            and held.delivery_id != record.delivery_id
            and held.county_code == record.county_code
            and same_way_in
            and held.ordered_at <= record.ordered_at
        ):
            ledger.amend(dataclasses.replace(held, outdated_by=record.delivery_id))
            forget_copy(held, layout)


def forget_copy(record: DeliveryRecord, layout: Layout) -> None:
    for place in (layout.held_file, layout.held_quarantine):
        place(record.source, record.table_name, record.delivery_id).unlink(missing_ok=True)
