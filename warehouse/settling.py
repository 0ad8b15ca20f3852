"""Settling: what follows when the gate has spoken of what was landed.

Here: into raw with its record in the ledger, or held, or refused, all tables of a
file or pull at once; and putting in order what a crash left behind.
Not here: writing rows (landing), judging them (expectations/), releasing what is held
(holding.py), and what is damaged otherwise (mending.py).

The order of writing makes a crash harmless: quarantined rows, then one note of
all that is decided, then the moves into raw and the records, then the note goes.
Before the note is there nothing was decided, and what is pending is cleared;
from then on the next start finishes what the note says. So either all tables of
a pull are in use or none, and what lies in raw without a record is no leftover
of a crash.
"""

from __future__ import annotations

import dataclasses
import os
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sources.declaration import Source
from warehouse import durable, holding
from warehouse.delivery_record import HELD, LANDED, REFUSED, DeliveryRecord
from warehouse.landing import PENDING, PendingDelivery
from warehouse.layout import DECLARED, Layout
from warehouse.ledger import Ledger
from warehouse.ledger_tables import QUARANTINED_ROWS

SETTLING = "settling-"  # the note of what is decided and not yet done


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
    """Do what the gate decided of one delivery. Returns what was recorded."""
    if pending.state != PENDING:
        return pending.record
    return settle_together([(pending, verdict)], layout, after=after)[0]


def settle_together(
    judged: Sequence[tuple[PendingDelivery, Verdict]],
    layout: Layout,
    *,
    again: Sequence[DeliveryRecord] = (),
    after: Callable[[str], None] = lambda step: None,
) -> list[DeliveryRecord]:
    """Do what the gate decided of all tables of a file or pull: of all or, after a crash, of none.

    Returns what was recorded, in the order of `judged`. `again`: records of
    content that was landed before and is offered once more with them. `after`
    is called with the name of each finished step.
    """
    decided = [_decided(pending, verdict, layout) for pending, verdict in judged]
    after("quarantined rows written")
    ledger = Ledger(layout)
    for record in again:
        ledger.forget_unsettled(record.source, record.table_name, record.digest)
        holding.outdate(record, ledger, layout)
    again = [record for record in again if record != ledger.get(record.source, record.table_name, record.delivery_id)]
    if not decided and not again:
        return []
    note = layout.pending / f"{SETTLING}{uuid.uuid4().hex}.json"
    durable.write_json(note, {"decided": [record.to_json() for record in decided], "again": [record.to_json() for record in again]})
    after("decided")
    return _carry_out(note, layout, after)


def _decided(pending: PendingDelivery, verdict: Verdict, layout: Layout) -> DeliveryRecord:
    """The record that a delivery is to have; its quarantined rows are written."""
    if verdict.outcome == LANDED:
        days = _write_quarantined(pending, verdict, layout)
        stopped = pc.unique(verdict.quarantined.column("position"))
        return dataclasses.replace(pending.record, outcome=LANDED, row_dates=days, rows_quarantined=len(stopped))
    if verdict.outcome not in (HELD, REFUSED):
        raise ValueError(f"a gate answers landed, held or refused, not {verdict.outcome!r}")
    record = dataclasses.replace(
        pending.record, outcome=verdict.outcome, rule=verdict.rule, message_en=verdict.message_en, message_zh=verdict.message_zh
    )
    if verdict.outcome == REFUSED:
        return dataclasses.replace(record, landed_digest=None, row_dates=())
    stopped = layout.held_quarantine(record.source, record.table_name, record.delivery_id)
    with durable.new_file(stopped) as unfinished:
        pq.write_table(verdict.quarantined.cast(QUARANTINED_ROWS), unfinished, compression="zstd")
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
    released, judged = holding.released(Ledger(layout), layout, source.name), []
    for record in released:
        # A second name for the copy: should a crash end this half-way, the first one is still there.
        path = layout.pending_file(record.source, record.table_name, record.delivery_id)
        path.unlink(missing_ok=True)
        os.link(layout.held_file(record.source, record.table_name, record.delivery_id), path)
        accepted = dataclasses.replace(record, outcome=LANDED, rule=None, message_en=None, message_zh=None, held_with=None)
        pending = PendingDelivery(PENDING, accepted, source.table(record.table_name), path)
        judged.append((pending, Released(holding.stopped_rows(record, layout))))
    taken = settle_together(judged, layout)
    for record in released:
        holding.forget_copy(record, layout)
    return taken


