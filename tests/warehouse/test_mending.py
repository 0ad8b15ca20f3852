"""What is damaged in ledger and raw: written again where it can be, told where not, given up on request."""

import json
from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sources.declaration import Delivery
from sources.register import source
from warehouse.landing import land
from warehouse.layout import Layout
from warehouse.ledger import Ledger
from warehouse.ledger_tables import QUARANTINED_ROWS
from warehouse.mending import GIVEN_UP, broken, carried_record, give_up, lost, mend
from warehouse.settling import clear_unfinished, settle

ROOMS = source("asset_register").table("rooms")


@pytest.fixture
def layout(tmp_path) -> Layout:
    layout = Layout(tmp_path / "home")
    layout.prepare()
    return layout


def offered(number: int = 1, **said) -> Delivery:
    rows = [{name: None for name in ROOMS.delivered_schema.names} | {"county_code": "410183", "school_id": f"{number:010d}", "_row": row} for row in range(3)]
    table = pa.Table.from_pylist(rows, schema=ROOMS.delivered_schema)
    said = {"as_of_date": date(2025, 9, 1), "digest": f"{number:064d}"} | said
    return Delivery("asset_register", ROOMS, "410183", f"asset_register/{number}.xlsx", iter(table.to_batches()), **said)


@pytest.fixture
def landed(layout, accepted):
    def make(number: int = 1, stopped: int = 0, **said):
        rows = [{name: None for name in QUARANTINED_ROWS.names} | {"position": place, "rule": "bad"} for place in range(stopped)]
        return settle(land(offered(number, **said), layout), accepted(quarantined=pa.Table.from_pylist(rows, schema=QUARANTINED_ROWS)), layout)

    return make


def record_file(layout, record):
    return layout.ledger_record(record.source, record.table_name, record.delivery_id)


def raw_file(layout, record):
    return layout.raw_file(record.source, record.table_name, record.delivery_id)


def spoiled(path, content: bytes | None):
    path.unlink() if content is None else path.write_bytes(content)


@pytest.mark.parametrize("content", [None, b"", b"{", b"[]", b'{"delivery_id": "1"}', b"\xff\xfe\x00"], ids=["gone", "empty", "torn", "a list", "lacking", "no text"])
def test_a_record_that_is_gone_or_damaged_is_written_again(layout, landed, content):
    records = [landed(1), landed(2, stopped=2), landed(3)]
    spoiled(record_file(layout, records[1]), content)
    clear_unfinished(layout)
    (mended,) = mend(layout)
    assert mended.record == records[1]
    assert "asset_register/2.xlsx" in mended.message["zh"] and "asset_register/2.xlsx" in mended.message["en"]
    assert sorted(Ledger(layout).records(), key=lambda record: record.origin) == records
    assert mend(layout) == [] == lost(layout, None)
    assert [path.suffix for path in layout.ledger.glob("*/*/*")] == [".json"] * 3


def test_a_whole_ledger_that_is_lost_is_written_again(layout, landed):
    records = [landed(number, stopped=number % 2) for number in range(1, 6)]
    for record in records:
        record_file(layout, record).unlink()
    clear_unfinished(layout)
    assert len(mend(layout)) == 5
    assert sorted(Ledger(layout).records(), key=lambda record: record.origin) == records


def test_dates_of_rows_come_back_without_those_of_stopped_ones(layout, accepted):
    """Rows that date themselves: the record speaks of the days of accepted rows, as it did."""
    table = source("asset_register").table("asset_cards")
    days = [date(2031, 1, 1), date(2025, 1, 1), date(2025, 2, 1)]
    rows = [{name: None for name in table.delivered_schema.names} | {"entered_on": day} for day in days]
    batches = pa.Table.from_pylist(rows, schema=table.delivered_schema).to_batches()
    cards = Delivery("asset_register", table, "410183", "cards.csv", iter(batches), row_date="entered_on", digest="c" * 64)
    stopped = [{name: None for name in QUARANTINED_ROWS.names} | {"position": 0, "rule": "bad"}]
    record = settle(land(cards, layout), accepted(quarantined=pa.Table.from_pylist(stopped, schema=QUARANTINED_ROWS)), layout)
    assert record.row_dates == (date(2025, 1, 1), date(2025, 2, 1))
    record_file(layout, record).unlink()
    assert [mended.record for mended in mend(layout)] == [record]


@pytest.mark.parametrize("place", [0.2, 0.5, 0.8])
def test_no_record_is_made_of_a_file_that_is_damaged(layout, landed, place):
    record = landed(1)
    record_file(layout, record).unlink()
    raw = raw_file(layout, record)
    content = bytearray(raw.read_bytes())
    content[int(len(content) * place)] ^= 0xFF
    raw.write_bytes(content)
    assert carried_record(raw, layout) is None


def test_no_record_is_made_of_a_file_under_another_name(layout, landed):
    record = landed(1)
    raw = raw_file(layout, record)
    copy = raw.with_name("0" * 32 + ".parquet")
    copy.write_bytes(raw.read_bytes())
    assert carried_record(copy, layout) is None and mend(layout) == []
    (layout.raw_folder("asset_register", "rooms") / "torn.parquet").write_bytes(b"PAR1")
    assert mend(layout) == []


def test_a_record_without_rows_is_lost_until_it_is_offered_again(layout, landed, accepted):
    record = landed(1)
    record_file(layout, record).write_bytes(b"{")
    raw_file(layout, record).unlink()
    assert mend(layout) == []
    (gone,) = lost(layout, None)
    assert gone.delivery_id == record.delivery_id and record.delivery_id in gone.message["message_en"]
    settle(land(offered(1), layout), accepted(), layout)
    assert lost(layout, None) == []


def test_what_a_release_rests_on_is_missed(layout, landed, tmp_path):
    """Neither record nor rows are left: the release alone remembers."""
    record = landed(1)
    release = tmp_path / "release"
    release.mkdir()
    row = {"source": record.source, "table_name": record.table_name, "delivery_id": record.delivery_id, "origin": record.origin}
    old = row | {"delivery_id": "f" * 32, "status": "superseded"}
    pq.write_table(pa.Table.from_pylist([row | {"status": "in_use"}, old]), release / "delivery.parquet")
    assert lost(layout, release) == []
    record_file(layout, record).unlink()
    raw_file(layout, record).unlink()
    (gone,) = lost(layout, release)
    assert (gone.delivery_id, gone.origin) == (record.delivery_id, record.origin)
    give_up(layout, gone, "the school closed and kept no copy")
    assert lost(layout, release) == []
    (kept,) = layout.ledger.glob(f"*/*/*{GIVEN_UP}")
    assert json.loads(kept.read_text())["because"] == "the school closed and kept no copy"


def test_altered_rows_stand_in_the_way_until_they_are_offered_again_or_given_up(layout, landed, accepted):
    record, other = landed(1), landed(2)
    for one in (record, other):
        raw_file(layout, one).write_bytes(raw_file(layout, one).read_bytes() + b" ")
    assert {gone.delivery_id for gone in broken(layout, None)} == {record.delivery_id, other.delivery_id}
    again = land(offered(1), layout)
    assert again.state == "pending", "landed anew, because what lies there is not it"
    settle(again, accepted(), layout)
    (gone,) = broken(layout, None)
    assert gone.delivery_id == other.delivery_id
    give_up(layout, gone, "nobody has it")
    assert broken(layout, None) == [] == mend(layout)
    assert [one.delivery_id for one in Ledger(layout).records()] == [record.delivery_id]
