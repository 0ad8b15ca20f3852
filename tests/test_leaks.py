"""The search for persons finds what is planted in each kind of file that Junheng writes."""

from __future__ import annotations

import gzip
import json
import sqlite3
import zipfile
import zlib
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from leaks import Leak, has_valid_check, leaks, leaks_in

NAME, NUMBER, STREET = "买买提·雨泽", "10012345678", "新密市米村模拟路12号"


def as_text(path: Path) -> None:
    path.write_text(f"refused: found 「填表人{NAME}，{STREET}」 tel:{NUMBER}\n", encoding="utf-8")


def as_escaped_json(path: Path) -> None:
    path.write_text(json.dumps({"message": [NAME, STREET, int(NUMBER)]}), encoding="utf-8")


def as_parquet(path: Path) -> None:
    table = pa.table({"n": pa.array([int(NUMBER)]), "reasons": pa.array([[NAME]]), "place": pa.array([{"street": STREET}])})
    pq.write_table(table, path, compression="zstd")


def as_duckdb(path: Path) -> None:
    with duckdb.connect(str(path)) as engine:
        engine.execute("create table staff as select ? as a, ? as b, ?::bigint as c from range(5000)", [NAME, STREET, NUMBER])


def as_sqlite(path: Path) -> None:
    store = sqlite3.connect(path)
    store.execute("create table events (body)")
    blob = zlib.compress(f"{'x' * 9000}{NAME} {STREET} {NUMBER}".encode())
    store.executemany("insert into events values (?)", [(blob,), ("nothing",)])
    store.commit()
    store.close()


def as_workbook(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/sharedStrings.xml", f"<sst><si><t>{NAME}</t></si><si><t>{STREET}</t></si><si><t>{NUMBER}</t></si></sst>")


def as_gzip(path: Path) -> None:
    path.write_bytes(gzip.compress(f"{NAME}|{STREET}|{NUMBER}".encode()))


WRITERS = (as_text, as_escaped_json, as_parquet, as_duckdb, as_sqlite, as_workbook, as_gzip)


@pytest.mark.parametrize("write", WRITERS, ids=lambda write: write.__name__)
def test_what_is_planted_is_found(tmp_path, write):
    (tmp_path / "deep").mkdir()
    write(tmp_path / "deep" / "file")
    assert leaks(tmp_path, {NAME, NUMBER, STREET, "王伟"}) == sorted((Leak("deep/file", what) for what in (NAME, NUMBER, STREET)), key=lambda leak: leak.what)


def test_the_name_of_a_file_is_searched_too(tmp_path):
    (tmp_path / f"{NAME}.json").touch()
    assert [leak.what for leak in leaks(tmp_path, {NAME})] == [NAME]


def test_a_short_name_is_found_alone_and_not_within_words():
    assert leaks_in("提高平均数，王伟华", {"高平", "王伟"}) == []
    assert leaks_in("班主任：高平; 王伟", {"高平", "王伟"}) == ["王伟", "高平"]


def test_a_number_within_a_longer_number_is_another_one():
    assert leaks_in(f"9{NUMBER} {NUMBER}0 G{NUMBER}", {NUMBER}) == [NUMBER]
    assert leaks_in(f"9{NUMBER} {NUMBER}0", {NUMBER}) == []


def test_an_identity_number_is_known_by_its_day_and_check():
    """11010519491231002X is the example of GB 11643 itself."""
    assert has_valid_check("11010519491231002X") and not has_valid_check("110105194912310021")
    assert leaks_in("「11010519491231002X」", ()) == ["an identity number 11010519491231002X"]
    assert leaks_in("G11010519491231002x,", ()) == ["an identity number 11010519491231002x"]
    assert leaks_in("110105194912310021 110105194913310020", ()) == []


def test_a_mobile_number_is_known_by_its_form():
    assert leaks_in("电话13800000000。", ()) == ["a mobile number 13800000000"]
    assert leaks_in("0.13800000000 138000000001 a13800000000 10000000000 13800000000.5", ()) == []
