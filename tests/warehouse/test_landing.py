"""A delivery is written once, whole, whatever its pages and their order."""

import gc
import weakref
from datetime import date
from itertools import permutations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sources.declaration import Damage
from sources.refusal import Refusal, Unreachable
from warehouse import durable
from warehouse.batches import regrouped
from warehouse.canonical_rows import ContentDigest
from warehouse.landing import land
from warehouse.ledger import Ledger
from warehouse.settling import settle

CELL = st.one_of(st.none(), st.text(max_size=4))
ROWS = st.lists(st.tuples(st.sampled_from(["1", "2", "一"]), st.one_of(st.none(), st.integers(0, 3)), CELL), min_size=1, max_size=12)
SLOW_FIXTURES = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)


def digest_of(table, rows):
    return _digest(table, [pa.RecordBatch.from_pylist([dict(zip(["school_id", "note"], row, strict=True)) for row in rows],
                                                      schema=pa.schema([("school_id", pa.string()), ("note", pa.string())]))])  # fmt: skip


def _digest(table, batches):
    digest = ContentDigest(table)
    for batch in batches:
        digest.add(batch)
    return digest.hexdigest()


@SLOW_FIXTURES
@given(rows=ROWS, page=st.integers(1, 5), other_page=st.integers(1, 5), order=st.randoms())
def test_a_pull_is_the_same_delivery_in_any_order_and_page_size(layout, delivery, rows, page, other_page, order):
    shuffled = rows[:]
    order.shuffle(shuffled)
    first = land(delivery(rows, page=page), layout)
    second = land(delivery(shuffled, page=other_page), layout)
    assert first.delivery_id == second.delivery_id
    assert first.record.rows_delivered == len(rows)


@SLOW_FIXTURES
@given(rows=ROWS, other=ROWS)
def test_other_rows_are_another_delivery(layout, delivery, rows, other):
    def content(rows):
        return sorted(rows, key=repr)

    same = land(delivery(rows), layout).delivery_id == land(delivery(other), layout).delivery_id
    assert same == (content(rows) == content(other))


@pytest.mark.parametrize(
    ("rows", "other"),
    [
        ([("a", "b")], [("ab", "")]),
        ([("a", None)], [("a", "")]),
        ([("a", None)], [("a", "~")]),
        ([("1:a", "b")], [("1", "a:b")]),
        ([("a", "b"), ("c", "d")], [("a", "b;1:c"), ("", "d")]),
        ([("1:x,;", None)], [("1", "x,;")]),
        ([("1", "aaaaaaaa,1z")], [(",11aaaaaaaa", "z")]),  # without a mark between length and text
    ],
)
def test_no_two_contents_write_the_same_bytes(rows, other):
    from sources.declaration import TEXT, Column, Table

    table = Table("t", "t", "t", (Column("school_id", TEXT, "", ""), Column("note", TEXT, "", "")), ("school_id",))
    assert digest_of(table, rows) != digest_of(table, other)


def test_sliced_batches_digest_like_whole_ones(rooms, delivery):
    whole = next(regrouped(delivery([(str(i), i, f"n{i}") for i in range(9)]).rows, rooms.delivered_schema, 100))
    cut = [batch for start in (0, 4, 5) for batch in whole.slice(start, {0: 4, 4: 1, 5: 4}[start]).to_batches()]
    assert _digest(rooms, whole.combine_chunks().to_batches()) == _digest(rooms, cut)


def test_rows_of_a_pull_rest_in_key_order_with_their_origin(layout, delivery):
    pending = land(delivery([("b", 2, None), ("a", None, "x"), ("b", 1, "y")]), layout)
    landed = pq.read_table(pending.path)
    assert landed.schema.equals(pending.table.landed_schema)
    assert landed.select(["school_id", "room", "note"]).to_pylist() == [
        {"school_id": "a", "room": None, "note": "x"},
        {"school_id": "b", "room": 1, "note": "y"},
        {"school_id": "b", "room": 2, "note": None},
    ]
    assert landed["_position"].to_pylist() == [0, 1, 2]
    assert set(landed["_delivery"].to_pylist()) == {pending.delivery_id}
    assert set(landed["_as_of_date"].to_pylist()) == {date(2025, 9, 1)}
    assert set(landed["county_code"].to_pylist()) == {"410183"}
    assert pending.record.landed_digest == durable.sha256_of(pending.path)


def test_rows_of_a_file_keep_their_place(layout, delivery):
    pending = land(delivery([("b", 2, None), ("a", 1, "x")], digest="0" * 64), layout)
    assert pq.read_table(pending.path)["school_id"].to_pylist() == ["b", "a"]


def test_damages_follow_their_rows(layout, delivery):
    rows = [("c", 3, None), ("a", 1, None), ("b", 2, None)]
    for order in permutations(range(3)):
        shuffled = [rows[place] for place in order]
        where = shuffled.index(rows[0])
        pending = land(delivery(shuffled, damages=[Damage(where, "note", "error_cell")]), layout)
        assert pq.read_table(pending.path)["school_id"].to_pylist()[pending.damages[0].position] == "c"