def _write_quarantined(pending: PendingDelivery, verdict: Verdict, layout: Layout) -> tuple[date, ...]:
    """Keep the stopped rows; return the days that the accepted ones speak of."""
    quarantined = verdict.quarantined.cast(QUARANTINED_ROWS)
    kept = layout.quarantined_file(pending.source, pending.table.name, pending.delivery_id)
    if not quarantined.num_rows:
        kept.unlink(missing_ok=True)  # a leftover of an attempt that crashed under other rules
        return pending.record.row_dates
    kept.parent.mkdir(parents=True, exist_ok=True)
    with durable.new_file(kept) as unfinished:
        pq.write_table(quarantined, unfinished, compression="zstd")
    return accepted_days(pending.path, quarantined.column("position")) if pending.record.row_dates else ()


def _carry_out(note: Path, layout: Layout, after: Callable[[str], None] = lambda step: None) -> list[DeliveryRecord]:
    """Do what a note says; doing it twice is doing it once."""
    ledger, said = Ledger(layout), durable.read_json(note)
    decided, again = ([DeliveryRecord.from_json(record) for record in said[name]] for name in ("decided", "again"))
    places = {LANDED: layout.raw_file, HELD: layout.held_file}
    for record in decided:
        named = (record.source, record.table_name, record.delivery_id)
        pending = layout.pending_file(*named)
        if record.outcome == REFUSED:
            pending.unlink(missing_ok=True)
        elif pending.exists():
            place = places[record.outcome](*named)
            place.parent.mkdir(parents=True, exist_ok=True)
            pending.replace(place)
            durable.fsync(place.parent)
    after("moved into place")
    recorded = [ledger.write(record) for record in decided]
    for record in recorded:
        if record.outcome != REFUSED:
            holding.outdate(record, ledger, layout)
    for record in again:
        ledger.put_later(record)
    after("recorded")
    note.unlink()
    return recorded


def accepted_days(landed: Path, stopped: pa.Array | pa.ChunkedArray) -> tuple[date, ...]:
    """The rows' own dates, those of stopped rows left out: a mistyped year is nobody's as-of date."""
    rows = pq.read_table(landed, columns=["_as_of_date", "_position"])
    rows = rows.filter(pc.invert(pc.is_in(rows.column("_position"), pc.unique(stopped))))
    return tuple(sorted(pc.unique(rows.column("_as_of_date").drop_null()).to_pylist()))


def clear_unfinished(layout: Layout) -> list[Path]:
    """Finish what a crash left decided, delete what it left undecided; return what was deleted.

    Held copies of what waits no longer go too. Only at start, and only by whoever holds
    the run lock. Whatever lies in raw under a whole name stays.
    """
    for note in sorted(layout.pending.glob(f"{SETTLING}*.json")):
        _carry_out(note, layout)
    landed = {record.delivery_id for record in Ledger(layout).find(outcome=LANDED)}
    gone = list(layout.pending.iterdir()) if layout.pending.exists() else []
    gone += layout.raw.glob(f"*/*/{durable.UNFINISHED}*")
    gone += [
        path
        for path in layout.quarantined_folder.glob("*.parquet")
        if path.name != DECLARED and path.stem.rpartition("-")[2] not in landed and not _lies_in_raw(path, layout)
    ]
    waiting = {
        place(record.source, record.table_name, record.delivery_id)
        for record in Ledger(layout).find(outcome=HELD)
        if record.outdated_by is None
        for place in (layout.held_file, layout.held_quarantine)
    }
    gone += (path for path in layout.held.glob("*") if path not in waiting)
    gone += layout.candidates.glob("*")  # of a run that died, or whose gate said no
    gone += layout.ledger.glob(f"*/*/{durable.UNFINISHED}*")
    gone += layout.runs.glob(f"{durable.UNFINISHED}*")
    for path in gone:
        durable.remove(path)
    return gone


def below_home(paths: Iterable[Path], layout: Layout) -> list[str]:
    """Paths as a run's record tells them, in order."""
    return sorted(path.relative_to(layout.home).as_posix() for path in paths)


def _lies_in_raw(quarantined: Path, layout: Layout) -> bool:
    """Whether the rows that these were stopped of are there: then their record alone is lost."""
    return any(layout.raw.glob(f"*/*/{quarantined.stem.rpartition('-')[2]}.parquet"))
