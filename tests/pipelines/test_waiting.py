"""What waits before the door: told by the state of inbox, ledger and release, never by what was asked."""

from __future__ import annotations

import os
import shutil
import time

import dagster as dg
import pytest
from changed_county import change_a_class, change_a_post
from county_run import environment
from openpyxl import load_workbook
from pipelines.arrivals import arrivals, glimpses
from pipelines.intake import take_in
from pipelines.judging import judge_delivery
from pipelines.sensors import FIRST_WAIT_SECONDS, MOST_TIMES, Told, end_lost_runs, inbox_sensor
from pipelines.settings import Settings
from pipelines.waiting import Waiting, files_at_rest, files_waiting, marks_waiting, unreleased
from sandbox.make import make_sandbox
from sandbox.serve import serve
from sources.register import SOURCES, source
from warehouse import durable
from warehouse.built import Built, ledger_states, remember
from warehouse.layout import Layout
from warehouse.ledger import Ledger

ROOMS = source("asset_register")
HOUR = 3600
PAST = time.time() - 10 * 24 * HOUR  # long enough ago for nothing to be young


@pytest.fixture
def county(small_county, tmp_path):
    """An inbox with one list of rooms in it, an empty home, and their settings."""
    (inbox := tmp_path / "inbox" / ROOMS.name).mkdir(parents=True)
    (given,) = (small_county / "inbox" / ROOMS.name).rglob("教室清单.xlsx")
    put(given, inbox / "410183" / given.name, PAST)
    values = {"JUNHENG_HOME": str(tmp_path / "home"), "JUNHENG_INBOX": str(inbox.parent), "JUNHENG_COUNTY_CODE": "410183"}
    with environment(**values):
        yield County(Settings(), inbox, inbox / "410183" / given.name)


class County:
    def __init__(self, settings: Settings, folder, file):
        self.settings, self.folder, self.file = settings, folder, file
        self.layout, self.seen = Layout(settings.home), {}
        self.layout.prepare()

    def look(self) -> list[str]:
        """What waits, as far as two looks tell."""
        for _ in range(2):
            at_rest, self.seen = files_at_rest(self.settings, ROOMS, self.seen)
        return files_waiting(self.layout, ROOMS, at_rest)

    def take_in(self) -> None:
        take_in(ROOMS, self.settings, self.layout, Ledger(self.layout), judge_delivery)


def put(given, path, when: float) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(given, path)
    os.utime(path, (when, when))


def another(file, path, when: float) -> None:
    """The same rooms in other bytes."""
    load_workbook(file).save(path)
    os.utime(path, (when, when))


def test_a_file_waits_until_it_is_taken_in(county):
    assert len(county.look()) == 1
    assert len(county.look()) == 1, "being asked for changes nothing"
    county.take_in()
    assert county.look() == []


def test_a_file_seen_once_may_still_be_growing(county):
    at_rest, seen = files_at_rest(county.settings, ROOMS, {})
    assert at_rest == []
    with county.file.open("ab") as file:
        file.write(b"more")
    at_rest, seen = files_at_rest(county.settings, ROOMS, seen)
    assert at_rest == []
    at_rest, seen = files_at_rest(county.settings, ROOMS, seen)
    assert [arrival.digest for arrival in at_rest] == [durable.sha256_of(county.file)]


def test_what_the_sensor_remembers_holds_no_name(county):
    county.look()
    assert not any(part in str(county.seen) for part in (county.file.name, county.file.stem, "410183"))


def test_the_same_content_under_another_name_or_deeper_is_no_arrival(county):
    county.take_in()
    put(county.file, county.folder / "410183" / "deep" / "er" / "再报一次.xlsx", PAST + HOUR)
    assert county.look() == []


def test_content_put_back_after_other_content_waits(county):
    county.take_in()
    original = county.file.read_bytes()
    another(county.file, county.file, PAST + HOUR)
    assert len(county.look()) == 1
    county.take_in()
    assert county.look() == []
    county.file.write_bytes(original)
    os.utime(county.file, (PAST + 2 * HOUR, PAST + 2 * HOUR))
    assert len(county.look()) == 1, "it is known, and not the newest any more"
    county.take_in()
    assert county.look() == []


def test_the_same_content_in_the_folder_of_a_day_or_of_another_county_waits(county):
    """What is asked of the sender of an undated file; a path that states another day or county may be another delivery."""
    county.take_in()
    put(county.file, county.folder / "410183" / "2024-03-01" / county.file.name, PAST)
    assert len(county.look()) == 1
    (county.folder / "410183" / "2024-03-01" / county.file.name).unlink()
    put(county.file, county.folder / "410184" / county.file.name, PAST)
    assert len(county.look()) == 1


def test_a_refused_file_was_answered_and_does_not_wait(county):
    county.file.write_bytes(b"PK no workbook")
    os.utime(county.file, (PAST, PAST))
    assert len(county.look()) == 1
    county.take_in()
    assert county.look() == []


def test_a_link_and_a_file_being_written_are_no_arrivals(county, tmp_path):
    (county.folder / "link.xlsx").symlink_to(county.file)
    (county.folder / "~$open.xlsx").write_bytes(b"x")
    (county.folder / "copy.xlsx.part").write_bytes(b"x")
    assert [seen.path for seen in glimpses(county.folder.parent, ROOMS.name)] == [county.file]


