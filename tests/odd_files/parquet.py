"""Tidy Parquet files: other types, lists, bytes that are no text, and more rows than bytes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from odd_files.expectation import Odd

NAME = "填报.parquet"
ROW = {
    "as_of_date": "2025-09-01", "county_code": "410183", "township": "城关镇", "school_id": "2141000001", "school_name": "某小学",
    "school_type": "primary_school", "stage": "primary", "measure_id": "students", "value": "12",
}  # fmt: skip


def file(rows: int = 1, **columns: pa.Array) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        table = pa.table({name: columns.get(name, pa.array([value] * rows)) for name, value in ROW.items()})
        pq.write_table(table, path)

    return make


def cut(path: Path) -> None:
    file()(path)
    path.write_bytes(path.read_bytes()[:-30])


def footer_of_two_gigabytes(path: Path) -> None:
    path.write_bytes(b"PAR1" + bytes(100) + (0x7FFFFFF0).to_bytes(4, "little") + b"PAR1")


def twice(path: Path) -> None:
    names = [*ROW, "value"]
    pq.write_table(pa.Table.from_arrays([pa.array([ROW[name]]) for name in names], names), path)


def a_long_word_a_million_times(path: Path) -> None:
    """A dictionary of one word of a megabyte, two million rows: terabytes once decoded."""
    rows = 2_000_000
    word = pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), pa.array(["长" * 333_333]))
    file(rows, township=word)(path)


def more_rows_than_bytes(path: Path) -> None:
    """A million times the same row, in a few KB."""
    rows, one = 1_000_000, pa.array([0], pa.int32()).take(pa.repeat(0, 1_000_000))
    same = {name: pa.DictionaryArray.from_arrays(one, pa.array([value])) for name, value in ROW.items()}
    file(rows, **same)(path)


COLUMNS = ("school_id", "measure_id", "value")
# How many rows are too many is the reader's setting, which the tests of single files set low.
HEAVY = ("Parquet with more rows than bytes", "Parquet with a long word in two million rows")
PLAIN = (("2141000001", "students", "12"),)
ODD = tuple(
    Odd(what, NAME, make, rows, damages, refused, says, COLUMNS, "declared", what in HEAVY)
    for what, make, rows, damages, refused, says in (
        ("Parquet", file(), PLAIN, frozenset(), (), ()),
        ("Parquet with figures as numbers", file(value=pa.array([12.0])), PLAIN, frozenset(), (), ()),
        ("Parquet with NaN, which some tools write for missing", file(value=pa.array([float("nan")])), (("2141000001", "students", None),), frozenset(), (), ()),
        ("Parquet with a number without end", file(value=pa.array([float("inf")])), (("2141000001", "students", None),), frozenset({(0, "value", "not_a_number")}), (), ()),
        ("Parquet with codes as numbers with a point", file(school_id=pa.array([2141000001.0])), None, frozenset(), ("wrong_type",), ("school_id",)),
        ("Parquet with lists", file(value=pa.array([[1, 2]])), None, frozenset(), ("unreadable", "wrong_type"), ()),
        ("Parquet with structs", file(value=pa.array([{"a": 1}])), None, frozenset(), ("unreadable", "wrong_type", "missing_column"), ()),
        ("Parquet with bytes that are no text", file(township=pa.array([b"\xff\xfe"])), None, frozenset(), ("unreadable", "wrong_type"), ()),
        ("Parquet cut short", cut, None, frozenset(), ("unreadable",), ()),
        ("Parquet with a footer of two gigabytes", footer_of_two_gigabytes, None, frozenset(), ("unreadable",), ()),
        ("Parquet with a column twice", twice, None, frozenset(), ("repeated_column",), ("value",)),
        ("Parquet with more rows than bytes", more_rows_than_bytes, None, frozenset(), ("too_large",), ("64 MB",)),
        ("Parquet with a long word in two million rows", a_long_word_a_million_times, None, frozenset(), ("memory_limit", "too_large", "breaks_reader"), ()),
    )
)
