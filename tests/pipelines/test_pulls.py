"""A county that is asked for what changed has the verdict of one that is asked for everything, byte for byte.

Between the runs pupils move between schools and leave, classes close, teachers retire and rotate, posts end, a
budget year and a school year begin and a school is merged into another.
"""

from __future__ import annotations

import shutil
import sqlite3
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from county_run import Run, run_county
from sandbox.advance import advance_sandbox
from sandbox.make import HR_DATABASE, STUDENT_STATUS_STORE, make_sandbox
from sandbox.serve import serve
from warehouse.layout import Layout
from warehouse.published_tables import PUBLISHED_TABLES, VERDICT
from warehouse.run_record import RunRecord

VERDICT_FILES = {f"{table.name}.parquet" for table in PUBLISHED_TABLES if table.kind == VERDICT}
STEPS = (0, 30, 93, 244)  # the first day, after a month's retirements, a new budget, a new school year after a merger
NEVER = {"JUNHENG_FULL_PULL_DAYS": "1000"}
SYSTEMS = ("student_status", "hr_payroll")


@dataclass(frozen=True)
class Asked:
    """The runs of one home that pulls everything and of one that pulls what changed, step by step; then of the second
    with a full pull after changes that no system told. Both begin with the same first day."""

    everything: list[Run]
    changes: list[Run]
    untold: Run


@pytest.fixture(scope="module")
def asked(tmp_path_factory) -> Asked:
    folder = tmp_path_factory.mktemp("asked")
    sandbox = folder / "sandbox"
    make_sandbox(sandbox, schools=20, students=2500, seed=3)
    with serve(sandbox) as settings:
        first = run_county(folder / "everything", settings)
    shutil.copytree(folder / "everything", folder / "changes", symlinks=True)
    everything, changes = [first], [replace(first, home=folder / "changes")]
    for step in STEPS[1:]:
        advance_sandbox(sandbox, step)
        with serve(sandbox) as settings:
            everything.append(run_county(folder / "everything", settings, full=True))
            changes.append(run_county(folder / "changes", settings | NEVER))
    change_in_silence(sandbox)
    with serve(sandbox) as settings:
        untold = run_county(folder / "changes", settings | NEVER, full=True)
    return Asked(everything, changes, untold)


def change_in_silence(sandbox: Path) -> None:
    """A pupil leaves and a post vanishes, and neither time of change nor deletion says so."""
    with sqlite3.connect(sandbox / STUDENT_STATUS_STORE) as store:
        (key,) = store.execute("select max(key) from students where body like '%在籍在读%'").fetchone()
        store.execute("update students set body = replace(body, '在籍在读', '转出') where key = ?", (key,))
    store.close()
    with sqlite3.connect(sandbox / HR_DATABASE) as database:
        gone = database.execute("delete from posts where rowid = (select min(rowid) from posts)").rowcount
    database.close()
    assert key and gone == 1


def verdict_sums(run: Run) -> dict[str, str]:
    return {name: run.sums[name] for name in VERDICT_FILES}


def pulled(run: Run) -> list[dict]:
    return [row for row in run.rows("delivery") if row["source"] in SYSTEMS]


@pytest.mark.parametrize("step", range(1, len(STEPS)))
def test_the_verdict_is_the_same_byte_for_byte(asked, step):
    for runs in (asked.everything, asked.changes):
        assert int(runs[step].code) == 0, runs[step].record.messages
    assert verdict_sums(asked.changes[step]) == verdict_sums(asked.everything[step])


def test_after_the_first_day_only_changes_were_pulled(asked):
    days = sorted({row["as_of_date"] for row in pulled(asked.changes[-1])})
    kinds = {day: {row["kind"] for row in pulled(asked.changes[-1]) if row["as_of_date"] == day} for day in days}
    assert list(kinds.values()) == [{"full"}, {"delta"}, {"delta"}, {"delta"}]
    rows = [sum(row["rows_delivered"] for row in pulled(asked.changes[-1]) if row["as_of_date"] == day) for day in days]
    assert rows[1] < rows[0] / 10


def test_rows_are_all_accounted_for(asked):
    """Changed rows supersede, tombstones are in use: the balance is every run's blocking test, here it has something to count."""
    rows = pulled(asked.changes[-1])
    assert all(
        row["rows_delivered"] == row["rows_accepted"] + row["rows_quarantined"] + row["rows_superseded"] + row["rows_held"] for row in rows
    )
    assert sum(row["rows_superseded"] for row in rows) > 1000


def test_the_full_pulls_proved_the_changes_right(asked):
    for run in asked.everything[1:]:
        checks = [check for check in run.record.checks if check["name"].startswith("changes_told_")]
        assert {(check["name"], check["passed"], check["blocking"]) for check in checks} == {(f"changes_told_{name}", True, False) for name in SYSTEMS}


def test_a_change_that_was_not_told_is_told_by_the_full_pull_which_wins(asked):
    run = asked.untold
    assert int(run.code) == 0 and run.record.outcome == "published"
    checks = {check["name"]: check for check in run.record.checks}
    pupils, posts = (checks[f"changes_told_{name}"] for name in SYSTEMS)
    assert (pupils["passed"], posts["passed"]) == (False, False)
    assert [finding["message_en"].split(".")[0] for finding in (*pupils["findings"], *posts["findings"])] == [
        "students: the full pull differs from the changes told since the last one: 0 rows had not been told, 0 had gone in silence, 1 had changed in silence",
        "posts: the full pull differs from the changes told since the last one: 0 rows had not been told, 1 had gone in silence, 0 had changed in silence",
    ]
    assert {finding["message_zh"] for finding in (*pupils["findings"], *posts["findings"])} == {said["zh"] for said in run.record.notices}
    assert RunRecord.read(Layout(run.home), run.record.run_id).checks == run.record.checks
    students = [sum(row["students"] for row in runs.rows("school_unit") if row["stage"] != "all") for runs in (asked.changes[-1], run)]
    assert students[0] - students[1] in (0, 1)  # a pupil of the senior stage is no pupil of a school unit
    current = {row["table_name"]: row for row in pulled(run) if row["kind"] == "full" and row["status"] == "in_use"}
    assert current["students"]["rows_superseded"] == 0 and current["posts"]["rows_superseded"] == 0

