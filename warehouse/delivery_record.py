"""Delivery record: what is written of one delivery.

Here: its fields, and how they are said as JSON.
Not here: where records rest and how they are found (ledger).
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import date, datetime

from warehouse.clock import as_utc

LANDED, REFUSED, HELD = "landed", "refused", "held"
PURGED = "purged"  # its rows were past their period and are gone


@dataclass(frozen=True)
class DeliveryRecord:
    """What became of one delivery. Times are UTC; `row_dates` are the distinct
    dates of the accepted rows, where rows date themselves. `is_pull`: it was
    pulled from a system, and so speaks for the whole of its county. `mark`: how
    far the system was read then; a `delta` tells what changed since the mark
    `since`.

    `unit`: the school or unit that all rows are of; empty where they are of several.
    `held_with`: digest of the table for whose sake a whole pull or file is held.
    `outdated_by`: id of the delivery that came instead of one that was held.
    `released_because`, `released_as_of`: why a person released it, and the day that an
    undated one was given; who and when stands in the log of decisions."""

    delivery_id: str
    source: str
    table_name: str
    county_code: str | None
    digest: str
    outcome: str
    origin: str
    ordered_at: datetime
    arrived_at: datetime
    landed_digest: str | None = None
    as_of_date: date | None = None
    row_dates: tuple[date, ...] = ()
    encoding: str | None = None
    layout: str | None = None
    kind: str = "full"
    is_pull: bool = False
    since: str | None = None
    mark: str | None = None
    rule: str | None = None
    message_en: str | None = None
    message_zh: str | None = None
    rows_delivered: int | None = None
    rows_quarantined: int | None = None
    unit: str = ""
    held_with: str | None = None
    outdated_by: str | None = None
    released_because: str | None = None
    released_as_of: date | None = None

    @property
    def speaks_of(self) -> tuple[date, ...]:
        return self.row_dates or ((self.as_of_date,) if self.as_of_date else ())

    def says_the_same(self, other: DeliveryRecord) -> bool:
        """Equal but for the times of arrival."""
        return dataclasses.replace(self, ordered_at=other.ordered_at, arrived_at=other.arrived_at) == other

    def read_up_to(self, mark: str | None) -> DeliveryRecord:
        """The same, found once more by a pull that read its system up to `mark`."""
        return self if mark is None else dataclasses.replace(self, mark=mark)

    def is_purged_and_not_newer(self, modified_at: datetime | None) -> bool:
        """Whether this was purged, and who offers it again has not written it anew since."""
        moment = as_utc(modified_at)
        return self.outcome == PURGED and (moment is None or moment <= self.ordered_at)

    def to_json(self) -> dict:
        said = dataclasses.asdict(self)
        for name in ("ordered_at", "arrived_at"):
            said[name] = said[name].isoformat()
        for name in ("as_of_date", "released_as_of"):
            said[name] = said[name].isoformat() if said[name] else None
        said["row_dates"] = [day.isoformat() for day in self.row_dates]
        return said

    @classmethod
    def from_json(cls, said: dict) -> DeliveryRecord:
        said = dict(said)
        for name in ("ordered_at", "arrived_at"):
            said[name] = datetime.fromisoformat(said[name])
        for name in ("as_of_date", "released_as_of"):
            said[name] = date.fromisoformat(said[name]) if said.get(name) else None
        said["row_dates"] = tuple(date.fromisoformat(day) for day in said["row_dates"])
        # records of an earlier version do not say it; every file was read by a layout, no pull was
        said.setdefault("is_pull", said["outcome"] == LANDED and said["layout"] is None)
        return cls(**said)
