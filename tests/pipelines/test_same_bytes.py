"""The same facts give the same bytes: whatever the database, the threads, the order of arrival."""

from __future__ import annotations

import os
import shutil

import pytest
from county_run import run_county
from postgresql import postgresql_uri  # noqa: F401  (a fixture)
from sandbox.advance import advance_sandbox
from sandbox.hr_database import load_postgresql
from sandbox.make import make_sandbox, orders_of, planned, read_summary
from sandbox.serve import serve
from warehouse import holding
from warehouse.layout import Layout
from warehouse.ledger import Ledger
from warehouse.published_tables import PUBLISHED_TABLES, VERDICT

VERDICT_FILES = {f"{table.name}.parquet" for table in PUBLISHED_TABLES if table.kind == VERDICT}


def verdict_sums(run) -> dict[str, str]:
    return {name: digest for name, digest in run.sums.items() if name in VERDICT_FILES}


@pytest.fixture(scope="module")
def reference(systems, tmp_path_factory):
    run = run_county(tmp_path_factory.mktemp("reference") / "home", systems)
    assert int(run.code) == 0, run.record.messages
    assert verdict_sums(run).keys() == VERDICT_FILES
    return run


def test_the_same_personnel_from_sqlite_and_from_postgresql(reference, systems, small_county, tmp_path, postgresql_uri):  # noqa: F811
    load_postgresql(postgresql_uri, [planned(small_county)])
    run = run_county(tmp_path / "home", {**systems, "JUNHENG_HR_URI": postgresql_uri})
    assert int(run.code) == 0, run.record.messages
    assert verdict_sums(run) == verdict_sums(reference)


@pytest.mark.parametrize("threads", ["1", "2"])
def test_one_thread_and_two(reference, systems, tmp_path, monkeypatch, threads):
    monkeypatch.setitem(os.environ, "DBT_THREADS", threads)
    run = run_county(tmp_path / "home", systems)
    assert verdict_sums(run) == verdict_sums(reference)


FILES_A_RUN = 4  # more than twenty runs of one file each would say no more


def test_files_that_arrive_in_another_order_and_a_few_at_a_time(reference, inbox, tmp_path):
    """Last name first, run after run; the end state is the same."""
    folder, settings = inbox
    waiting = tmp_path / "waiting"
    folder.rename(waiting)
    folder.mkdir()
    home = tmp_path / "home"
    paths = sorted((path for path in waiting.rglob("*") if path.is_file()), reverse=True)
    for first in range(0, len(paths), FILES_A_RUN):
        for path in paths[first : first + FILES_A_RUN]:
            arrived = folder / path.relative_to(waiting)
            arrived.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, arrived)
        run = run_county(home, {**settings, "JUNHENG_COUNTY_CODE": "410183"})
    assert verdict_sums(run) == verdict_sums(reference)


def test_a_file_corrected_and_put_back_is_as_it_was(reference, inbox, tmp_path):
    """A, then B, then A again under one name: the content seen last decides."""
    folder, settings = inbox
    home = tmp_path / "home"
    assert verdict_sums(run_county(home, settings)) == verdict_sums(reference)
    (path,) = folder.rglob("教室清单*.xlsx")
    original = path.read_bytes()
    changed = corrected(path)
    assert verdict_sums(run_county(home, settings)) != verdict_sums(reference), changed
    path.write_bytes(original)
    assert verdict_sums(run_county(home, settings)) == verdict_sums(reference)


def corrected(path) -> str:
    """Turn the first multimedia room into an ordinary one; returns its row."""
    from openpyxl import load_workbook

    workbook = load_workbook(path)
    sheet = workbook.active
    for row in sheet.iter_rows(min_row=3):
        cells = [cell for cell in row if cell.value == "是"]
        if cells:
            cells[0].value = "否"
            workbook.save(path)
            return f"row {cells[0].row}"
    raise AssertionError("no multimedia room in the list")


def test_a_county_with_nothing_but_files_has_the_same_verdict(reference, small_county, tmp_path):
    """The plan of the small county once more, written as exports; no system is configured."""
    (order,) = orders_of(read_summary(small_county))
    folder = tmp_path / "files"
    make_sandbox(folder, schools=order.schools, students=order.students, seed=order.seed, files_only=True)
    with serve(folder) as settings:
        assert not {"JUNHENG_STUDENT_STATUS_URL", "JUNHENG_HR_URI"} & settings.keys()
        run = run_county(tmp_path / "home", settings)
    assert int(run.code) == 0, run.record.messages
    assert verdict_sums(run) == verdict_sums(reference)


def release_what_waits(layout: Layout) -> None:
    ledger = Ledger(layout)
    holding.release(filter(holding.is_waiting, ledger.records()), ledger, because="the school sends its own workbook now")


def test_a_county_that_has_moved_for_a_year_is_the_same_as_files(tmp_path):
    """The exports of both days lie beside each other: who left, what was merged and what was awarded goes by the later ones."""
    sums = {}
    for files_only in (False, True):
        folder = tmp_path / ("files" if files_only else "systems")
        make_sandbox(folder, schools=20, students=3000, seed=4, files_only=files_only)
        if not files_only:  # a pull is gone tomorrow, a file lies in the inbox still
            with serve(folder) as settings:
                run_county(folder / "home", settings)
        advance_sandbox(folder, 320)
        with serve(folder) as settings:
            run = run_county(folder / "home", settings)
            if files_only:
                # The files of the county no longer name a school, which since then sends a workbook of its own.
                assert {said["rule"] for said in run.record.held} == {"class_missing", "held_together"}
                release_what_waits(Layout(folder / "home"))
                run = run_county(folder / "home", settings)
        assert int(run.code) == 0, run.record.messages
        sums[files_only] = verdict_sums(run)
    assert "school_merged" in (tmp_path / "files" / "truth" / "changes.csv").read_text(encoding="utf-8")
    assert sums[True] == sums[False]
