"""The worker that reads files: what ends it, what the file is told, and that the next file is read."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import psutil
import pytest
from odd_files.ledger import CSV, csv_bytes
from reading import COUNTY, KEY

from sources.declaration import Context
from sources.limited_reader import MB, LimitedReader, Limits
from sources.refusal import Misconfigured, Refusal
from sources.register import source

PROJECT = Path(__file__).parents[2]
CONTEXT = Context(KEY, COUNTY)


@pytest.fixture
def reader():
    reader = LimitedReader(Limits(memory=512 * MB, seconds=2, patience=1))
    yield reader
    reader.stop()


@pytest.fixture
def ledger(tmp_path):
    path = tmp_path / CSV
    path.write_bytes(csv_bytes())
    return path


def rows(reader: LimitedReader, path: Path, context: Context = CONTEXT) -> list[dict]:
    with closing(reader.read(source("asset_register"), path, f"asset_register/{path.name}", context)) as deliveries:
        return [row for delivery in deliveries for batch in delivery.rows for row in batch.to_pylist()]


def workers() -> list[psutil.Process]:
    return [child for child in psutil.Process().children() if "sources.reading_worker" in child.cmdline()]


def test_what_it_reads_is_what_the_source_reads(reader, ledger):
    (direct,) = source("asset_register").read(ledger, f"asset_register/{ledger.name}", CONTEXT)
    for limited in reader.read(source("asset_register"), ledger, f"asset_register/{ledger.name}", CONTEXT):
        assert [batch.to_pylist() for batch in limited.rows] == [batch.to_pylist() for batch in direct.rows]
    facts = ("source", "table", "county_code", "origin", "as_of_date", "row_date", "digest", "modified_at", "encoding", "layout", "damages")
    assert {name: getattr(limited, name) for name in facts} == {name: getattr(direct, name) for name in facts}


def test_one_worker_reads_file_after_file(reader, ledger):
    rows(reader, ledger)
    (worker,) = workers()
    for _ in range(5):
        assert len(rows(reader, ledger)) == 3
    assert workers() == [worker]


def test_a_refusal_leaves_the_worker_as_it_is(reader, ledger):
    rows(reader, ledger)
    (worker,) = workers()
    ledger.with_name("leer.csv").write_bytes(b"")
    with pytest.raises(Refusal, match="0 bytes"):
        rows(reader, ledger.with_name("leer.csv"))
    with pytest.raises(Misconfigured):
        rows(reader, ledger, Context(KEY))
    assert len(rows(reader, ledger)) == 3
    assert workers() == [worker]


def test_a_worker_that_was_killed_between_two_files_is_replaced(reader, ledger):
    rows(reader, ledger)
    (worker,) = workers()
    worker.kill()
    worker.wait()
    assert len(rows(reader, ledger)) == 3


def test_a_reader_that_waits_for_ever_is_ended_and_the_next_file_is_read(reader, ledger, tmp_path):
    """A pipe in a file's place, which nobody writes to."""
    os.mkfifo(tmp_path / "pipe_2025-08-31.csv")
    begun = time.monotonic()
    with pytest.raises(Refusal) as refusal:
        rows(reader, tmp_path / "pipe_2025-08-31.csv")
    assert refusal.value.rule == "time_limit" and "2 seconds" in refusal.value.message_en and "2 秒" in refusal.value.message_zh
    assert 2 <= time.monotonic() - begun < 30
    assert len(rows(reader, ledger)) == 3
    assert len(workers()) == 1


@pytest.mark.parametrize(
    ("sent", "rule"), [(signal.SIGABRT, "breaks_reader"), (signal.SIGSEGV, "breaks_reader"), (signal.SIGXCPU, "time_limit"), (signal.SIGKILL, "memory_limit")]
)
def test_how_a_worker_ends_says_what_the_file_did(tmp_path, ledger, sent, rule):
    """As native code ends it that panics, and the kernel when time or memory is out."""
    reader = LimitedReader(Limits(memory=512 * MB, seconds=60))
    rows(reader, ledger)
    (worker,) = workers()
    pipe = tmp_path / "pipe_2025-08-31.csv"
    os.mkfifo(pipe)
    with ThreadPoolExecutor(1) as pool, pytest.raises(Refusal) as refusal:
        reading = pool.submit(rows, reader, pipe)
        with pipe.open("wb"):  # opens when the worker has opened it
            worker.send_signal(sent)
            reading.result()
    assert refusal.value.rule == rule
    assert sent.name in refusal.value.message_en or rule != "breaks_reader"
    assert len(rows(reader, ledger)) == 3
    reader.stop()


def test_rows_that_are_left_half_way_cost_their_worker_and_nothing_else(reader, tmp_path, ledger):
    many = tmp_path / "卡片_2025-08-31.csv"
    header, *lines = csv_bytes().splitlines(keepends=True)
    many.write_bytes(header + lines[0] * 200_000)
    delivery = next(iter(reading := reader.read(source("asset_register"), many, "asset_register/x.csv", CONTEXT)))
    next(delivery.rows)
    reading.close()
    assert len(rows(reader, ledger)) == 3


def test_rows_that_nobody_asks_for_are_passed_over(reader, ledger):
    assert [delivery.table.name for delivery in reader.read(source("asset_register"), ledger, "asset_register/x.csv", CONTEXT)] == ["buildings"]
    assert len(rows(reader, ledger)) == 3


def test_a_worker_knows_none_of_the_runs_secrets(reader, ledger, monkeypatch):
    monkeypatch.setenv("JUNHENG_PSEUDONYM_KEY", "a secret of the county")
    monkeypatch.setenv("JUNHENG_STUDENT_STATUS_TOKEN", "a token")
    rows(reader, ledger)
    (worker,) = workers()
    assert not [name for name in worker.environ() if name.startswith("JUNHENG_")]


def test_a_worker_imports_nothing_heavy(reader, ledger):
    said = subprocess.run(
        [sys.executable, "-c", "import sys; from sources import reading_worker; print([n for n in ('dagster', 'dbt', 'great_expectations', 'pandas', 'duckdb') if n in sys.modules])"],
        cwd=PROJECT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert said.stdout.strip() == "[]"
    rows(reader, ledger)
    (worker,) = workers()
    assert not [file.path for file in worker.memory_maps() if "pandas" in file.path or "duckdb" in file.path]


def test_a_worker_writes_no_core_and_no_file(reader, ledger):
    rows(reader, ledger)
    (worker,) = workers()
    assert worker.rlimit(psutil.RLIMIT_CORE)[0] == 0
    assert worker.rlimit(psutil.RLIMIT_FSIZE)[0] == 0
    assert worker.rlimit(psutil.RLIMIT_DATA)[0] < 2048 * MB


def test_a_worker_ends_with_the_run_that_was_killed(tmp_path, ledger):
    code = (
        "import sys, time; from pathlib import Path; from sources.limited_reader import shared; from sources.register import source; from sources.declaration import Context\n"
        "reading = shared().read(source('asset_register'), Path(sys.argv[1]), 'asset_register/x.csv', Context(b'k' * 16, '410183'))\n"
        "next(reading); print('reading', flush=True); time.sleep(600)"
    )
    run = subprocess.Popen([sys.executable, "-c", code, str(ledger)], cwd=PROJECT, stdout=subprocess.PIPE, text=True)
    assert run.stdout.readline() == "reading\n"
    (worker,) = psutil.Process(run.pid).children()
    run.kill()
    run.wait()
    run.stdout.close()
    assert psutil.wait_procs([worker], timeout=30)[0] == [worker]
