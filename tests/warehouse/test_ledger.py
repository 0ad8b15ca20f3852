"""What the ledger says of days and of order, and the table that dbt reads of it."""

from datetime import UTC, date, datetime, timedelta, timezone

import duckdb
import pyarrow.parquet as pq

from sources.refusal import Refusal
from warehouse import durable
from warehouse.clock import today
from warehouse.landing import land
from warehouse.layout import write_run_context
from warehouse.ledger import Ledger
from warehouse.ledger_tables import DELIVERIES
from warehouse.settling import settle, settle_together


def landed(home, delivery, accepted, day, note, **more):
    return settle(land(delivery([("a", 1, note)], as_of_date=day, **more), home), accepted(), home)


def test_the_newest_day_is_not_after_today(layout, delivery, accepted):
    ledger = Ledger(layout)
    assert ledger.newest_as_of(date(2026, 1, 1)) is None
    for day in (date(2024, 9, 1), date(2025, 9, 1), date(2026, 9, 1)):
        landed(layout, delivery, accepted, day, None)
    assert ledger.newest_as_of(date(2025, 9, 1)) == date(2025, 9, 1)
    assert ledger.newest_as_of(date(2025, 8, 31)) == date(2024, 9, 1)
    assert ledger.newest_as_of(date(2024, 8, 31)) is None
    assert ledger.any_landed(date(2024, 9, 1))
    assert not ledger.any_landed(date(2024, 8, 31))


def test_refused_deliveries_speak_of_no_day(layout, delivery, accepted):
    settle(land(delivery([("a", 1, None)], as_of_date=date(2025, 9, 1)), layout), accepted("refused", rule="why"), layout)
    assert Ledger(layout).newest_as_of(date(2026, 1, 1)) is None


def test_the_snapshot_is_the_table_that_staging_reads(layout, delivery, accepted):
    changed = datetime(2025, 9, 1, 8, tzinfo=timezone(timedelta(hours=8)))
    landed(layout, delivery, accepted, date(2025, 9, 1), "x", modified_at=changed, digest="1" * 64, encoding="gb18030", layout="default")
    refusal = Refusal("password_protected", file="f.xlsx", expected="a workbook", found="a password", do_en="Remove it.", do_zh="请去除密码。")
    Ledger(layout).record_refused(refusal, source="assets", origin="f.xlsx", digest="2" * 64)
    path = Ledger(layout).write_snapshot()
    assert pq.read_schema(path).equals(DELIVERIES)
    rows = {row["outcome"]: row for row in pq.read_table(path).to_pylist()}
    assert rows["landed"]["ordered_at"] == datetime(2025, 9, 1, 0)
    assert (rows["landed"]["encoding"], rows["landed"]["layout"], rows["landed"]["kind"]) == ("gb18030", "default", "full")
    assert (rows["refused"]["rule"], rows["refused"]["table_name"], rows["refused"]["rows_delivered"]) == ("password_protected", "", None)
    assert "请去除密码" in rows["refused"]["message_zh"]


def test_row_dated_deliveries_show_their_greatest_day(layout, delivery, accepted):
    days = [date(2023, 9, 1), date(2025, 9, 1), date(2024, 9, 1)]
    pending = land(delivery([(str(i), i, None, day) for i, day in enumerate(days)], as_of_date=None, row_date="seen_on"), layout)
    settle(pending, accepted(), layout)
    assert pq.read_table(Ledger(layout).write_snapshot())["as_of_date"].to_pylist() == [date(2025, 9, 1)]


def test_going_back_to_an_older_content_makes_it_the_last_word(layout, delivery, accepted):
    """Pull A, pull B, pull A again: A is what the system says now."""
    day = date(2025, 9, 1)
    first = landed(layout, delivery, accepted, day, "A")
    second = landed(layout, delivery, accepted, day, "B")
    assert second.ordered_at > first.ordered_at
    again = land(delivery([("a", 1, "A")], as_of_date=day), layout)
    assert (again.state, again.delivery_id) == ("known", first.delivery_id)
    assert again.record.ordered_at > second.ordered_at
    assert again.record.arrived_at == first.arrived_at
    settle_together([], layout, again=[again.record])
    once_more = land(delivery([("a", 1, "A")], as_of_date=day), layout)
    assert once_more.record == again.record, "it is the last word already"


