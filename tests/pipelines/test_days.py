"""Day after day in two counties: a run costs what it cost before, and leaves what changed and no more.

Fourteen days with a run on some of them here; two hundred, a run a day, in `make soak`, which writes
the curves to bench/. Afterwards a purge, and every day that is left can still be asked for.
"""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
import replay
from bench.days import FIRST, Day, lived, write_report
from county_run import Run, run_county

from sandbox.serve import serve
from warehouse import purging
from warehouse.delivery_record import LANDED, PURGED
from warehouse.layout import Layout
from warehouse.ledger import Ledger
from warehouse.published_tables import PUBLISHED_TABLES, VERDICT
from warehouse.release import releases
from warehouse.run_record import RunRecord

VERDICT_FILES = {f"{table.name}.parquet" for table in PUBLISHED_TABLES if table.kind == VERDICT}
DAYS = (0, 4, 8, 11, 14)
WEEKLY = {"JUNHENG_FULL_PULL_DAYS": "7"}
EMPTY_FILE, ROW = 9_000, 250  # bytes: at most so large is a Parquet file without rows, and each row in it
RECORD = 2_500  # bytes of one delivery's record
TOLD = 900  # bytes of one delivery in the journals of a release


@dataclass(frozen=True)
class Lived:
    """The days, and the folder with the counties and the home."""

    days: list[Day]
    folder: Path

    @property
    def layout(self) -> Layout:
        return Layout(self.folder / "home")


@pytest.fixture(scope="module")
def fortnight(tmp_path_factory) -> Lived:
    folder = tmp_path_factory.mktemp("fortnight")
    return Lived(list(lived(folder, DAYS, keep_releases=100, settings=WEEKLY)), folder)


def check_growth(days: list[Day]) -> None:
    """Raw grows by the changed rows, the ledger by a record a delivery, and there is one release a change at most."""
    for before, day in zip(days, days[1:], strict=False):
        assert day.raw - before.raw <= EMPTY_FILE * day.deliveries + ROW * day.rows, day
        assert day.ledger - before.ledger <= RECORD * day.deliveries, day
        assert day.releases <= before.releases + 1
    made = [day for day in days if day.release]
    known = {day.number: sum(earlier.deliveries for earlier in days if earlier.number <= day.number) for day in made}
    first = made[0]
    for day in made[1:]:
        more = TOLD * (known[day.number] - known[first.number])
        assert day.release <= 1.15 * first.release + more, f"day {day.number}: {day.release} bytes, {first.release} at first"


def check_changes_alone(days: list[Day]) -> None:
    """Where no full pull was due, hardly more rows came than things that changed: a person who moves is in several tables."""
    for day in days[1:]:
        if not day.rows_whole:
            assert day.rows <= 12 * day.changes + 20, day


def check_time(days: list[Day], tolerated: float) -> None:
    """The processor's time, which what else the machine does disturbs less; the first run imports everything."""
    third = (len(days) - 1) // 3
    first, last = (statistics.median(day.cpu_seconds for day in part) for part in (days[1 : 1 + third], days[-third:]))
    assert last <= tolerated * first, f"{first:.1f} s a run at first, {last:.1f} s at last"


def check_history(layout: Layout) -> None:
    """History and ledger of the last release are those told again from all of them."""
    told = [
        replay.Release.with_gaps(folder.name, date(int(day[:4]), int(day[4:6]), int(day[6:])), Run(0, RunRecord("", None, release_id=folder.name), layout.home).rows)
        for day, _, folder in releases(layout)
    ]
    last = told[-1]
    columns = (*replay.SUBJECT, *replay.SAID, "valid_from", "valid_to", "release_id")
    history = sorted(str([row[name] for name in columns]) for row in last.rows("indicator_history"))
    assert history == sorted(str([row[name] for name in columns]) for row in replay.history_of(told))
    ledger = {tuple(row[name] for name in replay.ABOUT): row for row in last.rows("rectification_ledger")}
    again = replay.ledger_of(told)
    assert ledger.keys() == again.keys()
    assert {about: [row[name] for name in replay.STATE] for about, row in ledger.items()} == {about: [row.get(name) for name in replay.STATE] for about, row in again.items()}


def test_a_fortnight_leaves_what_changed(fortnight):
    check_growth(fortnight.days)
    check_changes_alone(fortnight.days)
    assert sum(day.changes for day in fortnight.days) > 5 and [day.number for day in fortnight.days if day.rows_whole] == [0, 8]


def test_a_run_after_a_fortnight_costs_what_it_cost_before(fortnight):
    check_time(fortnight.days, 1.6)


def test_the_history_of_a_fortnight_can_be_told_again(fortnight):
    check_history(fortnight.layout)


def test_the_report_has_a_line_for_each_window(fortnight, tmp_path):
    report = write_report(fortnight.days, tmp_path).read_text(encoding="utf-8")
    assert "| 0–14 |" in report and f"{fortnight.days[-1].raw / 1024:,.0f}" in report


@pytest.mark.soak
def test_two_hundred_days_are_flat(tmp_path):
    """A full pull a month proves the changes; of the releases thirty stay, and the last one of each year."""
    days = list(lived(tmp_path, range(201), keep_releases=30, settings={"JUNHENG_FULL_PULL_DAYS": "30"}))
    write_report(days)
    check_growth(days)
    check_changes_alone(days)
    check_time(days, 1.3)
    assert days[-1].releases <= 30 + 2


# --- the purge, last because it removes what the tests above look at ---------------------------


def test_a_purge_leaves_every_later_day_as_it_was(fortnight):
    """Until the second full pull, on day 8, the first one is built on, and stays. Then all goes that no day from there on
    uses; but for the roll of 1 September, a day that figures were filed for."""
    layout, day_8, day_11 = fortnight.layout, FIRST + timedelta(days=8), FIRST + timedelta(days=11)
    before = {record.source for record in purging.past_period(layout, FIRST + timedelta(days=6))}
    assert not before & {"student_status", "hr_payroll"}

    gone = purging.past_period(layout, day_8)
    pulls = [record for record in gone if record.is_pull]
    assert {record.kind for record in pulls} == {"full", "delta"} and max(record.as_of_date for record in pulls) == day_8
    assert {record.source for record in pulls} == {"student_status", "hr_payroll"}
    assert ("student_status", "students") not in {(record.source, record.table_name) for record in gone}
    purging.purge(layout, gone)
    assert not any(layout.raw_file(record.source, record.table_name, record.delivery_id).exists() for record in gone)
    assert {record.delivery_id for record in Ledger(layout).find(outcome=PURGED)} == {record.delivery_id for record in gone}

    with serve(fortnight.folder / "sandbox") as settings:
        again = run_county(layout.home, settings, as_of=day_11.isoformat())
        now = run_county(layout.home, settings)
    assert int(again.code) == 0 == int(now.code), again.record.messages
    assert verdict(again.release) == verdict(layout.releases / f"{day_11:%Y%m%d}-001")
    assert verdict(now.release) == verdict(layout.releases / f"{FIRST + timedelta(days=14):%Y%m%d}-001")
    told = {row["delivery_id"]: row for row in now.rows("delivery")}
    assert {(told[record.delivery_id]["status"], told[record.delivery_id]["rule"]) for record in gone} == {("superseded", "past_its_period")}
    assert {record.outcome for record in Ledger(layout).records()} == {LANDED, PURGED}, "a purged file in the inbox is no news"


def verdict(release: Path) -> dict[str, bytes]:
    return {name: (release / name).read_bytes() for name in VERDICT_FILES}
