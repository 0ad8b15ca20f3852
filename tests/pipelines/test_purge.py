"""`junheng purge`: what is past its period goes, what was removed is said and logged, and without a period nothing goes."""

from __future__ import annotations

import json
import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import dagster as dg
import pytest
from county_run import environment
from typer.testing import CliRunner

from pipelines.command_line import app
from pipelines.run import dagster_home
from warehouse.layout import Layout

MONTH = 30 * 86_400
OLD_RUN, NEW_RUN = "0" * 32, "1" * 32


@pytest.fixture
def layout(tmp_path) -> Layout:
    """A home with the record of a run of last month and of one of today."""
    layout = Layout(tmp_path / "home")
    layout.prepare()
    for run_id, age in ((OLD_RUN, MONTH), (NEW_RUN, 0)):
        path = layout.run_record(run_id)
        path.write_text("{}", encoding="utf-8")
        os.utime(path, (time.time() - age,) * 2)
    return layout


def junheng(layout: Layout, *words: str, **settings: str) -> tuple[int, str]:
    with environment(JUNHENG_HOME=str(layout.home), **settings):
        said = CliRunner().invoke(app, list(words))
    return said.exit_code, said.output


def runs(layout: Layout) -> set[str]:
    return {path.stem for path in layout.runs.iterdir()}


def test_without_a_period_everything_is_kept(layout):
    code, said = junheng(layout, "purge")
    assert code == 2 and "JUNHENG_KEEP_YEARS" in said and "未设置保存期限" in said
    assert runs(layout) == {OLD_RUN, NEW_RUN}


@pytest.mark.parametrize("name", ["JUNHENG_KEEP_YEARS", "JUNHENG_KEEP_RELEASES", "JUNHENG_KEEP_LOG_DAYS"])
def test_a_period_of_nothing_is_a_mistake(layout, name):
    code, said = junheng(layout, "purge", **{name: "0"})
    assert code == 2 and name in said


def test_a_trial_removes_nothing_and_says_what_it_would(layout):
    code, said = junheng(layout, "purge", "--try", JUNHENG_KEEP_LOG_DAYS="7")
    assert code == 0 and "1 runs" in said and "would be removed" in said
    assert runs(layout) == {OLD_RUN, NEW_RUN} and not layout.decisions.exists()


def test_what_was_removed_is_said_and_logged_in_the_name_of_a_role(layout):
    code, said = junheng(layout, "purge", JUNHENG_KEEP_LOG_DAYS="7", JUNHENG_OPERATOR="data-engineering")
    assert code == 0 and "1 runs" in said and runs(layout) == {NEW_RUN}
    (decision,) = map(json.loads, layout.decisions.read_text(encoding="utf-8").splitlines())
    assert (decision["decision_kind"], decision["decided_by"], decision["because"]) == ("purged", "data-engineering", "JUNHENG_KEEP_LOG_DAYS=7")
    assert decision["subject"] == "0 deliveries (0 rows), 0 releases, 1 runs"
    code, said = junheng(layout, "purge", JUNHENG_KEEP_LOG_DAYS="7")
    assert code == 0 and "nothing is past its period" in said
    assert len(layout.decisions.read_text(encoding="utf-8").splitlines()) == 1


def test_years_without_a_release_remove_nothing(layout):
    code, said = junheng(layout, "purge", JUNHENG_KEEP_YEARS="1")
    assert code == 0 and "nothing is past its period" in said


def test_runs_of_the_daemon_go_with_their_events_and_logs(layout):
    folder = dagster_home(layout)
    with dg.DagsterInstance.from_config(str(folder)) as instance:
        for run_id in (OLD_RUN, NEW_RUN):
            instance.add_run(dg.DagsterRun(job_name="everything", run_id=run_id))
            logs = folder / "storage" / run_id / "compute_logs"
            logs.mkdir(parents=True)
            (logs / "step.err").write_text("said", encoding="utf-8")
    _make_older(folder, OLD_RUN)
    assert junheng(layout, "purge", JUNHENG_KEEP_LOG_DAYS="7")[0] == 0
    with dg.DagsterInstance.from_config(str(folder)) as instance:
        assert [run.run_id for run in instance.get_runs()] == [NEW_RUN]
    assert [path.name for path in (folder / "storage").iterdir()] == [NEW_RUN]


def _make_older(folder: Path, run_id: str) -> None:
    for path in folder.rglob("runs.db"):
        with closing(sqlite3.connect(path)) as store, store:
            store.execute("update runs set create_timestamp = datetime('now', '-30 days') where run_id = ?", (run_id,))
