"""The ledger of deliveries: what arrived, what became of it, and why.

Here: one JSON record a delivery, written last, so that its presence is the
commit mark; the snapshot of all records that dbt reads.
Not here: the rows (landing) and the judgement (expectations/).
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections import Counter
from collections.abc import Container, Iterable, Iterator
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from sources.refusal import Refusal
from warehouse import durable
from warehouse.clock import TICK, as_utc, utc_now
from warehouse.delivery_record import HELD, LANDED, REFUSED, DeliveryRecord
from warehouse.layout import Layout, delivery_id_of
from warehouse.ledger_tables import DELIVERIES
from warehouse.verification import altered_files


class Ledger:
    """All records of one home. Reads the folder anew at every question: several
    processes may write, and a record is one small file."""

    def __init__(self, layout: Layout):
        self.layout = layout

    def records(self) -> list[DeliveryRecord]:
        """Every record, in the order of source, table, delivery id."""
        return self.find()

    def find(
        self,
        source: str | None = None,
        table: str | None = None,
        digest: str | None = None,
        outcome: str | None = None,
    ) -> list[DeliveryRecord]:
        """The records that match all that is given."""
        found = [
            record
            for record in self._read(source, table)
            if digest in (None, record.digest) and outcome in (None, record.outcome)
        ]
        return sorted(found, key=lambda record: (record.source, record.table_name, record.delivery_id))

    def get(self, source: str, table: str, delivery_id: str) -> DeliveryRecord | None:
        path = self.layout.ledger_record(source, table, delivery_id)
        return self.parsed(path) if path.exists() else None

    @staticmethod
    def parsed(path: Path) -> DeliveryRecord | None:
        """The record in a file; None where the file is damaged."""
        stat = path.stat()
        return _parsed(path, stat.st_ino, stat.st_ctime_ns, stat.st_size)

    def write(self, record: DeliveryRecord) -> DeliveryRecord:
        """Write a record durably; the same said twice leaves the first as it is.

        A landed record ends what was said before of the same content: a digest
        that was refused or held may be read again once a layout is mended.
        """
        known = self.get(record.source, record.table_name, record.delivery_id)
        if known is not None and record.says_the_same(known):
            return known
        self.amend(record)
        if record.outcome == LANDED:
            self.forget_unsettled(record.source, record.table_name, record.digest)
        return record

    def amend(self, record: DeliveryRecord) -> DeliveryRecord:
        """Write a record in the place of what was said of the same delivery before."""
        durable.write_json(self.layout.ledger_record(record.source, record.table_name, record.delivery_id), record.to_json())
        return record

    def forget_unsettled(self, source: str, table: str, digest: str) -> None:
        """Take away refused and held records of this content, its file's included."""
        for old in self.find(source=source, digest=digest):
            if old.outcome in (REFUSED, HELD) and old.table_name in ("", table):
                self.layout.ledger_record(old.source, old.table_name, old.delivery_id).unlink(missing_ok=True)

    def forget_refused(
        self, source: str, *, digest: str | None = None, rule: str | None = None, but_for: Container[str] = ()
    ) -> None:
        """Take away refusals that spoke of a passing state of a file: of this content, of this
        rule; `but_for`: origins that are kept."""
        for old in self.find(source, digest=digest, outcome=REFUSED):
            if rule in (None, old.rule) and old.origin not in but_for:
                self.layout.ledger_record(old.source, old.table_name, old.delivery_id).unlink(missing_ok=True)

    def record_refused(
        self,
        refusal: Refusal,
        *,
        source: str,
        origin: str,
        digest: str | None,
        table: str = "",
        county_code: str | None = None,
        as_of_date: date | None = None,
        modified_at: datetime | None = None,
        encoding: str | None = None,
        layout: str | None = None,
        rows_delivered: int | None = None,
    ) -> DeliveryRecord:
        """Write down a delivery that is refused whole.

        `table` is empty when the reader refused the file before it knew the
        table. `digest` is None for a pull that broke before its rows were
        known; then the refusal itself names the delivery. A refusal that is
        already written for this content and rule is returned as it stands.
        """
        digest = digest or hashlib.sha256(f"{origin}|{refusal.rule}|{refusal.message_en}".encode()).hexdigest()
        if not table:
            for known in self.find(source=source, digest=digest, outcome=REFUSED):
                if known.rule == refusal.rule and known.message_en == refusal.message_en:
                    return known
        arrived = utc_now()
        return self.write(
            DeliveryRecord(
                delivery_id=delivery_id_of(source, table, county_code, as_of_date, digest),
                source=source,
                table_name=table,
                county_code=county_code,
                digest=digest,
                outcome=REFUSED,
                origin=origin,
                ordered_at=as_utc(modified_at) or arrived,
                arrived_at=arrived,
                as_of_date=as_of_date,
                encoding=encoding,
                layout=layout,
                rule=refusal.rule,
                message_en=refusal.message_en,
                message_zh=refusal.message_zh,
                rows_delivered=rows_delivered,
            )
        )

    def put_later(self, record: DeliveryRecord) -> DeliveryRecord:
        """Write down the later place in the order that landed content has been given."""
        if record != self.get(record.source, record.table_name, record.delivery_id):
            self.amend(record)
        self.forget_unsettled(record.source, record.table_name, record.digest)
        return record

    def ordered_anew(self, record: DeliveryRecord, modified_at: datetime | None) -> DeliveryRecord:
        """The record of landed content at the place in the order that a new offer gives it.

        A sender who goes back to an older content offers it later than what
        came between, so its place in the order follows: a file's time of
        change, for a pull the time of this pull if another one came between.
        """
        moment = as_utc(modified_at)
        if moment is None:
            offered = self._pulls(record.source, record.table_name, record.county_code)
            between = any(other.ordered_at > record.ordered_at for other in offered)
            moment = self.place_in_order(record) if between else record.ordered_at
        return record if moment <= record.ordered_at else dataclasses.replace(record, ordered_at=moment)

    def place_in_order(self, record: DeliveryRecord) -> datetime:
        """The moment at which a delivery stands among the others, given that it arrives now.

        A pull follows every pull before it, whatever the clock says meanwhile. A
        file stands at its time of change (`record.ordered_at`); but where the
        file of its name bears a time that has not come, the clock has been set
        back, and what is in its place now was put there later.
        """
        now = utc_now()
        if record.is_pull:
            earlier = [other.ordered_at for other in self._pulls(record.source, record.table_name, record.county_code)]
            return max([now, *(moment + TICK for moment in earlier)])
        ahead = [
            other.ordered_at
            for other in self.find(record.source, record.table_name, outcome=LANDED)
            if other.origin == record.origin and other.ordered_at > now
        ]
        return max([record.ordered_at, *(moment + TICK for moment in ahead)])

    def _pulls(self, source: str, table: str, county_code: str | None) -> list[DeliveryRecord]:
        """What was pulled of a county's table, that which is held included."""
        return [r for r in self.find(source, table) if r.is_pull and r.outcome != REFUSED and r.county_code == county_code]

    def any_landed(self, not_after: date) -> bool:
        """Whether any landed delivery speaks of a day not after the given one."""
        return self.newest_as_of(not_after) is not None

    def altered(self, source: str, table: str) -> list[DeliveryRecord]:
        """Landed deliveries whose Parquet is gone or no longer what was written."""
        landed = {record.delivery_id: record for record in self.find(source, table, outcome=LANDED)}
        digests = {delivery_id: record.landed_digest for delivery_id, record in landed.items()}
        return [landed[delivery_id] for delivery_id in altered_files(self.layout, source, table, digests)]

    def is_whole(self, record: DeliveryRecord) -> bool:
        """Whether the rows of a landed delivery are there as they were written."""
        path = self.layout.raw_file(record.source, record.table_name, record.delivery_id)
        return path.exists() and durable.sha256_of(path) == record.landed_digest

    def quarantined_by_rule(self, records: Iterable[DeliveryRecord]) -> dict[str, int]:
        """How many (row, column) places the gate stopped in these deliveries, by rule."""
        count: Counter[str] = Counter()
        for record in records:
            path = self.layout.quarantined_file(record.source, record.table_name, record.delivery_id)
            if record.rows_quarantined and path.exists():
                count.update(pq.read_table(path, columns=["rule"]).column("rule").to_pylist())
        return dict(sorted(count.items()))

    def quarantined_rows(self, records: Iterable[DeliveryRecord], *, at_most: int) -> list[dict]:
        """The first stopped places of these deliveries: origin, sheet, row, row_key, column_name, rule."""
        names, found = ["sheet", "row", "row_key", "column_name", "rule"], []
        for record in records:
            path = self.layout.quarantined_file(record.source, record.table_name, record.delivery_id)
            if record.rows_quarantined and path.exists() and len(found) < at_most:
                places = pq.read_table(path, columns=names).slice(0, at_most - len(found))
                found += [{"origin": record.origin, **place} for place in places.to_pylist()]
        return found

    def newest_as_of(self, today: date) -> date | None:
        """The greatest date that any landed delivery speaks of, its rows' own dates
        included, not after `today`; None when nothing landed speaks of any."""
        days = [day for r in self._read() if r.outcome == LANDED for day in r.speaks_of if day <= today]
        return max(days, default=None)

    def data_in_use(self, source: str, as_of: date) -> date | None:
        """The day that a source's data in use speak of: the newest not after `as_of`, and of
        several counties or tables the one that lies furthest back. None: nothing landed."""
        newest: dict[tuple[str, str | None], date] = {}
        for record in self.find(source, outcome=LANDED):
            days = [day for day in record.speaks_of if day <= as_of]
            of = (record.table_name, record.county_code)
            newest[of] = max([*days, newest.get(of, date.min)])
        return min((day for day in newest.values() if day > date.min), default=None)

    def write_snapshot(self) -> Path:
        """Write all records as the one Parquet file that dbt reads."""
        rows = [
            {**dataclasses.asdict(r), "as_of_date": max(r.speaks_of, default=None), "is_outdated": r.outdated_by is not None}
            for r in self.records()
        ]
        columns = {name: [row[name] for row in rows] for name in DELIVERIES.names}
        path = self.layout.deliveries_snapshot
        path.parent.mkdir(parents=True, exist_ok=True)
        with durable.new_file(path) as unfinished:
            pq.write_table(pa.table(columns, schema=DELIVERIES), unfinished)
        return path

    def _read(self, source: str | None = None, table: str | None = None) -> Iterator[DeliveryRecord]:
        # Years of daily pulls make many small files: only the folders in question are opened.
        folder = "*" if table is None else self.layout.ledger_record("", table, "").parent.name
        for path in self.layout.ledger.glob(f"{source or '*'}/{folder}/*.json"):
            # One that is damaged is set aside when a run starts, and told (mending.py).
            if (record := self.parsed(path)) is not None:
                yield record


@lru_cache(maxsize=200_000)
def _parsed(path: Path, *_: int) -> DeliveryRecord | None:
    """A record is replaced, never changed in place: the same file under the same name says the same."""
    try:
        return DeliveryRecord.from_json(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, KeyError, TypeError, AttributeError):  # no JSON, or not a record's
        return None
