"""What follows from a judgement, and what a crash in between leaves: nothing half-used."""

import dataclasses
from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sources.refusal import Refusal
from warehouse import durable
from warehouse.landing import land
from warehouse.ledger import Ledger
from warehouse.ledger_tables import QUARANTINED_ROWS
from warehouse.settling import clear_unfinished, settle, settle_together


def stopped(*positions):
    rows = [{name: None for name in QUARANTINED_ROWS.names} | {"position": place, "rule": "bad"} for place in positions]
    return pa.Table.from_pylist(rows, schema=QUARANTINED_ROWS)


def test_an_accepted_delivery_rests_in_raw_whole(layout, delivery, accepted):
    pending = land(delivery([("a", 1, None), ("b", 2, None)]), layout)
    record = settle(pending, accepted(quarantined=stopped(1, 1)), layout)
    raw = layout.raw_file("assets", "rooms", record.delivery_id)
    assert (record.outcome, record.rows_delivered, record.rows_quarantined) == ("landed", 2, 1)
    assert durable.sha256_of(raw) == record.landed_digest
    assert pq.read_table(raw).num_rows == 2, "stopped rows stay in raw; staging leaves them out"
    assert pq.read_table(layout.quarantined_file("assets", "rooms", record.delivery_id)).num_rows == 2
    assert not pending.path.exists()
    assert Ledger(layout).altered("assets", "rooms") == []


@pytest.mark.parametrize("outcome", ["held", "refused"])
def test_a_stopped_delivery_leaves_its_reason_and_no_rows(layout, delivery, accepted, outcome):
    pending = land(delivery([("a", 1, None)]), layout)
    record = settle(pending, accepted(outcome, rule="why", message_en="so", message_zh="因此"), layout)
    assert Ledger(layout).records() == [record]
    assert (record.outcome, record.rule, record.message_en, record.message_zh) == (outcome, "why", "so", "因此")
    assert not list(layout.raw_folder("assets", "rooms").glob("[0-9a-f]*"))
    assert not list(layout.pending.iterdir())


@pytest.mark.parametrize("outcome", ["held", "refused"])
def test_a_stopped_delivery_may_be_read_again(layout, delivery, accepted, outcome):
    settle(land(delivery([("a", 1, None)], digest="1" * 64), layout), accepted(outcome, rule="why"), layout)
    again = land(delivery([("a", 1, None)], digest="1" * 64), layout)
    assert again.state == "pending"
    settle(again, accepted(), layout)
    assert [record.outcome for record in Ledger(layout).records()] == ["landed"]


def test_a_file_refused_before_its_table_was_known_is_forgotten_once_landed(layout, delivery, accepted):
    ledger = Ledger(layout)
    refusal = Refusal("unknown_column", file="f", expected="a", found="b", do_en="Map it.", do_zh="请配置。")
    first = ledger.record_refused(refusal, source="assets", origin="f", digest="1" * 64)
    assert ledger.record_refused(refusal, source="assets", origin="f", digest="1" * 64) == first
    settle(land(delivery([("a", 1, None)], digest="1" * 64), layout), accepted(), layout)
    assert [(record.outcome, record.table_name) for record in ledger.records()] == [("landed", "rooms")]


def test_a_gate_answers_in_three_words(layout, delivery, accepted):
    with pytest.raises(ValueError, match="landed, held or refused"):
        settle(land(delivery([("a", 1, None)]), layout), accepted("perhaps"), layout)


def test_the_date_of_a_stopped_row_is_nobodys_as_of_date(layout, delivery, accepted):
    days = [date(2024, 9, 1), date(2025, 9, 1)]
    pending = land(delivery([(str(i), i, None, day) for i, day in enumerate(days)], as_of_date=None, row_date="seen_on"), layout)
    record = settle(pending, accepted(quarantined=stopped(1)), layout)
    assert record.row_dates == (date(2024, 9, 1),)
    assert Ledger(layout).newest_as_of(date(2026, 1, 1)) == date(2024, 9, 1)


@pytest.mark.parametrize("step", ["quarantined rows written", "decided", "moved into place", "recorded"])
def test_a_killed_settlement_is_done_whole_or_not_at_all(layout, killed_after, step):
    """Three tables of one file: once it is decided the next start finishes all of them, before that none."""
    killed_after("settle", layout, step)
    decided = step != "quarantined rows written"
    clear_unfinished(layout)
    ledger = Ledger(layout)
    assert [record.table_name for record in ledger.records()] == (["asset_cards", "buildings", "rooms"] if decided else [])
    assert not list(layout.pending.iterdir())
    kept = [*layout.raw.glob("asset_register/*/[0-9a-f]*"), *layout.quarantined_folder.glob("asset*")]
    assert len(kept) == (6 if decided else 0)
    assert clear_unfinished(layout) == []
    assert all(ledger.is_whole(record) for record in ledger.records())


def test_what_lies_in_raw_is_never_cleared(layout, delivery, accepted):
    """A ledger that is lost must not take the rows with it."""
    record = settle(land(delivery([("a", 1, None)]), layout), accepted(quarantined=stopped(0)), layout)
    layout.ledger_record("assets", "rooms", record.delivery_id).unlink()
    assert clear_unfinished(layout) == []
    assert layout.raw_file("assets", "rooms", record.delivery_id).exists()
    assert layout.quarantined_file("assets", "rooms", record.delivery_id).exists()


def test_content_that_is_offered_again_takes_its_place_with_the_others_of_its_pull(layout, delivery, accepted):
    first = settle(land(delivery([("a", 1, "A")]), layout), accepted(), layout)
    settle(land(delivery([("a", 1, "B")]), layout), accepted(), layout)
    known = land(delivery([("a", 1, "A")]), layout)
    assert known.state == "known" and known.record.ordered_at > first.ordered_at
    assert first in Ledger(layout).records(), "landing alone decides nothing"
    settle_together([], layout, again=[known.record])
    assert known.record in Ledger(layout).records()


def test_clearing_keeps_what_is_landed_and_declared(layout, delivery, accepted):
    settle(land(delivery([("a", 1, None)]), layout), accepted(quarantined=stopped(0)), layout)
    Ledger(layout).write_snapshot()
    before = sorted(path for path in layout.raw.rglob("*") if path.is_file())
    assert clear_unfinished(layout) == []
    assert sorted(path for path in layout.raw.rglob("*") if path.is_file()) == before


def test_tampered_raw_is_noticed(layout, delivery, accepted):
    record = settle(land(delivery([("a", 1, None)]), layout), accepted(), layout)
    raw = layout.raw_file("assets", "rooms", record.delivery_id)
    raw.write_bytes(raw.read_bytes() + b" ")
    assert Ledger(layout).altered("assets", "rooms") == [record]
    raw.unlink()
    assert Ledger(layout).altered("assets", "rooms") == [record]


def test_a_record_survives_its_json(layout, delivery, accepted):
    record = settle(land(delivery([("a", 1, None, date(2025, 1, 1))], as_of_date=None, row_date="seen_on"), layout), accepted(), layout)
    assert Ledger(layout).records() == [record]
    assert type(record).from_json(record.to_json()) == record
    assert dataclasses.asdict(record)["row_dates"] == (date(2025, 1, 1),)