def test_a_file_put_back_is_ordered_by_its_time(layout, delivery, accepted):
    day, morning = date(2025, 9, 1), datetime(2025, 9, 2, tzinfo=UTC)
    first = landed(layout, delivery, accepted, day, "A", digest="1" * 64, modified_at=morning)
    landed(layout, delivery, accepted, day, "B", digest="2" * 64, modified_at=morning + timedelta(hours=1))
    back = land(delivery([("a", 1, "A")], digest="1" * 64, as_of_date=day, modified_at=morning + timedelta(hours=2)), layout)
    assert back.record.ordered_at == first.ordered_at + timedelta(hours=2)


def test_rules_are_counted(layout, delivery, accepted):
    record = landed(layout, delivery, accepted, date(2025, 9, 1), None)
    assert Ledger(layout).quarantined_by_rule([record]) == {}


def test_globs_find_declared_tables_and_no_half_file(layout):
    """Every source table reads as no rows before anything arrived, and after a crash in writing."""
    half = durable.unfinished_beside(layout.raw_file("assets", "rooms", "0" * 32))
    half.write_bytes(b"half a file")
    for table in ("assets/rooms", "ledger/deliveries", "ledger/quarantined_rows", "run/context"):
        assert duckdb.sql(f"select count(*) from read_parquet('{layout.raw}/{table}/*.parquet')").fetchone() == (0,)


def test_the_run_context_is_one_row(layout):
    for county in ("410183", None):
        write_run_context(layout, date(2025, 9, 1), "cn-2017-6", county, release_id="20250901-001")
    rows = duckdb.sql(f"from read_parquet('{layout.raw}/run/context/*.parquet')").fetchall()
    assert rows == [(date(2025, 9, 1), "cn-2017-6", None, "20250901-001")]


def clock_at(monkeypatch, moment: datetime) -> None:
    """The clock of this machine, set: nobody may set the real one."""
    for module in ("warehouse.landing", "warehouse.ledger"):
        monkeypatch.setattr(f"{module}.utc_now", lambda: moment)


def test_a_pull_made_later_is_later_though_the_clock_went_back(layout, delivery, accepted, monkeypatch):
    day = date(2025, 9, 1)
    clock_at(monkeypatch, datetime(2026, 3, 1))
    first = landed(layout, delivery, accepted, day, "A")
    clock_at(monkeypatch, datetime(2020, 1, 1))
    second = landed(layout, delivery, accepted, day, "B")
    assert second.arrived_at < first.arrived_at, "the clock says so"
    assert second.ordered_at > first.ordered_at
    again = land(delivery([("a", 1, "A")], as_of_date=day), layout)
    assert again.record.ordered_at > second.ordered_at, "A is what the system says now"


def test_a_file_corrected_in_place_is_later_though_its_first_time_has_not_come(layout, delivery, accepted, monkeypatch):
    """It was filed while the clock ran ahead; then the clock was put right."""
    day, ahead, now = date(2025, 9, 1), datetime(2031, 1, 1, tzinfo=UTC), datetime(2025, 9, 2, tzinfo=UTC)
    clock_at(monkeypatch, datetime(2031, 1, 1))
    wrong = landed(layout, delivery, accepted, day, "A", digest="1" * 64, modified_at=ahead)
    clock_at(monkeypatch, datetime(2025, 9, 2))
    corrected = landed(layout, delivery, accepted, day, "B", digest="2" * 64, modified_at=now)
    assert corrected.ordered_at > wrong.ordered_at
    elsewhere = landed(layout, delivery, accepted, day, "C", digest="3" * 64, modified_at=now, origin="assets/other.csv")
    assert elsewhere.ordered_at == now.replace(tzinfo=None), "another file stands at its own time"


def test_today_is_never_before_what_is_published():
    tomorrow = date.today() + timedelta(days=1)
    assert today() == today(at_least=date(2020, 1, 1)) == date.today()
    assert today(at_least=tomorrow) == tomorrow


def test_data_in_use_are_as_old_as_the_oldest_of_the_tables_and_counties(layout, delivery, accepted):
    ledger, early, late = Ledger(layout), date(2025, 9, 1), date(2025, 9, 9)
    assert ledger.data_in_use("assets", late) is None
    landed(layout, delivery, accepted, early, "A")
    landed(layout, delivery, accepted, late, "B")
    assert (ledger.data_in_use("assets", late), ledger.data_in_use("assets", date(2025, 9, 8))) == (late, early)
    landed(layout, delivery, accepted, early, "A", county="410184")
    assert ledger.data_in_use("assets", late) == early
