"""The balance: every row that was delivered is accounted for.

Here: comparing, table by table, what the ledger says was delivered with what the
candidate says became of it.
Not here: what became of a row (dbt_project/) and what follows when the sums differ (pipelines/).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from warehouse.delivery_record import REFUSED
from warehouse.ledger import Ledger

FATES = ("rows_accepted", "rows_quarantined", "rows_superseded", "rows_held")
MISSING = "missing"


@dataclass(frozen=True)
class Balance:
    """Rows of one table of a source over all deliveries; refused ones stand outside.

    `delivered` is the ledger's word, the rest the candidate's; `deliveries` are how many the
    ledger knows, `told` how many the candidate tells of.
    """

    delivered: int
    deliveries: int
    told: int
    accepted: int
    quarantined: int
    superseded: int
    held: int

    @property
    def holds(self) -> bool:
        return self.deliveries == self.told and self.delivered == self.accepted + self.quarantined + self.superseded + self.held

    @property
    def sentence(self) -> str:
        return (
            f"{self.delivered} delivered in {self.deliveries} deliveries = {self.accepted} accepted + {self.quarantined} quarantined "
            f"+ {self.superseded} superseded + {self.held} held in {self.told}"
        )


def balances(candidate: Path, ledger: Ledger, tables: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Balance]:
    """The balance of every (source, table); one of zeros where nothing was ever delivered."""
    delivered: dict[tuple[str, str], list[int]] = defaultdict(list)
    for record in ledger.records():
        if record.outcome != REFUSED:
            delivered[record.source, record.table_name].append(record.rows_delivered or 0)
    told: dict[tuple[str, str], list[dict]] = defaultdict(list)
    for row in pq.ParquetFile(candidate / "delivery.parquet").read(["source", "table_name", "status", *FATES]).to_pylist():
        if row["status"] not in (REFUSED, MISSING):
            told[row["source"], row["table_name"]].append(row)
    return {
        table: Balance(
            sum(delivered[table]), len(delivered[table]), len(told[table]), *(sum(row[fate] for row in told[table]) for fate in FATES)
        )
        for table in tables
    }