def test_a_file_that_changes_while_it_is_read_is_left_to_the_next_run(county):
    (seen,) = glimpses(county.folder.parent, ROOMS.name)
    os.utime(county.file, (PAST + 1, PAST + 1))
    assert seen.arrival() is None
    county.file.unlink()
    assert seen.arrival() is None
    assert list(arrivals(county.folder.parent, ROOMS.name)) == []


def test_what_landed_and_was_not_released_waits(county):
    assert unreleased(county.layout, ROOMS) is None, "nothing was ever taken in"
    county.take_in()
    state = unreleased(county.layout, ROOMS)
    assert state is not None
    names = [known.name for known in SOURCES]
    remember(county.layout.current_from, Built("p", "2025-09-01", "r", None, ledger_states(county.layout, names)))
    assert unreleased(county.layout, ROOMS) is None
    another(county.file, county.file, PAST + HOUR)
    county.take_in()
    assert unreleased(county.layout, ROOMS) not in (None, state)


@pytest.mark.parametrize(("name", "change"), [("student_status", change_a_class), ("hr_payroll", change_a_post)])
def test_one_changed_row_of_a_system_waits_until_it_is_pulled(tmp_path, name, change):
    make_sandbox(tmp_path / "sandbox", schools=12, students=600, seed=3)
    with serve(tmp_path / "sandbox") as values, environment(**values, JUNHENG_HOME=str(tmp_path / "home")):
        settings, system = Settings(), source(name)
        layout = Layout(settings.home)
        layout.prepare()

        def waiting() -> set[str]:
            return {said.partition("=")[0] for said in marks_waiting(settings, layout, system)}

        assert waiting() == {table.name for table in system.tables}
        take_in(system, settings, layout, Ledger(layout), judge_delivery)
        assert waiting() == set()
        changed = change(tmp_path / "sandbox")
        assert waiting() == {changed}
        take_in(system, settings, layout, Ledger(layout), judge_delivery)
        assert waiting() == set()


# --- when it is told --------------------------------------------------------------


def test_what_goes_on_waiting_is_told_later_and_later_and_then_left_to_the_daily_run():
    waiting, now, told = Waiting(1, "state"), 1_000.0, Told("state", 1, 1_000.0)
    times = []
    while now < 1_000 + 24 * HOUR:
        now += 5
        if told.is_due(waiting, now, taken_in=False):
            times.append(now - told.at)
            told = told.again(waiting, now)
    assert times == [FIRST_WAIT_SECONDS * 2**n for n in range(MOST_TIMES - 1)]


def test_another_state_is_told_at_once_and_a_clock_gone_back_does_not_silence():
    told = Told("state", MOST_TIMES, 1_000.0)
    assert told.is_due(Waiting(1, "another"), 1_001.0, taken_in=True)
    assert told.again(Waiting(1, "another"), 1_001.0) == Told("another", 1, 1_001.0)
    assert Told("state", 2, 1_000.0).is_due(Waiting(1, "state"), 10.0, taken_in=False)


def test_what_a_run_has_seen_and_left_is_told_again_only_while_it_is_behind():
    told = Told("state", 1, 1_000.0)
    assert not told.is_due(Waiting(1, "state"), 9_000.0, taken_in=True)
    assert told.is_due(Waiting(1, "state", is_behind=True), 9_000.0, taken_in=True)


def evaluated(instance: dg.DagsterInstance, cursor: str | None) -> tuple[list[str], str]:
    """The sources that one tick of the inbox sensor tells of, and the cursor after it."""
    with dg.build_sensor_context(instance, cursor=cursor) as context:
        said = inbox_sensor().evaluate_tick(context)
    return [event.asset_key.path[-1] for event in said.asset_events], said.cursor


def test_the_inbox_sensor_tells_once_and_waits_for_a_run_under_way(county):
    with dg.DagsterInstance.ephemeral() as instance:
        told, cursor = evaluated(instance, None)
        assert told == [], "one look says nothing"
        busy = instance.create_run_for_job(a_job, status=dg.DagsterRunStatus.STARTED)
        told, cursor = evaluated(instance, cursor)
        assert told == [], "a run is under way"
        instance.report_run_failed(busy)
        told, cursor = evaluated(instance, cursor)
        assert told == [ROOMS.name]
        told, cursor = evaluated(instance, cursor)
        assert told == []
        county.file.unlink()
        told, cursor = evaluated(instance, cursor)
        assert told == []


@dg.job
def a_job():
    pass


def test_a_run_whose_process_is_gone_gives_the_queue_free(county):
    with dg.DagsterInstance.ephemeral() as instance:
        run = instance.create_run_for_job(a_job, status=dg.DagsterRunStatus.STARTED)
        assert end_lost_runs(instance, county.layout, older_than=HOUR) == 0, "it may be about to take the lock"
        with durable.lock(county.layout.run_lock):
            assert end_lost_runs(instance, county.layout, older_than=-1) == 0, "somebody is at work"
        assert end_lost_runs(instance, county.layout, older_than=-1) == 1
        assert instance.get_run_by_id(run.run_id).is_failure