def test_landing_the_same_again_changes_nothing(layout, delivery, accepted):
    rows = [("a", 1, None), ("b", 2, "x")]
    record = settle(land(delivery(rows), layout), accepted(), layout)
    before = {path: path.read_bytes() for path in layout.home.rglob("*") if path.is_file()}
    again = land(delivery(rows[::-1], page=1), layout)
    assert (again.state, again.record, again.path) == ("known", record, None)
    assert {path: path.read_bytes() for path in layout.home.rglob("*") if path.is_file()} == before


def test_a_known_file_is_not_read(layout, delivery, accepted):
    settle(land(delivery([("a", 1, None)], digest="1" * 64), layout), accepted(), layout)
    again = delivery([("a", 1, None)], digest="1" * 64)
    again.rows = iter(lambda: pytest.fail("the rows of a known file were read"), None)
    assert land(again, layout).state == "known"


def test_a_raw_file_that_is_gone_is_landed_again(layout, delivery, accepted):
    record = settle(land(delivery([("a", 1, None)]), layout), accepted(), layout)
    layout.raw_file("assets", "rooms", record.delivery_id).unlink()
    assert land(delivery([("a", 1, None)]), layout).state == "pending"


def test_county_table_and_day_are_part_of_the_identity(layout, delivery):
    rows = [("a", 1, None)]
    ids = {
        land(delivery(rows, digest="2" * 64, **more), layout).delivery_id
        for more in ({}, {"county": "410184"}, {"as_of_date": date(2024, 9, 1)})
    }
    assert len(ids) == 3


def test_an_undated_delivery_is_held_and_a_dated_one_follows(layout, delivery, accepted):
    held = land(delivery([("a", 1, None)], digest="3" * 64, as_of_date=None), layout)
    assert (held.state, held.record.outcome, held.record.rule) == ("held", "held", "undated")
    assert not list(layout.pending.iterdir())
    settle(land(delivery([("a", 1, None)], digest="3" * 64), layout), accepted(), layout)
    assert [record.outcome for record in Ledger(layout).records()] == ["landed"]


def test_rows_may_date_themselves(layout, delivery):
    days = [date(2024, 9, 1), date(2025, 9, 1), None, date(2024, 9, 1)]
    pending = land(delivery([(str(i), i, None, day) for i, day in enumerate(days)], as_of_date=None, row_date="seen_on", digest="4" * 64), layout)
    assert pq.read_table(pending.path)["_as_of_date"].to_pylist() == days
    assert pending.record.row_dates == (date(2024, 9, 1), date(2025, 9, 1))


@pytest.mark.parametrize(
    ("rows", "damaged", "refused"),
    [(100, 9, False), (100, 10, True), (1000, 10, False), (1001, 11, True), (1100, 11, False)],
    ids=["under ten rows", "ten of a hundred", "exactly one percent", "above one percent", "exactly one percent of more"],
)
def test_more_than_one_percent_of_damaged_identities_refuses(layout, delivery, rows, damaged, refused):
    damages = [Damage(place, "school_id", "damaged_id") for place in range(damaged)]
    arriving = delivery([(str(i), i, None) for i in range(rows)], page=50, digest="5" * 64, damages=damages)
    if not refused:
        assert land(arriving, layout).state == "pending"
        return
    with pytest.raises(Refusal) as refusal:
        land(arriving, layout)
    assert refusal.value.rule == "damaged_identities"
    assert [(r.outcome, r.rule) for r in Ledger(layout).records()] == [("refused", "damaged_identities")]
    assert not list(layout.pending.iterdir())


def test_damaged_notes_refuse_nothing(layout, delivery):
    damages = [Damage(place, "note", "error_cell") for place in range(50)]
    assert land(delivery([(str(i), i, None) for i in range(50)], digest="6" * 64, damages=damages), layout).state == "pending"


@pytest.mark.parametrize("digest", [None, "7" * 64], ids=["pull", "file"])
@pytest.mark.parametrize("problem", [Refusal("truncated", file="f", expected="rows", found="an end", do_en="Send again.", do_zh="重发。"),
                                     Unreachable("assets", "gone", "断开")], ids=["refused", "unreachable"])  # fmt: skip
def test_a_reader_that_breaks_midway_leaves_no_rows(layout, delivery, digest, problem):
    arriving = delivery([("a", 1, None)], digest=digest)

    def breaking(rows):
        yield from rows
        raise problem

    arriving.rows = breaking(arriving.rows)
    with pytest.raises(type(problem)):
        land(arriving, layout)
    assert not list(layout.pending.iterdir())
    assert [r.rule for r in Ledger(layout).records()] == (["truncated"] if isinstance(problem, Refusal) else [])


@pytest.mark.parametrize("digest", [None, "8" * 64], ids=["pull", "file"])
def test_memory_does_not_grow_with_the_source(layout, rooms, delivery, digest):
    """Of 300 pages no more than a few are ever alive together."""
    alive, most = set(), 0

    def pages():
        nonlocal most
        for page in range(300):
            rows = [(f"{page:05}", i, "x" * 50) for i in range(1000)]
            batch = next(delivery(rows, page=1000).rows)
            alive.add(page)
            weakref.finalize(batch, alive.discard, page)
            most = max(most, len(alive))
            yield batch
            del batch
            gc.collect(0)

    arriving = delivery([], digest=digest)
    arriving.rows = pages()
    assert land(arriving, layout).record.rows_delivered == 300_000
    assert most < 80
