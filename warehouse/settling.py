"""Settling: what follows when the gate has spoken of a landed delivery.

Here: into raw with its record in the ledger, or held, or refused; and clearing
what a crash left behind.
Not here: writing rows (landing) and judging them (expectations/).

The order of writing makes a crash harmless: quarantined rows, then the rename
into raw, then the ledger record. What has no record was never landed, is read
by nobody, and is cleared at the next start.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sources.declaration import Source
from warehouse import durable, holding
from warehouse.landing import PendingDelivery
from warehouse.layout import DECLARED, Layout
from warehouse.ledger import HELD, LANDED, REFUSED, DeliveryRecord, Ledger
from warehouse.ledger_tables import QUARANTINED_ROWS


class Verdict(Protocol):
    """What must be known of the gate's answer (made in expectations/).

    `outcome` is `landed`, `held` or `refused`; `quarantined` has the schema
    QUARANTINED_ROWS; rule and messages speak when the whole delivery stops.
    """

    outcome: str
    quarantined: pa.Table
    rule: str | None
    message_en: str | None
    message_zh: str | None



def settle(
    pending: PendingDelivery, verdict: Verdict, layout: Layout, *, after: Callable[[str], None] = lambda step: None
) -> DeliveryRecord:
    """Do what the gate decided: promote, hold or refuse. Returns what was recorded.

    `after` is called with the name of each finished step.
    """
    if pending.state != "pending":
        return pending.record
    if verdict.outcome == LANDED:
        return promote(pending, verdict, layout, after=after)
    if verdict.outcome not in (HELD, REFUSED):
        raise ValueError(f"a gate answers landed, held or refused, not {verdict.outcome!r}")
    record = dataclasses.replace(
        pending.record, outcome=verdict.outcome, rule=verdict.rule, message_en=verdict.message_en, message_zh=verdict.message_zh
    )
    if verdict.outcome == HELD:
        return _hold(pending, record, verdict, layout, after=after)
    record = Ledger(layout).write(dataclasses.replace(record, landed_digest=None, row_dates=()))
    pending.path.unlink(missing_ok=True)
    return record


def _hold(
    pending: PendingDelivery, record: DeliveryRecord, verdict: Verdict, layout: Layout, *, after: Callable[[str], None]
) -> DeliveryRecord:
    """Keep a delivery out of raw until a person releases it; the ledger record, written last, says that it waits."""
    source, table, delivery_id = pending.source, pending.table.name, pending.delivery_id
    with durable.new_file(layout.held_quarantine(source, table, delivery_id)) as unfinished:
        pq.write_table(verdict.quarantined.cast(QUARANTINED_ROWS), unfinished, compression="zstd")
    held = layout.held_file(source, table, delivery_id)
    pending.path.replace(held)
    durable.fsync(held.parent)
    after("moved into held")
    ledger = Ledger(layout)
    record = ledger.write(record)
    holding.outdate(record, ledger, layout)
    after("recorded")
    return record


@dataclass(frozen=True)
class Released:
    """A person's word in the place of the gate's: the delivery goes on, without the rows that the gate stopped."""

    quarantined: pa.Table
    outcome: str = LANDED
    rule: str | None = None
    message_en: str | None = None
    message_zh: str | None = None


def take_up_released(source: Source, layout: Layout) -> list[DeliveryRecord]:
    """Move what a person has released since the last run into raw; returns what was recorded."""
    ledger, taken = Ledger(layout), []
    for record in holding.released(ledger, layout, source.name):
        # A second name for the copy: should a crash end this half-way, the first one is still there.
        path = layout.pending_file(record.source, record.table_name, record.delivery_id)
        path.unlink(missing_ok=True)
        os.link(layout.held_file(record.source, record.table_name, record.delivery_id), path)
        accepted = dataclasses.replace(record, outcome=LANDED, rule=None, message_en=None, message_zh=None, held_with=None)
        pending = PendingDelivery("pending", accepted, source.table(record.table_name), path)
        taken.append(promote(pending, Released(holding.stopped_rows(record, layout)), layout))
        holding.forget_copy(record, layout)
    return taken


def promote(
    pending: PendingDelivery, verdict: Verdict, layout: Layout, *, after: Callable[[str], None] = lambda step: None
) -> DeliveryRecord:
    """Move an accepted delivery into raw; the ledger record, written last, commits it."""
    source, table, delivery_id = pending.source, pending.table.name, pending.delivery_id
    quarantined = verdict.quarantined.cast(QUARANTINED_ROWS)
    stopped = pc.unique(quarantined.column("position"))

    kept = layout.quarantined_file(source, table, delivery_id)
    if quarantined.num_rows:
        kept.parent.mkdir(parents=True, exist_ok=True)
        with durable.new_file(kept) as unfinished:
            pq.write_table(quarantined, unfinished, compression="zstd")
    else:
        kept.unlink(missing_ok=True)  # a leftover of an attempt that crashed under other rules
    after("quarantined rows written")

    raw = layout.raw_file(source, table, delivery_id)
    raw.parent.mkdir(parents=True, exist_ok=True)
    days = _accepted_days(pending, stopped) if pending.record.row_dates and len(stopped) else pending.record.row_dates
    pending.path.replace(raw)
    durable.fsync(raw.parent)
    after("moved into raw")

    record = dataclasses.replace(pending.record, outcome=LANDED, row_dates=days, rows_quarantined=len(stopped))
    ledger = Ledger(layout)
    record = ledger.write(record)
    holding.outdate(record, ledger, layout)
    after("recorded")
    return record


def _accepted_days(pending: PendingDelivery, stopped: pa.Array) -> tuple[date, ...]:
    """The rows' own dates, those of stopped rows left out: a mistyped year is nobody's as-of date."""
    rows = pq.read_table(pending.path, columns=["_as_of_date", "_position"])
    rows = rows.filter(pc.invert(pc.is_in(rows.column("_position"), stopped)))
    return tuple(sorted(pc.unique(rows.column("_as_of_date").drop_null()).to_pylist()))


def clear_unfinished(layout: Layout) -> list[Path]:
    """Delete what a crash left behind; return what was deleted.

    Pending files, raw or quarantined files whose delivery has no landed record,
    and held copies of what waits no longer. Only at start, and only by whoever holds the run lock.
    """
    landed = {record.delivery_id for record in Ledger(layout).find(outcome=LANDED)}
    gone = list(layout.pending.iterdir()) if layout.pending.exists() else []
    for path in layout.raw.glob("*/*/*"):
        source = path.parent.parent.name
        if path.name.startswith(durable.UNFINISHED):
            gone.append(path)
        elif path.name != DECLARED and path.suffix == ".parquet":
            if path.parent == layout.quarantined_folder:
                keep = path.stem.rpartition("-")[2] in landed
            else:
                keep = source in ("ledger", "run") or path.stem in landed
            if not keep:
                gone.append(path)
    waiting = {
        place(record.source, record.table_name, record.delivery_id)
        for record in Ledger(layout).find(outcome=HELD)
        if record.outdated_by is None
        for place in (layout.held_file, layout.held_quarantine)
    }
    gone += (path for path in layout.held.glob("*") if path not in waiting)
    gone += layout.candidates.glob("*")  # of a run that died, or whose gate said no
    gone += layout.ledger.glob(f"*/*/{durable.UNFINISHED}*")
    for path in gone:
        durable.remove(path)
    return gone
