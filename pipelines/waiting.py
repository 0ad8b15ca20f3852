"""Waiting: what has come to a source's door and is in no release yet.

Here: comparing the inbox and the marks of the systems with the ledger, and the ledger with what
`current` rests on. Plain Python, no Dagster; nothing is changed.
Not here: asking for a run (sensors.py), taking anything in (intake.py).

What waits is told by the state of things, not by remembering what was asked for: a run that
failed leaves its arrival waiting, whatever became of the request.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pipelines.arrivals import Arrival, glimpses
from pipelines.connections import connection
from pipelines.settings import Settings
from sources.connections import Patience
from sources.declaration import Context, Source
from sources.files import told_by_path
from warehouse.built import ledger_state, remembered
from warehouse.chains import Progress
from warehouse.clock import as_utc
from warehouse.delivery_record import LANDED, DeliveryRecord
from warehouse.layout import Layout
from warehouse.ledger import Ledger

# A sensor's tick has a minute; the next one asks again.
IMPATIENT = Patience(attempts=1, first_wait=0.1, longest_wait=1.0, connect_timeout=3.0, read_timeout=20.0)

# A file by a hash of its path: (size, time of change in ns, digest once two looks were equal).
Seen = dict[str, tuple[int, int, str | None]]


@dataclass(frozen=True)
class Waiting:
    """What of a source waits: `count` files or tables; `state` names exactly this (32 hex digits).
    `is_behind`: something was taken in that no release tells yet."""

    count: int
    state: str
    is_behind: bool = False


def files_at_rest(settings: Settings, source: Source, seen: Mapping[str, tuple]) -> tuple[list[Arrival], Seen]:
    """The files of a drop folder that look as they did before, and how everything looks now.

    Content is read once for each state of a file. Names are remembered as hashes alone: a name
    may hold a person's. Raises Unlistable where the folder is closed.
    """
    at_rest: list[Arrival] = []
    now: Seen = {}
    for glimpse in glimpses(settings.inbox, source.name):
        key = hashlib.sha256(glimpse.origin.encode()).hexdigest()[:32]
        size, modified_ns, digest = seen.get(key) or (None, None, None)
        found = None
        if (size, modified_ns) == (glimpse.size, glimpse.modified_ns):
            found = glimpse.arrival(digest)
        now[key] = (glimpse.size, glimpse.modified_ns, found.digest if found else None)
        if found:
            at_rest.append(found)
    return at_rest, now


def files_waiting(layout: Layout, source: Source, at_rest: Iterable[Arrival]) -> list[str]:
    """Digests of the files that the ledger does not know, or knows from before what it has now."""
    records = Ledger(layout).find(source.name)
    by_digest: dict[str, list[DeliveryRecord]] = {}
    for record in records:
        by_digest.setdefault(record.digest, []).append(record)
    return sorted({arrival.digest for arrival in at_rest if not _is_known(arrival, by_digest.get(arrival.digest, ()), records)})


def _is_known(arrival: Arrival, same_content: Iterable[DeliveryRecord], records: list[DeliveryRecord]) -> bool:
    told = told_by_path(arrival.origin)
    of_this = [record for record in same_content if record.origin == arrival.origin or told_by_path(record.origin) == told]
    return bool(of_this) and not any(_is_put_back(arrival, record, records) for record in of_this)


def _is_put_back(arrival: Arrival, record: DeliveryRecord, records: list[DeliveryRecord]) -> bool:
    """Whether content that landed before is offered again after other content of its table came."""
    moment = as_utc(arrival.modified_at)
    return record.outcome == LANDED and any(
        other.outcome == LANDED
        and (other.table_name, other.county_code) == (record.table_name, record.county_code)
        and other.digest != record.digest
        and record.ordered_at < other.ordered_at <= moment
        for other in records
    )


def marks_waiting(settings: Settings, layout: Layout, source: Source) -> list[str]:
    """The system's marks that are others than at its last pull, as `table=mark`.

    Raises Unreachable or Misconfigured as a pull does. A table whose changes the system does not
    tell has no mark, and is left to the daily run.
    """
    now = source.marks(connection(source, settings), Context(pseudonym_key=settings.key_bytes), patience=IMPATIENT)
    taken = Progress.of(source, layout, Ledger(layout)).marks
    return sorted(f"{table}={mark}" for table, mark in now.items() if taken.get(table) != mark)


def unreleased(layout: Layout, source: Source) -> str | None:
    """The state of a source's ledger if `current` rests on another one; None if it is in the release."""
    state = ledger_state(layout, source.name)
    standing = remembered(layout.current_from)
    if standing is None:
        return state if any(Ledger(layout).find(source.name, outcome=LANDED)) else None
    return state if standing.sources.get(source.name) != state else None


def waiting_for(arrived: list[str], behind: str | None) -> Waiting | None:
    """What arrived and what is behind in the release, as one; None where neither is."""
    parts = [*arrived, *([behind] if behind else [])]
    if not parts:
        return None
    return Waiting(len(arrived), hashlib.sha256("|".join(parts).encode()).hexdigest()[:32], is_behind=behind is not None)
