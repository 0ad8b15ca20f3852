"""What a system told: landed deltas, the chain that goes on, and the proof by a full pull."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime, timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sources.declaration import Source
from warehouse import landing, ledger
from warehouse.chains import Progress, chain_of
from warehouse.landing import land
from warehouse.ledger import Ledger
from warehouse.proof import Difference, difference
from warehouse.settling import settle

DAY = date(2025, 9, 1)


@pytest.fixture
def pull(layout, delivery, accepted):
    """Land and settle a pull of rows (school, room, note); a delta where `gone` or `since` is given."""

    def make(rows=(), *, gone=(), since=None, mark="m1", day=DAY):
        made = delivery([*rows, *((*key, None) for key in gone)], as_of_date=day)
        made.mark = mark
        if since is not None:
            made.kind, made.since = "delta", since
            whole = pa.Table.from_batches(made.rows, made.table.delivered_schema)
            is_deleted = pa.array([False] * len(rows) + [True] * len(gone), pa.bool_())
            made.rows = iter(whole.append_column("_is_deleted", is_deleted).to_batches(max_chunksize=2))
        pending = land(made, layout)
        return settle(pending, accepted(), layout), pending

    return make


def test_a_delta_rests_with_its_tombstones_and_its_marks(pull, layout, rooms):
    record, _ = pull([("1", 1, "a")], gone=[("2", 2)], since="m1", mark="m2")
    landed = pq.read_table(layout.raw_file("assets", "rooms", record.delivery_id))
    assert landed.schema.equals(rooms.landed_as("delta"))
    assert [(row["school_id"], row["_is_deleted"]) for row in landed.to_pylist()] == [("1", False), ("2", True)]
    assert (record.kind, record.since, record.mark) == ("delta", "m1", "m2")
    assert Ledger(layout).get("assets", "rooms", record.delivery_id) == record


def test_the_same_rows_whole_and_as_changes_are_two_deliveries(pull):
    assert pull([("1", 1, "a")])[0].delivery_id != pull([("1", 1, "a")], since="m1", mark="m2")[0].delivery_id


def test_a_change_and_its_going_are_two_deliveries(pull):
    there = pull([("1", 1, None)], since="m1", mark="m2")[0]
    assert pull([], gone=[("1", 1)], since="m1", mark="m2")[0].delivery_id != there.delivery_id


def test_a_change_made_back_and_made_again_is_told_each_time(pull):
    ids = [pull([("1", 1, note)], since=since, mark=mark)[0].delivery_id for note, since, mark in (("a", "m1", "m2"), ("b", "m2", "m3"), ("a", "m3", "m4"))]
    assert len(set(ids)) == 3


def test_nothing_new_on_the_same_day_is_known_and_moves_the_mark(pull, layout):
    first, _ = pull([("1", 1, "a")])
    again, pending = pull([], since="m1", mark="m1")
    assert pending.state == "known" and again == first
    moved, _ = pull([], since="m1", mark="m2")
    assert moved == dataclasses.replace(first, mark="m2") and len(Ledger(layout).records()) == 1


def test_nothing_new_on_a_later_day_is_news(pull):
    first, _ = pull([("1", 1, "a")])
    later, pending = pull([], since="m1", mark="m1", day=DAY + timedelta(days=1))
    assert pending.state == "pending" and later.delivery_id != first.delivery_id and later.rows_delivered == 0


def test_a_clock_that_goes_backwards_does_not_turn_the_order(pull, monkeypatch):
    clock = [datetime(2025, 9, 1, 12)]
    monkeypatch.setattr(landing, "utc_now", lambda: clock[-1])
    monkeypatch.setattr(ledger, "utc_now", lambda: clock[-1])
    first = pull([("1", 1, "a")])[0]
    clock.append(datetime(2025, 9, 1, 9))
    second = pull([("1", 1, "b")], since="m1", mark="m2")[0]
    assert second.ordered_at > first.ordered_at and second.arrived_at < first.arrived_at


# --- the chain -------------------------------------------------------------------


def progress(layout, rooms) -> Progress:
    return Progress.of(Source("assets", "资产", "assets", "service", (rooms,), lambda: None), layout, Ledger(layout))


def test_a_full_pull_and_what_followed_are_a_chain(pull, layout, rooms):
    pull([("9", 9, "z")], mark="m0", day=DAY - timedelta(days=9))
    full = pull([("1", 1, "a")], mark="m1")[0]
    deltas = [pull([("1", 1, "b")], since="m1", mark="m2", day=DAY + timedelta(days=1))[0], pull([], gone=[("1", 1)], since="m2", mark="m3", day=DAY + timedelta(days=2))[0]]
    found = progress(layout, rooms)
    assert found.chains["rooms"].records == (full, *deltas)
    assert found.marks == {"rooms": "m3"}
    assert found.full_from(7) == DAY + timedelta(days=7)


def test_without_a_pull_there_is_no_mark(layout, rooms):
    assert progress(layout, rooms).marks == {} and progress(layout, rooms).full_from(7) is None
    assert chain_of([]) is None


@pytest.mark.parametrize("lost", ["record", "rows"])
def test_a_chain_with_a_gap_is_not_carried_on(pull, layout, rooms, lost):
    """A delta that is lost would be missed for good: the system is read whole instead."""
    pull([("1", 1, "a")], mark="m1")
    middle = pull([("2", 2, "b")], since="m1", mark="m2", day=DAY + timedelta(days=1))[0]
    pull([("3", 3, "c")], since="m2", mark="m3", day=DAY + timedelta(days=2))
    assert progress(layout, rooms).marks == {"rooms": "m3"}
    path = layout.ledger_record if lost == "record" else layout.raw_file
    path("assets", "rooms", middle.delivery_id).unlink()
    assert progress(layout, rooms).marks == {}


def test_deltas_alone_are_no_chain(pull, layout, rooms):
    pull([("1", 1, "a")], since="m1", mark="m2")
    assert progress(layout, rooms).marks == {}


def test_a_system_without_marks_has_none(pull, layout, rooms):
    pull([("1", 1, "a")], mark=None)
    assert progress(layout, rooms).marks == {}


# --- the proof -------------------------------------------------------------------


def written(folder, name, table, rows, kind="full"):
    """Landed Parquet of (school, room) -> note; None is a tombstone of a delta."""
    columns = [
        {"county_code": "410183", "school_id": school, "room": room, "note": note, **({"_is_deleted": note is None} if kind == "delta" else {})}
        for (school, room), note in rows.items()
    ]
    path = folder / f"{name}.parquet"
    pq.write_table(pa.Table.from_pylist(columns, schema=table.landed_as(kind)), path)
    return path


def compared(folder, table, base, deltas, full):
    told = [written(folder, "base", table, base), *(written(folder, f"delta{n}", table, rows, "delta") for n, rows in enumerate(deltas))]
    return difference(table, told, written(folder, "full", table, full), folder)


BASE = {("1", 1): "a", ("1", 2): "b", ("2", 1): "c"}


def test_a_full_pull_proves_what_was_told(tmp_path, rooms):
    full = {("1", 1): "new", ("2", 1): "c", ("3", 1): "d"}
    assert not compared(tmp_path, rooms, BASE, [{("1", 1): "old", ("1", 2): None}, {("1", 1): "new", ("3", 1): "d"}], full)


@pytest.mark.parametrize(
    ("full", "said"),
    [
        (BASE | {("9", 9): "untold"}, Difference(1, 0, 0)),
        ({("1", 1): "a", ("2", 1): "c"}, Difference(0, 1, 0)),
        (BASE | {("1", 1): "otherwise"}, Difference(0, 0, 1)),
        ({}, Difference(0, 3, 0)),
    ],
)
def test_what_was_not_told_is_counted(tmp_path, rooms, full, said):
    assert compared(tmp_path, rooms, BASE, [], full) == said
    assert compared(tmp_path, rooms, BASE, [{}], full) == said


CONTENT = st.dictionaries(st.tuples(st.sampled_from("12"), st.integers(1, 3)), st.sampled_from("xy"), max_size=5)
CHANGES = st.dictionaries(st.tuples(st.sampled_from("12"), st.integers(1, 3)), st.one_of(st.none(), st.sampled_from("xy")), max_size=4)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(base=CONTENT, deltas=st.lists(CHANGES, max_size=3), full=CONTENT)
def test_the_proof_counts_as_a_dict_does(tmp_path_factory, rooms, base, deltas, full):
    state = dict(base)
    for changes in deltas:
        state |= changes
    told = {key: note for key, note in state.items() if note is not None}
    changed = sum(1 for key in told.keys() & full.keys() if told[key] != full[key])
    expected = Difference(len(full.keys() - told.keys()), len(told.keys() - full.keys()), changed)
    assert compared(tmp_path_factory.mktemp("proof"), rooms, base, deltas, full) == expected
