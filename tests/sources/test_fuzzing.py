"""Every reader under files spoiled at random: a refusal or a table, never a crash or a hang.

A few examples in CI (some seconds a reader), ten minutes a reader by the `soak`
marker. The files are those of a small made-up county that reports by files alone,
and one in each further format.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from fuzzing.budget import few, many
from fuzzing.spoiling import edits, spoiled_bytes, spoiled_part
from hypothesis import strategies as st
from odd_files import old_excel, parquet, texts
from odd_files.ledger import csv_bytes
from reading import COUNTY, KEY
from sandbox.make import make_sandbox

from sources.declaration import Context
from sources.limited_reader import MB, LimitedReader, Limits
from sources.refusal import Misconfigured, Refusal
from sources.register import SOURCES, source

FORMATS: dict[str, tuple[str, Callable[[Path], object]]] = {
    "old Excel": ("台账_2025-08-31.xls", old_excel.book()),
    "HTML": ("台账_2025-08-31.xls", lambda path: path.write_text(texts.html(), "utf-8")),
    "UTF-16": ("台账_2025-08-31.csv", lambda path: path.write_bytes(csv_bytes(encoding="utf-16"))),
    "Parquet": ("填报.parquet", parquet.file(50)),
}
READERS = (*(one.name for one in SOURCES), *FORMATS)


@pytest.fixture(scope="module")
def reader():
    reader = LimitedReader(Limits(memory=512 * MB, seconds=60))
    yield reader
    reader.stop()


@pytest.fixture(scope="module")
def inbox(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("county") / "sandbox"
    make_sandbox(folder, schools=12, students=600, seed=3, files_only=True)
    return folder / "inbox"


def samples(name: str, inbox: Path, tmp_path: Path) -> tuple[str, list[Path]]:
    """The source of a reader, and its smallest file of each ending."""
    if name in FORMATS:
        file, make = FORMATS[name]
        make(tmp_path / file)
        return "declared" if name == "Parquet" else "asset_register", [tmp_path / file]
    by_ending: dict[str, Path] = {}
    for path in sorted((inbox / name).rglob("*.*"), key=lambda path: -path.stat().st_size):
        by_ending[path.suffix] = path
    return name, list(by_ending.values())


def reads_or_refuses(reader: LimitedReader, source_name: str, path: Path) -> None:
    try:
        with closing(reader.read(source(source_name), path, f"{source_name}/{path.name}", Context(KEY, COUNTY))) as deliveries:
            for delivery in deliveries:
                rows = sum(map(len, delivery.rows))
                assert all(0 <= damage.position < rows for damage in delivery.damages)
    except Misconfigured as problem:
        assert "JUNHENG_" in str(problem)
    except Refusal as refusal:
        assert refusal.rule != "time_limit", refusal.message_en
        assert refusal.rule != "breaks_reader" or "SIG" in refusal.found, refusal.message_en  # native code may end; ours may not
        assert path.name in refusal.message_en and refusal.message_zh
        assert refusal.expected and refusal.found and refusal.do_en and refusal.do_zh


def fuzzed(name: str, inbox: Path, tmp_path: Path, reader: LimitedReader):
    """The check and the strategy of one reader: which of its files, spoiled how."""
    source_name, files = samples(name, inbox, tmp_path)
    contents = [path.read_bytes() for path in files]
    at = tmp_path / "spoiled"
    at.mkdir()

    def check(spoiled) -> None:
        which, by_part, part, changes = spoiled
        content = contents[which]
        path = at / files[which].name
        is_archive = by_part and zipfile.is_zipfile(files[which])
        path.write_bytes(spoiled_part(content, part, changes) if is_archive else spoiled_bytes(content, changes))
        reads_or_refuses(reader, source_name, path)

    return check, st.tuples(st.integers(0, len(files) - 1), st.booleans(), st.floats(0, 1, exclude_max=True), edits)


@pytest.mark.parametrize("name", READERS)
def test_spoiled_files_are_read_or_refused(name, inbox, tmp_path, reader):
    few(*fuzzed(name, inbox, tmp_path, reader), examples=60)


@pytest.mark.soak
@pytest.mark.parametrize("name", READERS)
def test_spoiled_files_are_read_or_refused_for_ten_minutes(name, inbox, tmp_path, reader):
    many(*fuzzed(name, inbox, tmp_path, reader))
