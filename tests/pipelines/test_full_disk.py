"""A disk that is full, or a quota that is reached, whatever is being written: words, exit code 1,
and a `current` that stands. A home that cannot be written at all: exit code 2."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from killing import Stem, broken

from sandbox.make import make_sandbox
from sandbox.serve import serve
from warehouse import durable
from warehouse.disk import disk_trouble
from warehouse.layout import Layout

KB, MB = 1 << 10, 1 << 20


@pytest.fixture(scope="module")
def stem():
    with Stem() as stem:
        yield stem


@pytest.fixture(scope="module")
def county(tmp_path_factory, stem):
    """Settings of a small county whose inbox holds one file more than its home knows, and that home."""
    folder = tmp_path_factory.mktemp("full") / "sandbox"
    make_sandbox(folder, schools=12, students=1_500, seed=6)
    with serve(folder) as settings:
        home = folder.parent / "home"
        assert stem.run(home, settings).code == 0
        rolls = folder / "inbox" / "asset_register"
        newer = max(rolls.rglob("教室清单*.xlsx"))
        newer.unlink()  # the next run has less to count: something to publish
        (folder / "inbox" / "declared" / "图书.csv").write_text(
            "as_of_date,county_code,township,school_id,school_name,school_type,stage,measure_id,value\n"
            "2025-09-01,410183,,2141999998,新校,primary_school,primary,students,100\n",
            encoding="utf-8",
        )
        yield dict(settings), home


@pytest.fixture
def home(county, tmp_path) -> Path:
    copy = tmp_path / "home"
    shutil.copytree(county[1], copy, symlinks=True)
    return copy


def stands(home: Path) -> str:
    """The current release, which must be whole."""
    release = Layout(home).current.resolve()
    assert broken(release) is None
    return release.name


@pytest.mark.parametrize("largest", [64 * KB, 2 * MB])
def test_a_quota_that_is_reached(county, stem, home, largest):
    """From what a delivery outgrows to what the engine's file alone does."""
    settings, _ = county
    before = stands(home)
    Layout(home).warehouse_file.unlink()  # it has room to write into; a new one grows
    ended = stem.run(home, settings, largest_file=largest)
    assert ended.code == 1, ended
    assert [("磁盘已满" in said["zh"], "disk is full" in said["en"]) for said in ended.messages] == [(True, True)]
    assert stands(home) == before
    after = stem.run(home, settings)
    assert after.code == 0 and stands(home) > before, "room is enough, nothing is repaired"


@contextmanager
def small_disk(place: Path, options: str) -> Iterator[None]:
    """A file system of its own in memory; where that is not allowed the test is left out."""
    place.mkdir(parents=True, exist_ok=True)
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", place], capture_output=True).returncode:
        pytest.skip("no right to mount a small disk; the quota shows the same")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)


@pytest.mark.parametrize("room", [0, 3 * MB])
def test_a_full_disk(county, stem, tmp_path, room):
    settings, made = county
    disk = tmp_path / "disk"
    size = sum(path.lstat().st_size + 4 * KB for path in made.rglob("*"))
    with small_disk(disk, f"size={size * 2}"):
        home = disk / "home"
        shutil.copytree(made, home, symlinks=True)
        before = stands(home)
        used = shutil.disk_usage(disk).used
        subprocess.run(["mount", "-o", f"remount,size={(used + room) // (4 * KB) * (4 * KB) + 4 * KB}", disk], check=True)
        ended = stem.run(home, settings)
        assert ended.code == 1, ended
        assert "disk is full" in ended.messages[0]["en"]
        assert stands(home) == before
        subprocess.run(["mount", "-o", f"remount,size={size * 4}", disk], check=True)
        assert stem.run(home, settings).code == 0
        assert stands(home) > before


def junheng(*words: str, **settings: str) -> subprocess.CompletedProcess:
    environment = {**os.environ, **settings}
    return subprocess.run([sys.executable, "-m", "pipelines.command_line", *words], env=environment, capture_output=True, text=True, timeout=120)


def test_a_read_only_home_is_a_configuration_error(county, tmp_path):
    settings, _ = county
    with small_disk(tmp_path / "disk", "size=1m,ro"):
        said = junheng("run", **settings, JUNHENG_HOME=str(tmp_path / "disk" / "home"))
    assert said.returncode == 2
    assert "cannot be written" in said.stderr and "不可写" in said.stderr


def test_a_second_run_says_so_and_ends(county, home):
    """While one holds the home; its words come before anything is imported or written."""
    settings, _ = county
    before = sorted((path, path.lstat().st_mtime_ns) for path in home.rglob("*") if path.name != ".run.lock")
    with durable.lock(Layout(home).run_lock):
        said = junheng("run", **settings, JUNHENG_HOME=str(home))
    assert said.returncode == 2
    assert f"pid {os.getpid()}" in said.stderr and "另一次运行" in said.stderr
    assert sorted((path, path.lstat().st_mtime_ns) for path in home.rglob("*") if path.name != ".run.lock") == before


@pytest.mark.parametrize(
    "said",
    [
        "OSError: [Errno 28] No space left on device: 'x'",
        "IO Error: Could not write file \"warehouse.duckdb\": No space left on device",
        "[Errno 27] Error writing bytes to file. Detail: [errno 27] File too large",
        "[Errno 122] Disk quota exceeded",
    ],
)
def test_whoever_says_it_it_is_the_disk(said):
    assert "disk is full" in disk_trouble(said, Path("/home/of/junheng"))["en"]


def test_what_is_not_the_disk_is_not_called_so():
    home = Path("/home/of/junheng")
    assert disk_trouble("[Errno 13] Permission denied: '/the/inbox/file.xlsx'", home) is None
    assert disk_trouble("division by zero", home) is None
    assert "read-only" in disk_trouble("[Errno 30] Read-only file system: '/home/of/junheng/raw'", home)["en"]
    assert "answered with an error" in disk_trouble("[Errno 5] Input/output error", home)["en"]
