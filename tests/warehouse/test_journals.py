"""Which release a run continues, and what it is handed of it."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from warehouse import durable
from warehouse.journals import CONTINUED, continued_release, hand_over
from warehouse.layout import DECLARED
from warehouse.ledger_tables import PREVIOUS_HISTORY, PREVIOUS_LEDGER, PREVIOUS_QUARANTINE
from warehouse.release import next_release_id

OURS, THEIRS = "cn-2017-6", "another"
SCHEMAS = {"indicator_history": PREVIOUS_HISTORY, "rectification_ledger": PREVIOUS_LEDGER, "quarantine": PREVIOUS_QUARANTINE}


@pytest.fixture
def released(layout):
    """Put a release of one row a journal into place, as a publisher leaves it."""

    def make(release_id: str, rule_set: str = OURS, *, journals: bool = True):
        folder = layout.releases / release_id
        folder.mkdir()
        durable.write_json(folder / "manifest.json", {"release_id": release_id, "rule_set": rule_set})
        for table, schema in SCHEMAS.items() if journals else ():
            row = {"rule_set": rule_set, "county_code": release_id}
            pq.write_table(pa.Table.from_pylist([row], schema=schema), folder / f"{table}.parquet")
        return folder

    return make


@pytest.mark.parametrize(
    ("day", "rule_set", "continued"),
    [
        (date(2025, 8, 31), OURS, None),
        (date(2025, 9, 1), OURS, "20250901-002"),
        (date(2025, 9, 2), OURS, "20250901-002"),
        (date(2025, 10, 1), OURS, "20251001-1000"),
        (date(2026, 1, 1), OURS, "20251001-1000"),
        (date(2025, 9, 1), THEIRS, None),
        (date(2026, 1, 1), THEIRS, "20250915-001"),
        (date(2026, 1, 1), "nobody's", None),
    ],
)
def test_a_run_continues_the_newest_release_of_its_rule_set_and_of_no_later_day(layout, released, day, rule_set, continued):
    for release_id in ("20250901-001", "20250901-002", "20251001-999", "20251001-1000"):
        released(release_id)
    released("20250915-001", THEIRS)
    (layout.releases / f"{durable.UNFINISHED}20251101-001.part").mkdir()
    found = continued_release(layout, day, rule_set)
    assert (found and found.name) == continued


def test_the_journals_of_that_release_are_what_dbt_reads(layout, released):
    for release_id in ("20250901-001", "20250902-001"):
        hand_over(layout, released(release_id))
        for name in CONTINUED:
            assert pq.read_table(layout.previous_journal(name)).column("county_code").to_pylist() == [release_id]
            assert pq.read_table(layout.previous_journal(name).with_name(DECLARED)).num_rows == 0


def test_a_first_run_and_one_after_an_older_program_begin_with_empty_journals(layout, released):
    hand_over(layout, released("20250901-001"))
    for before in (None, released("20250902-001", journals=False)):
        hand_over(layout, before)
        for name in CONTINUED:
            assert [path.name for path in layout.previous_journal(name).parent.iterdir()] == [DECLARED]


def test_the_next_id_is_counted_by_day_and_past_a_thousand(layout, released):
    for release_id in ("20250901-001", "20250901-999", "20250901-1000"):
        released(release_id)
    assert next_release_id(layout, date(2025, 9, 1)) == "20250901-1001"
    assert next_release_id(layout, date(2025, 9, 2)) == "20250902-001"
