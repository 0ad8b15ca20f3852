"""Rows past their period go before their records, and a kill at any step is finished by the next start."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from warehouse import purging
from warehouse.delivery_record import HELD, LANDED, PURGED
from warehouse.landing import land
from warehouse.ledger import Ledger
from warehouse.settling import clear_unfinished, settle

WRITTEN = datetime(2025, 9, 2, tzinfo=UTC)
FILES = [("1" * 64, "assets/a.csv"), ("2" * 64, "assets/b.csv")]


@pytest.fixture
def lands(layout, delivery, accepted):
    """Land a file of two rows and settle it."""

    def run(digest: str, origin: str, *, modified_at: datetime = WRITTEN, outcome: str = "landed"):
        pending = land(delivery([("2141000001", 1, "a"), ("2141000001", 2, "b")], digest=digest, origin=origin, modified_at=modified_at), layout)
        return settle(pending, accepted(outcome), layout) if pending.state == "pending" else pending.record

    return run


def outcomes(layout) -> set[str]:
    return {record.outcome for record in Ledger(layout).records()}


def rows_left(layout) -> list[str]:
    folders = (layout.raw_folder("assets", "rooms"), layout.quarantined_folder, layout.held)
    return [path.name for folder in folders for path in folder.glob("*.parquet") if not path.name.startswith("_")]


def test_rows_go_and_the_record_stays_without_them(layout, lands):
    record = lands(*FILES[0])
    purging.purge(layout, [record])
    (purged,) = Ledger(layout).records()
    assert rows_left(layout) == [] and not layout.purging.exists()
    assert (purged.outcome, purged.rule, purged.rows_delivered, purged.landed_digest) == (PURGED, "past_its_period", 2, None)
    assert "removed" in purged.message_en and "已清除" in purged.message_zh


def test_a_held_copy_goes_too(layout, lands):
    record = lands(*FILES[0], outcome="held")
    assert record.outcome == HELD and len(rows_left(layout)) == 2
    purging.purge(layout, [record])
    assert rows_left(layout) == [] and outcomes(layout) == {PURGED}


def test_the_same_file_still_in_the_inbox_is_no_news_and_written_anew_it_is(layout, lands):
    purging.purge(layout, [lands(*FILES[0])])
    assert lands(*FILES[0]).outcome == PURGED and rows_left(layout) == []
    assert lands(*FILES[0], modified_at=WRITTEN + timedelta(days=1)).outcome == LANDED
    assert len(rows_left(layout)) == 1 and outcomes(layout) == {LANDED}


@pytest.mark.parametrize("step", ["written down", "rows removed", "recorded"])
def test_a_kill_is_finished_by_the_next_start(layout, lands, killed_after, step):
    for file in FILES:
        lands(*file)
    killed_after("purge", layout, step)
    assert layout.purging.exists()
    purging.finish(layout)
    clear_unfinished(layout)
    assert rows_left(layout) == [] and outcomes(layout) == {PURGED} and not layout.purging.exists()
    purging.finish(layout)


def test_rows_are_never_there_without_their_record(layout, lands, killed_after):
    """A raw file carries its record: found without one, it would be taken for a record that was lost."""
    lands(*FILES[0])
    killed_after("purge", layout, "rows removed")
    assert rows_left(layout) == [] and outcomes(layout) == {LANDED}


def test_without_a_release_of_an_earlier_day_nothing_is_past_its_period(layout, lands):
    lands(*FILES[0])
    assert purging.past_period(layout, datetime(2030, 1, 1).date()) == []
