"""Looking for persons in everything that lies below a folder.

Here: the texts of a tree (raw bytes, and decoded: Parquet, DuckDB, SQLite, archives and
workbooks, compressed blobs), searched for what was planted, and screened for whatever has
the form of an identity or mobile number. Not here: what was planted (planted_persons.py).

A name of two characters is looked for between characters that are not Chinese: 高平 stands
in 提高平均 too. Longer names, numbers and addresses are found anywhere.
"""

from __future__ import annotations

import gzip
import json
import re
import shutil
import sqlite3
import tempfile
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

HAN = r"\u3400-\u9fff\U00020000-\U0003ffff·"
_RUN = re.compile(rf"[0-9A-Za-z{HAN}-]{{2,}}")
_HAN_RUN = re.compile(rf"[{HAN}]+")
_NUMBER = re.compile(r"(?<![0-9A-Za-z.])([1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[0-9Xx])(?![0-9A-Za-z])")
_LETTERED = re.compile(r"(?<![0-9A-Za-z.])[GJL]([1-9]\d{16}[0-9Xx])(?![0-9A-Za-z])")
_MOBILE = re.compile(r"(?<![0-9A-Za-z.])1[3-9]\d{9}(?![0-9A-Za-z.])")
_WEIGHTS, _CHECKS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), "10X98765432"
_SHORT = 3  # needles are found by so many of their first characters
_LARGE = 10**9  # smaller whole numbers name nobody


@dataclass(frozen=True)
class Leak:
    """What was found, and in which file; `what` is the planted text, or the form that it has."""

    file: str
    what: str


class Needles:
    """Planted texts, ready to be found in many others."""

    def __init__(self, planted: Iterable[str]):
        self._by_head: dict[str, list[str]] = defaultdict(list)
        self._short: set[str] = set()
        for text in set(planted):
            if len(text) < _SHORT:
                self._short.add(text)
            else:
                self._by_head[text[:_SHORT]].append(text)

    def found_in(self, runs: Iterable[str]) -> Iterator[str]:
        for run in runs:
            for place in range(len(run) - _SHORT + 1):
                for needle in self._by_head.get(run[place : place + _SHORT], ()):
                    if run.startswith(needle, place) and not _is_part_of_a_number(run, place, len(needle)):
                        yield needle
            if not self._short.isdisjoint(_HAN_RUN.findall(run)):
                yield from self._short.intersection(_HAN_RUN.findall(run))


def _is_part_of_a_number(run: str, place: int, length: int) -> bool:
    """Whether digits go on before or behind digits: then it is another number."""
    around = (run[place - 1 : place + 1], run[place + length - 1 : place + length + 1])
    return any(len(pair) == 2 and pair.isdecimal() for pair in around)


def leaks(folder: Path, planted: Iterable[str]) -> list[Leak]:
    """Everything below `folder` that names a person; sorted."""
    needles, found = Needles(planted), set()
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        found |= {Leak(name, what) for what in _named(path.name, needles)}
        if path.is_file() and not path.is_symlink():
            for text in texts_of(path):
                found |= {Leak(name, what) for what in _named(text, needles)}
    return sorted(found, key=lambda leak: (leak.file, leak.what))


def leaks_in(text: str, planted: Iterable[str]) -> list[str]:
    """The same for one text, such as what a command printed."""
    return sorted(_named(text, Needles(planted)))


def _named(text: str, needles: Needles) -> set[str]:
    found = set(needles.found_in(set(_RUN.findall(text))))
    numbers = {*_NUMBER.findall(text), *_LETTERED.findall(text)}
    found |= {f"an identity number {number}" for number in numbers if has_valid_check(number)}
    return found | {f"a mobile number {number}" for number in _MOBILE.findall(text)}


def has_valid_check(number: str) -> bool:
    """GB 11643: whether the last of 18 characters follows from the others."""
    return _CHECKS[sum(int(digit) * weight for digit, weight in zip(number[:17], _WEIGHTS, strict=True)) % 11] == number[17].upper()


# --- what a file says -------------------------------------------------------------


def texts_of(path: Path) -> Iterator[str]:
    """The file's bytes as text, and what its format holds."""
    content = path.read_bytes()
    yield from _texts_of_bytes(content)
    if content[:4] == b"PAR1":
        yield from texts_of_table(pq.read_table(path))
    elif content[:15] == b"SQLite format 3":
        yield from _of_sqlite(path)
    elif content[8:12] == b"DUCK":
        yield from _of_duckdb(path)


def _texts_of_bytes(content: bytes) -> Iterator[str]:
    yield content.decode("utf-8", "ignore")
    if content[:2] == b"\x1f\x8b":
        yield from _texts_of_bytes(gzip.decompress(content))
    elif content[:1] == b"\x78":
        try:
            yield from _texts_of_bytes(zlib.decompress(content))
        except zlib.error:
            pass  # begins like a compressed blob and is none
    elif content[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(BytesIO(content)) as archive:
            for member in archive.namelist():
                yield from _texts_of_bytes(archive.read(member))
    if b"\\u" in content:  # JSON that escapes what is not ASCII
        yield re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), content.decode("utf-8", "ignore"))


def texts_of_table(table: pa.Table) -> Iterator[str]:
    """The distinct values of each column, one a line."""
    for column in table.columns:
        yield "\n".join(_distinct(column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column))


def _distinct(values: pa.Array) -> list[str]:
    kind = values.type
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return _distinct(pc.list_flatten(values))
    if pa.types.is_struct(kind):
        return [text for field in kind for text in _distinct(pc.struct_field(values, field.name))]
    if pa.types.is_integer(kind):
        values = values.filter(pc.fill_null(pc.greater_equal(values, _LARGE), False))
    elif not (pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_binary(kind)):
        return []
    return [value.decode("utf-8", "ignore") if isinstance(value, bytes) else str(value) for value in pc.unique(values).to_pylist() if value is not None]


def _of_sqlite(path: Path) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:  # with its log beside it: nothing may be left out, and nothing touched
        copy = Path(folder) / path.name
        for beside in (path, *path.parent.glob(f"{path.name}-wal")):
            shutil.copyfile(beside, Path(folder) / beside.name)
        store = sqlite3.connect(copy)
        for (table,) in store.execute("select name from sqlite_master where type = 'table'").fetchall():
            for row in store.execute(f'select * from "{table}"'):
                for cell in row:
                    if isinstance(cell, bytes):
                        yield from _texts_of_bytes(cell)
                    elif isinstance(cell, str):
                        yield from _texts_of_bytes(cell.encode())
                    elif isinstance(cell, int) and cell >= _LARGE:
                        yield str(cell)
        store.close()


def _of_duckdb(path: Path) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy.duckdb"
        for beside in (path, *path.parent.glob(f"{path.name}.wal")):
            shutil.copyfile(beside, copy if beside == path else copy.with_name("copy.duckdb.wal"))
        with duckdb.connect(str(copy)) as engine:
            engine.execute("set enable_external_access = false")
            tables = engine.execute("select database_name, schema_name, table_name from duckdb_tables()").fetchall()
            for table in tables:
                name = ".".join(json.dumps(part, ensure_ascii=False) for part in table)
                yield from texts_of_table(engine.sql(f"select * from {name}").to_arrow_table())
