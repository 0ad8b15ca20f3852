"""Purging: deliveries whose rows no day uses that may still be asked for.

Here: which those are, and removing them so that a crash at any step is finished by
the next start. Not here: releases (retention), how long anything is kept and what
else a purge removes (pipelines/purge.py).

A delivery goes when a release that speaks of no later day than `before` told it as
superseded, and the current one does too: what is superseded on a day stays so on
every later one. Rolls that the models go back to, and figures filed for earlier
years, stay. The rows go before the record, because a raw file carries its record and
would have it written again; the note of what has begun lets the next start go on. The
record stays as `purged`, so that the same file, still in the inbox, is not news.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq

from sources.declaration import FULL
from warehouse import durable
from warehouse.delivery_record import HELD, LANDED, PURGED, DeliveryRecord
from warehouse.layout import Layout
from warehouse.ledger import Ledger
from warehouse.release import SUPERSEDED, releases

PAST_ITS_PERIOD = "past_its_period"
ROLL = ("student_status", "students")
# Models go back to figures that were filed for earlier days, although newer ones replace them.
FILED = {("declared", "measures"), ("declared", "county_measures")}


def past_period(layout: Layout, before: date) -> list[DeliveryRecord]:
    """Landed deliveries that no day from `before` on uses, and held ones of earlier days that wait for nobody."""
    told = _newest_release(layout, before)
    if told is None or not layout.current.exists():
        return []
    superseded = _superseded(told) & _superseded(layout.current)
    records = Ledger(layout).records()
    landed = [record for record in records if record.outcome == LANDED]
    stay = _whole_chains_needed(landed, superseded) | _rolls_gone_back_to(landed)
    gone = [
        record
        for record in landed
        if record.delivery_id in superseded - stay and (record.source, record.table_name) not in FILED
    ]
    waited = [record for record in records if record.outcome == HELD and record.released_because is None]
    return gone + [record for record in waited if max(record.speaks_of, default=record.arrived_at.date()) < before]


def purge(
    layout: Layout, records: Iterable[DeliveryRecord], *, after: Callable[[str], None] = lambda step: None
) -> None:
    """Remove the rows of these deliveries for good. Only by whoever holds the run lock.

    `after` is called with the name of each finished step.
    """
    about = [[record.source, record.table_name, record.delivery_id] for record in records]
    durable.write_json(layout.purging, {"deliveries": about})
    after("written down")
    finish(layout, after=after)


def finish(layout: Layout, *, after: Callable[[str], None] = lambda step: None) -> None:
    """Go on with a purge that was begun; nothing where none was."""
    if not layout.purging.exists():
        return
    ledger = Ledger(layout)
    for source, table, delivery_id in durable.read_json(layout.purging)["deliveries"]:
        for place in (layout.raw_file, layout.quarantined_file, layout.held_file, layout.held_quarantine):
            place(source, table, delivery_id).unlink(missing_ok=True)
        after("rows removed")
        record = ledger.get(source, table, delivery_id)
        if record is not None and record.outcome != PURGED:
            ledger.amend(_purged(record))
        after("recorded")
    layout.purging.unlink()
    durable.fsync(layout.home)


def _purged(record: DeliveryRecord) -> DeliveryRecord:
    return dataclasses.replace(
        record,
        outcome=PURGED,
        landed_digest=None,
        rule=PAST_ITS_PERIOD,
        message_en="Its rows were past the period of keeping and have been removed.",
        message_zh="已超过保存期限，内容已清除。",
    )


def _newest_release(layout: Layout, not_after: date) -> Path | None:
    """The release of the newest day that is not after the given one."""
    earlier = [folder for day, _, folder in releases(layout) if day <= not_after.strftime("%Y%m%d")]
    return earlier[-1] if earlier else None


def _superseded(release: Path) -> set[str]:
    """Deliveries all of whose rows something replaced."""
    rows = pq.ParquetFile(release / "delivery.parquet").read(["delivery_id", "status", "rows_held"]).to_pylist()
    return {row["delivery_id"] for row in rows if row["status"] == SUPERSEDED and not row["rows_held"]}


def _chains(landed: Iterable[DeliveryRecord]) -> Iterable[list[DeliveryRecord]]:
    """Full pulls, each with the deltas that follow it, in the order of the models."""
    pulls: dict[tuple, list[DeliveryRecord]] = defaultdict(list)
    for record in landed:
        if record.is_pull and record.as_of_date:
            pulls[record.source, record.table_name, record.county_code].append(record)
    for told in pulls.values():
        chain: list[DeliveryRecord] = []
        for record in sorted(told, key=lambda record: (record.as_of_date, record.ordered_at, record.digest)):
            if record.kind == FULL and chain:
                yield chain
                chain = []
            chain.append(record)
        yield chain


def _whole_chains_needed(landed: list[DeliveryRecord], superseded: set[str]) -> set[str]:
    """Pulls that something still builds on or with: a chain goes whole or not at all."""
    chains = [{record.delivery_id for record in chain} for chain in _chains(landed)]
    return {delivery_id for chain in chains if not chain <= superseded for delivery_id in chain}


def _rolls_gone_back_to(landed: list[DeliveryRecord]) -> set[str]:
    """Rolls that the models count again: of the last day of each year, and of the days that figures were
    filed for. Rolls that came as files stand school by school, and all of them stay."""
    rolls = [record for record in landed if (record.source, record.table_name) == ROLL]
    days = {day for record in landed if (record.source, record.table_name) in FILED for day in record.speaks_of}
    days |= {date(record.as_of_date.year, 12, 31) for record in rolls if record.as_of_date}
    stay = {record.delivery_id for record in rolls if not record.is_pull}
    by_county: dict[str | None, list[list[DeliveryRecord]]] = defaultdict(list)
    for chain in _chains(rolls):
        by_county[chain[0].county_code].append(chain)
    for chains in by_county.values():
        for day in days:
            told = [chain for chain in chains if chain[0].as_of_date <= day]
            stay |= {record.delivery_id for record in (told[-1] if told else ())}
    return stay
