"""Every delivered row is accounted for, table by table; one row less or more is found."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from warehouse.balance import FATES, balances
from warehouse.landing import land
from warehouse.ledger import Ledger
from warehouse.settling import settle

ROOMS, OTHER = ("assets", "rooms"), ("assets", "other")


@pytest.fixture
def account(layout, delivery, accepted, tmp_path):
    """Five rows landed, two held, one refused; the candidate tells what the test says."""
    settle(land(delivery([(str(n), n, None) for n in range(5)]), layout), accepted(), layout)
    settle(land(delivery([(str(n), n, "h") for n in range(2)]), layout), accepted("held", rule="r"), layout)
    settle(land(delivery([("x", 1, "r")]), layout), accepted("refused", rule="r"), layout)

    def ask(*told: tuple):
        rows = [dict(zip(("source", "table_name", "status", *FATES), (*ROOMS, *row), strict=True)) for row in told]
        pq.write_table(pa.Table.from_pylist(rows), tmp_path / "delivery.parquet")
        return balances(tmp_path, Ledger(layout), [ROOMS, OTHER])

    return ask


HELD, REFUSED, MISSING = ("held", 0, 0, 0, 2), ("refused", 0, 0, 0, 0), ("missing", 0, 0, 0, 0)


def test_all_rows_are_accounted_for(account):
    found = account(("in_use", 3, 1, 1, 0), HELD, REFUSED, MISSING)
    assert found[ROOMS].holds and found[ROOMS].delivered == 7
    assert found[OTHER].holds and found[OTHER].delivered == 0


@pytest.mark.parametrize("told", [[("in_use", 3, 1, 0, 0), HELD], [("in_use", 4, 1, 1, 0), HELD], [("in_use", 3, 1, 1, 0)], [("in_use", 5, 1, 1, 0)]])
def test_a_row_lost_or_doubled_and_a_delivery_untold_are_found(account, told):
    found = account(*told)[ROOMS]
    assert not found.holds
    assert "7 delivered in 2" in found.sentence
