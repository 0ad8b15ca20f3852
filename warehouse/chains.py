"""Chains: what a system has told of a table so far, a full pull and the deltas since.

Here: finding the chain that can be carried on, its marks, and when it is due to be
proved by another full pull.
Not here: asking a system (sources/), laying deltas upon rows (dbt's staging), and
comparing a chain with a full pull (proof).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sources.declaration import FULL, Source
from warehouse.delivery_record import LANDED, DeliveryRecord
from warehouse.layout import Layout
from warehouse.ledger import Ledger


@dataclass(frozen=True)
class Chain:
    """A landed full pull of a table and the landed deltas that follow it, in order."""

    full: DeliveryRecord
    deltas: tuple[DeliveryRecord, ...] = ()

    @property
    def records(self) -> tuple[DeliveryRecord, ...]:
        return (self.full, *self.deltas)

    @property
    def mark(self) -> str | None:
        """How far the system has been read."""
        return self.records[-1].mark

    def is_whole(self, layout: Layout) -> bool:
        """Whether each delta begins where the one before it ended, and all their rows are there."""
        links = zip(self.records, self.deltas, strict=False)
        files = (layout.raw_file(record.source, record.table_name, record.delivery_id) for record in self.records)
        return all(before.mark == delta.since for before, delta in links) and all(path.exists() for path in files)


def chain_of(records: Iterable[DeliveryRecord]) -> Chain | None:
    """The newest chain in the records of one table; None without a full pull.

    The order is that of the models: by day, then by order of arrival. Counties that
    were pulled apart stand apart: the chain is of the county that was pulled last.
    """
    pulls = [record for record in records if record.is_pull and record.outcome == LANDED and record.as_of_date]
    if not pulls:
        return None
    county = max(pulls, key=lambda record: record.ordered_at).county_code
    told = sorted((r for r in pulls if r.county_code == county), key=lambda r: (r.as_of_date, r.ordered_at, r.digest))
    fulls = [place for place, record in enumerate(told) if record.kind == FULL]
    return Chain(told[fulls[-1]], tuple(told[fulls[-1] + 1 :])) if fulls else None


@dataclass(frozen=True)
class Progress:
    """How far a system has been read: the chains of its tables that can be carried on."""

    chains: dict[str, Chain]

    @classmethod
    def of(cls, source: Source, layout: Layout, ledger: Ledger) -> Progress:
        found = {table.name: chain_of(ledger.find(source.name, table.name)) for table in source.tables}
        return cls({name: chain for name, chain in found.items() if chain and chain.mark and chain.is_whole(layout)})

    @property
    def marks(self) -> dict[str, str]:
        return {name: chain.mark for name, chain in self.chains.items()}

    def full_from(self, days: int) -> date | None:
        """The day from which everything is to be pulled again, so many days after it was; None where nothing was."""
        last = min((chain.full.as_of_date for chain in self.chains.values()), default=None)
        return last + timedelta(days=days) if last else None
