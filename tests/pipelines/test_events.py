"""What arrives moves what depends on it, by a real daemon and without a hand."""

from __future__ import annotations

import os
import shutil
import signal
import time
from pathlib import Path

import dagster as dg
import pytest
from changed_county import change_a_class, change_a_post, with_more_spent
from county_run import Run, run_county
from daemon import Daemon, daemon
from openpyxl import load_workbook
from sandbox.make import make_sandbox
from sandbox.serve import serve
from sources.register import SOURCES
from warehouse.published_tables import PUBLISHED_TABLES, VERDICT

VERDICT_FILES = {f"{table.name}.parquet" for table in PUBLISHED_TABLES if table.kind == VERDICT}
SOURCE_NAMES = {source.name for source in SOURCES}
SECONDS = 300  # for anything to happen on a slow machine


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    """A county of 12 schools that a whole run has published, and whose systems are served."""
    folder = tmp_path_factory.mktemp("events")
    make_sandbox(folder / "sandbox", schools=12, students=3000, seed=5)
    with serve(folder / "sandbox") as settings:
        home = folder / "home"
        begun = time.monotonic()
        run = run_county(home, settings)
        assert int(run.code) == 0, run.record.messages
        yield folder, dict(settings), home, time.monotonic() - begun


def test_a_corrected_workbook_leads_to_a_release_without_a_hand_and_once(county, tmp_path):
    folder, settings, home, full_seconds = county
    with daemon(home, settings, folder) as running:
        running.quiet()
        assert running.runs() == [], "nothing has arrived since the whole run"

        (workbook,) = (folder / "sandbox" / "inbox").rglob("部门预算表_2024年.xlsx")
        corrected = with_more_spent(workbook, tmp_path / workbook.name)
        before = sums(home)
        seconds = moved_by(running, "finance_budget", lambda: shutil.copyfile(corrected, workbook))
        print(f"from cp to release {seconds} s; a whole run {full_seconds:.1f} s")
        assert sums(home) != before, "the correction moves a verdict table"
        assert sums(home) == verdict_sums(run_county(tmp_path / "whole", settings))

        known = len(running.runs())
        shutil.copyfile(corrected, workbook)
        shutil.copyfile(corrected, workbook.with_name("再报.xlsx"))
        running.quiet()
        assert len(running.runs()) == known, "the same content is no arrival, under whatever name"


@pytest.mark.soak
@pytest.mark.parametrize(("source", "change"), [("student_status", change_a_class), ("hr_payroll", change_a_post)])
def test_one_changed_row_of_a_system_leads_to_a_release_without_a_hand(county, tmp_path, source, change):
    folder, settings, home, full_seconds = county
    with daemon(home, settings, folder) as running:
        before = sums(home)
        seconds = moved_by(running, source, lambda: change(folder / "sandbox"))
        print(f"from the change to the release {seconds} s; a whole run {full_seconds:.1f} s")
        assert sums(home) != before, "the change moves a verdict table"
        assert sums(home) == verdict_sums(run_county(tmp_path / "whole", settings))


@pytest.mark.soak
def test_a_home_that_never_ran_is_released_by_the_daemon_alone(county, tmp_path):
    """Files and systems are all new. Dagster writes what a sensor tells one event after another, so that a tick of the automation
    may see a part: then another run follows, and in the end everything is released."""
    folder, settings, _, _ = county
    whole = verdict_sums(run_county(tmp_path / "whole", settings))
    home = tmp_path / "home"
    with daemon(home, settings, tmp_path) as running:
        running.until(lambda: (home / "published" / "current").exists(), SECONDS, "a first release")
        running.until(lambda: sums(home) == whole, SECONDS, "a release of everything")
        running.until(lambda: all(run.is_finished for run in running.runs()), SECONDS, "the runs end")
        assert all(run.is_success for run in running.runs())
        known = len(running.runs())
        running.quiet()
        assert len(running.runs()) == known, "nothing after it"


@pytest.mark.soak
def test_what_arrives_during_a_run_is_taken_in_by_the_next(county, tmp_path):
    folder, settings, home, _ = county
    (workbook,) = (folder / "sandbox" / "inbox").rglob("部门预算表_2024年.xlsx")
    (rooms,) = (folder / "sandbox" / "inbox").rglob("教室清单.xlsx")
    with daemon(home, settings, folder) as running:
        shutil.copyfile(with_more_spent(workbook, tmp_path / workbook.name), workbook)
        running.until(lambda: [run for run in running.runs() if run.status is dg.DagsterRunStatus.STARTED], SECONDS, "a run begins")
        known = len(running.runs())
        load_workbook(rooms).save(rooms)
        (run,) = running.until(lambda: running.finished_after(known), SECONDS, "the run after it")
        assert run.is_success and {"asset_register"} == sources_of(run)
        running.quiet()
    assert sums(home) == verdict_sums(run_county(tmp_path / "whole", settings))


@pytest.mark.soak
def test_a_run_that_was_killed_is_asked_for_again(county, tmp_path):
    """The process of a run dies by SIGKILL; the queue is given free and the same content is taken in."""
    folder, settings, home, _ = county
    (workbook,) = (folder / "sandbox" / "inbox").rglob("部门预算表_2024年.xlsx")
    with daemon(home, settings, folder) as running:
        current, known = current_of(home), len(running.runs())
        shutil.copyfile(with_more_spent(workbook, tmp_path / workbook.name), workbook)
        running.until(lambda: running.processes_of_runs(), SECONDS, "a run begins")
        for process in running.processes_of_runs():
            os.kill(process, signal.SIGKILL)
        running.until(lambda: current_of(home) != current, 2 * SECONDS, "a release in spite of it")
        states = [run.status for run in running.runs()[known:]]
        assert states[0] is dg.DagsterRunStatus.FAILURE
    assert sums(home) == verdict_sums(run_county(tmp_path / "whole", settings))


def moved_by(running: Daemon, source: str, arrive) -> float:
    """Let something of one source arrive; returns the seconds from then to the release."""
    known, current = len(running.runs()), current_of(running.home)
    begun = time.monotonic()
    arrive()
    running.until(lambda: current_of(running.home) != current, SECONDS, f"a release after an arrival of {source}")
    seconds = time.monotonic() - begun
    (run,) = running.until(lambda: running.finished_after(known), SECONDS, "the run ends")
    assert run.is_success
    assets = sorted(key.to_user_string() for key in run.asset_selection)
    print(source, round(seconds, 1), "s", len(assets), "assets:", ", ".join(assets))
    assert sources_of(run) == {source}, "raw of other sources is left alone"
    return round(seconds, 1)


def sources_of(run: dg.DagsterRun) -> set[str]:
    """The sources of which the run took in raw."""
    return {key.path[0] for key in run.asset_selection} & SOURCE_NAMES


def current_of(home: Path) -> Path:
    return (home / "published" / "current").resolve()


def verdict_sums(run: Run) -> dict[str, str]:
    assert int(run.code) == 0, run.record.messages
    return {name: digest for name, digest in run.sums.items() if name in VERDICT_FILES}


def sums(home: Path) -> dict[str, str]:
    """Digest by verdict table of the current release, as it says itself."""
    lines = (current_of(home) / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    found = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    return {name: digest for name, digest in found.items() if name in VERDICT_FILES}
