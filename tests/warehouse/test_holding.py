"""What is held: kept as it was, released as one, given up for what came after; and what came before a delivery."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime

import pyarrow.parquet as pq
import pytest

from sources.declaration import Source
from sources.refusal import Refusal
from warehouse import durable
from warehouse.holding import has_copy, is_waiting, release, released_together
from warehouse.landing import land
from warehouse.ledger import Ledger
from warehouse.predecessor import predecessor_of, series_of
from warehouse.settling import clear_unfinished, settle, take_up_released

DAY = date(2025, 9, 1)
ROW = [("a", 1, None)]


@pytest.fixture
def source(rooms) -> Source:
    return Source("assets", "资产", "assets", "files", (rooms,), lambda: None)


def hold(layout, delivery, accepted, rows=ROW, **more):
    return settle(land(delivery(rows, **more), layout), accepted("held", rule="count_far", message_en="so", message_zh="因此"), layout)


def test_a_held_delivery_is_kept_where_nobody_reads_and_taken_up_as_it_was(layout, delivery, accepted, source):
    record = hold(layout, delivery, accepted)
    copy = layout.held_file("assets", "rooms", record.delivery_id)
    assert durable.sha256_of(copy) == record.landed_digest and is_waiting(record)
    assert take_up_released(source, layout) == []
    release([record], Ledger(layout), because="a letter")
    (taken,) = take_up_released(source, layout)
    assert (taken.outcome, taken.rule, taken.released_because) == ("landed", None, "a letter")
    assert pq.read_table(layout.raw_file("assets", "rooms", taken.delivery_id)).num_rows == 1
    assert not list(layout.held.iterdir()) and take_up_released(source, layout) == []
    assert land(delivery(ROW), layout).state == "known"


@pytest.mark.parametrize("spoil", [lambda copy: copy.unlink(), lambda copy: copy.write_bytes(copy.read_bytes() + b" ")])
def test_a_copy_that_is_gone_or_altered_is_not_used(layout, delivery, accepted, source, spoil):
    record = hold(layout, delivery, accepted)
    release([record], Ledger(layout), because="a letter")
    spoil(layout.held_file("assets", "rooms", record.delivery_id))
    assert take_up_released(source, layout) == []
    (said,) = Ledger(layout).records()
    assert is_waiting(said), "it waits again, and what its sender says next is judged anew"


def test_nothing_held_is_cleared_while_it_waits_and_orphans_are(layout, delivery, accepted):
    record = hold(layout, delivery, accepted)
    orphan = layout.held_file("assets", "rooms", "0" * 32)
    orphan.write_bytes(b"of a run that died before it wrote the record")
    assert clear_unfinished(layout) == [orphan]
    assert has_copy(record, layout)


def test_a_later_delivery_of_the_same_way_in_gives_up_the_held_one(layout, delivery, accepted):
    first = hold(layout, delivery, accepted)
    second = hold(layout, delivery, accepted, [("a", 1, "again")])
    other = hold(layout, delivery, accepted, digest="9" * 64, origin="assets/another.csv", modified_at=datetime(2030, 1, 1, tzinfo=UTC))
    settle(land(delivery([("a", 1, "good")]), layout), accepted(), layout)
    said = {record.delivery_id: record for record in Ledger(layout).find(outcome="held")}
    assert said[first.delivery_id].outdated_by == second.delivery_id
    assert said[second.delivery_id].outdated_by is not None and not has_copy(second, layout)
    assert is_waiting(said[other.delivery_id]) and has_copy(other, layout), "a file is not outdated by a pull"


def test_tables_that_wait_together_are_released_together(layout, delivery, accepted):
    cause = hold(layout, delivery, accepted)
    sibling = dataclasses.replace(cause, delivery_id="1" * 32, digest="1" * 64, held_with=cause.digest)
    stranger = dataclasses.replace(cause, delivery_id="2" * 32, digest="2" * 64)
    for start in (cause, sibling):
        found = released_together(start, [cause, sibling, stranger])
        assert {record.delivery_id for record in found} == {cause.delivery_id, sibling.delivery_id}


def test_an_undated_delivery_lands_under_the_day_that_a_person_gave_it(layout, delivery, accepted):
    undated = {"as_of_date": None, "digest": "3" * 64}
    held = land(delivery(ROW, **undated), layout)
    assert (held.state, held.record.rule) == ("held", "undated")
    release([held.record], Ledger(layout), because="said on the telephone", as_of=DAY)
    again = land(delivery(ROW, **undated), layout)
    assert again.state == "pending"
    record = settle(again, accepted(), layout)
    assert (record.as_of_date, record.released_because) == (DAY, "said on the telephone")
    assert [r.outcome for r in Ledger(layout).records()] == ["landed"]
    assert land(delivery(ROW, **undated), layout).state == "known", "under any name, as long as the content is the same"


@pytest.mark.parametrize(
    ("origin", "series"),
    [
        ("asset_register/资产卡片_模拟数据_2025-08-31.csv", "asset_register/资产卡片_模拟数据.csv"),
        ("asset_register/教室清单.xlsx", "asset_register/教室清单.xlsx"),
        ("asset_register/教室清单_2025-09-30.xlsx", "asset_register/教室清单.xlsx"),
        ("finance_budget/410183/部门预算表_2025年.xlsx", "finance_budget/410183/部门预算表.xlsx"),
        ("a/安置名单_202508_2.xlsx", "a/安置名单_2.xlsx"),
        ("a/2141000001.xlsx", "a/2141000001.xlsx"),
        ("a/2021000001_20250901.csv", "a/2021000001.csv"),
        ("a/2025-09/工资.xlsx", "a/工资.xlsx"),
    ],
)
def test_a_series_is_a_name_without_its_dates(origin, series):
    assert series_of(origin).replace("//", "/") == series


def test_what_came_before(layout, delivery, accepted, rooms):
    def landed(day: date, note: str):
        return settle(land(delivery([("a", 1, note)], as_of_date=day), layout), accepted(), layout)

    ledger = Ledger(layout)
    first = land(delivery([("a", 1, "first")], as_of_date=DAY), layout)
    assert first.before is None
    old, new = landed(date(2025, 8, 1), "old"), landed(date(2025, 9, 1), "new")
    late = land(delivery([("a", 1, "late")], as_of_date=date(2025, 8, 15)), layout)
    assert late.before.path == layout.raw_file("assets", "rooms", old.delivery_id), "a late delivery is compared with its own time"
    assert late.before.is_replaced_whole and late.before.rows == 1
    newest = land(delivery([("a", 1, "newest")], as_of_date=date(2025, 10, 1)), layout)
    assert newest.before.path == layout.raw_file("assets", "rooms", new.delivery_id)
    other_county = land(delivery([("a", 1, "x")], as_of_date=date(2025, 10, 1), county="410184"), layout)
    assert other_county.before is None
    delta = dataclasses.replace(newest.record, kind="delta")
    assert predecessor_of(delta, rooms, ledger, layout) is None


def test_a_file_of_a_scope_follows_its_series_and_replaces_whole_only_itself(layout, delivery, accepted, rooms):
    by_school = dataclasses.replace(rooms, scope=("school_id",))

    def pending(origin: str, digest: str, day: date = DAY):
        made = delivery(ROW, origin=origin, digest=digest * 64, as_of_date=day)
        made.table = by_school
        return land(made, layout)

    settle(pending("assets/rooms_2025-08-31.csv", "1"), accepted(), layout)
    following = pending("assets/rooms_2025-09-30.csv", "2", date(2025, 9, 30))
    assert following.before is not None and not following.before.is_replaced_whole
    corrected = pending("assets/rooms_2025-08-31.csv", "3")
    assert corrected.before.is_replaced_whole
    assert pending("assets/another.csv", "4").before is None


def test_a_refused_delivery_waits_for_nobody(layout):
    refusal = Refusal("password_protected", file="f", expected="a", found="b", do_en="c", do_zh="d")
    assert not is_waiting(Ledger(layout).record_refused(refusal, source="assets", origin="f", digest="1" * 64))
