"""The predecessor: what was accepted before of the same thing as a delivery on its way.

Here: finding it in the ledger: the same pull, the same file, or the file before it in its series.
Not here: whether the change between the two is believable (expectations/against_last.py).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sources.declaration import Table
from warehouse.delivery_record import LANDED, DeliveryRecord
from warehouse.layout import Layout
from warehouse.ledger import Ledger

REGISTER = ("registry", "schools")
# 2025, 202509, 20250901, 2025-09, 2025-09-01, 2025年9月1日, with what sets it off; not the digits of a school's code.
DATE = re.compile(
    r"[-_ .（(]*(?<!\d)(?:19|20)\d{2}(?:(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])?|[-_.年/](?:0?[1-9]|1[0-2])(?:[-_.月/](?:0?[1-9]|[12]\d|3[01]))?)?"
    r"(?!\d)[年月日号学]*[)）]?"
)


@dataclass(frozen=True)
class Predecessor:
    """The delivery that was accepted before.

    `is_replaced_whole`: the new one takes the place of all its rows; else scope by scope,
    and what the new one does not name stays in use. `register`: the school register of
    that time, in raw; it knows which schools have closed.
    """

    path: Path
    rows: int
    is_replaced_whole: bool
    register: Path | None = None


def series_of(origin: str) -> str:
    """A file's place and name without its dates: what a sender sends again every month or year."""
    return DATE.sub("", origin)


def predecessor_of(record: DeliveryRecord, table: Table, ledger: Ledger, layout: Layout) -> Predecessor | None:
    """What was accepted of the same thing before; None for a first delivery, and for a delta.

    A pull follows the last pull of its county; a file the last one of its series, or, where
    its table has no scope, whatever file spoke for the county before. Before means of an
    earlier or the same day, so that a late delivery is compared with its own time.
    """
    day = max(record.speaks_of, default=None)
    if record.kind != "full" or day is None:
        return None
    found = [
        other
        for other in ledger.find(record.source, record.table_name, outcome=LANDED)
        if other.delivery_id != record.delivery_id and _is_followed_by(other, record, table) and _day(other) <= day
    ]
    if not found:
        return None
    last = max(found, key=lambda other: (_day(other), other.ordered_at, other.digest))
    whole = record.is_pull or not table.scope or (last.origin, last.as_of_date) == (record.origin, record.as_of_date)
    path = layout.raw_file(last.source, last.table_name, last.delivery_id)
    return Predecessor(path, last.rows_delivered or 0, whole, _register(record, day, ledger, layout))


def _day(record: DeliveryRecord) -> date:
    return max(record.speaks_of, default=date.min)


def _is_followed_by(other: DeliveryRecord, record: DeliveryRecord, table: Table) -> bool:
    if other.kind != "full" or other.county_code != record.county_code or other.is_pull != record.is_pull:
        return False
    return record.is_pull or not table.scope or series_of(other.origin) == series_of(record.origin)


def _register(record: DeliveryRecord, day: date, ledger: Ledger, layout: Layout) -> Path | None:
    registers = [
        other
        for other in ledger.find(*REGISTER, outcome=LANDED)
        if other.county_code in (None, record.county_code) and _day(other) <= day
    ]
    if not registers:
        return None
    newest = max(registers, key=lambda other: (_day(other), other.ordered_at, other.digest))
    return layout.raw_file(*REGISTER, newest.delivery_id)
