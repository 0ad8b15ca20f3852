"""What arrives moves what depends on it, by a real daemon and without a hand."""

from __future__ import annotations

import json
import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest
from county_run import Run, run_county
from daemon import Daemon, daemon
from openpyxl import load_workbook
from sandbox.make import HR_DATABASE, STUDENT_STATUS_STORE, make_sandbox
from sandbox.serve import serve
from warehouse.published_tables import PUBLISHED_TABLES, VERDICT

from sources.register import SOURCES

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


def test_an_arrival_leads_to_a_release_without_a_hand(county, tmp_path, record_property):
    folder, settings, home, full_seconds = county
    said = {"full run": round(full_seconds, 1)}
    with daemon(home, settings, folder) as running:
        running.quiet()
        assert running.runs() == [], "nothing has arrived since the whole run"

        (workbook,) = (folder / "sandbox" / "inbox").rglob("部门预算表_2024年.xlsx")
        corrected = with_more_spent(workbook, tmp_path / workbook.name)
        before = sums(home)
        said["finance"] = moved_by(running, "finance_budget", lambda: shutil.copyfile(corrected, workbook))
        after = sums(home)
        assert after != before, "the correction moves a verdict table"
        assert after == verdict_sums(run_county(tmp_path / "finance", settings))

        known = len(running.runs())
        shutil.copyfile(corrected, workbook)
        shutil.copyfile(corrected, workbook.with_name("再报.xlsx"))
        running.quiet()
        assert len(running.runs()) == known, "the same content is no arrival, under whatever name"

        said["student status"] = moved_by(running, "student_status", lambda: change_a_class(folder / "sandbox"))
        said["personnel"] = moved_by(running, "hr_payroll", lambda: change_a_post(folder / "sandbox"))
        assert sums(home) == verdict_sums(run_county(tmp_path / "all", settings))
    record_property("seconds", json.dumps(said))
    print(said)


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
    raw = {key.path[0] for key in run.asset_selection if len(key.path) == 2} & SOURCE_NAMES
    assert raw == {source}, "raw of other sources is left alone"
    return round(seconds, 1)


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


def with_more_spent(workbook: Path, corrected: Path) -> Path:
    """The budget table with 10 万元 more for the projects of its first unit, and its totals with it."""
    book = load_workbook(workbook)
    sheet = book.active
    for row in (5, 6, sheet.max_row):
        for cell in (sheet.cell(row, 5), sheet.cell(row, 9)):
            cell.value = f"{float(cell.value.replace(',', '')) + 10:,.2f}"
    book.save(corrected)
    return corrected


def change_a_class(sandbox: Path) -> None:
    """One class is now one of a teaching point."""
    with closing(sqlite3.connect(sandbox / STUDENT_STATUS_STORE)) as store, store:
        key, body = store.execute("select key, body from classes order by key limit 1").fetchone()
        changed = json.dumps(json.loads(body) | {"教学点标志": "是"}, ensure_ascii=False)
        store.execute("update classes set body = ?, updated = ? where key = ?", (changed, int(time.time()), key))


def change_a_post(sandbox: Path) -> None:
    """One teacher's post is now a worker's."""
    with closing(sqlite3.connect(sandbox / HR_DATABASE)) as database, database:
        database.execute(
            "update posts set post_category = '工勤技能', professional_rank = '未定职级' where id_number = "
            "(select min(id_number) from posts where post_category = '专业技术-教师')"
        )
