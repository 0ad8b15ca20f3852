"""The personnel database asked for what changed: alike in SQLite and PostgreSQL, and upon what was there before
it gives what is there now."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from adbc_driver_postgresql import dbapi as postgresql
from reading import KEY, Read, walked

from sandbox.advance import county_on
from sandbox.hr_database import load_postgresql, load_sqlite
from sandbox.make import Order, first_plan
from sandbox.plan import County
from sources.connections import Database, Patience
from sources.declaration import Context, Table
from sources.register import source

QUICK = Patience(attempts=2, first_wait=0.0, connect_timeout=2.0)
HR = source("hr_payroll")
FIRST = date(2025, 9, 1)
# a retirement, a new year's pay and a term's new lessons, a merger, a school year with rotations
DAYS = (date(2025, 9, 30), date(2026, 2, 2), date(2026, 7, 11), date(2026, 9, 2))
ORDER = Order(schools=20, students=2500, seed=3)


@pytest.fixture(scope="module")
def counties() -> list[County]:
    return [county_on(first_plan(ORDER, FIRST), day) for day in (FIRST, *DAYS)]


def pull(uri: str, marks: Mapping[str, str] | None = None, *, full_from: date | None = None, key: bytes = KEY) -> list[Read]:
    context = Context(pseudonym_key=key, marks=marks or {}, full_from=full_from)
    return [walked(delivery) for delivery in HR.pull(Database(uri), context, patience=QUICK)]


def marks_of(uri: str) -> dict[str, str]:
    return dict(HR.marks(Database(uri), Context(pseudonym_key=KEY), patience=QUICK))


def by_name(reads: list[Read]) -> dict[str, Read]:
    return {read.delivery.table.name: read for read in reads}


def keyed(table: Table, rows: list[dict]) -> dict[tuple, dict]:
    return {tuple(row[name] for name in ("county_code", *table.key)): {c.name: row[c.name] for c in table.columns} for row in rows}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def pulls(request, counties, tmp_path_factory) -> list[tuple[list[Read], list[Read]]]:
    """Day by day what changed since the day before, and everything."""
    uri = request.getfixturevalue("postgresql_uri") if request.param == "postgresql" else ""
    folder = tmp_path_factory.mktemp("hr")
    found, marks = [], None
    for county in counties:
        if request.param == "sqlite":
            path = folder / "hr.sqlite"  # one database, in one place
            path.unlink(missing_ok=True)
            load_sqlite(path, [county])
            uri = f"sqlite:///{path}"
        else:
            load_postgresql(uri, [county])
        found.append((pull(uri, marks) if marks else [], pull(uri)))
        marks = marks_of(uri)
    return found


def test_what_changed_upon_what_was_there_is_what_is_there(pulls):
    """The replay is a dict: upsert by key, tombstones drop."""
    states = {read.delivery.table.name: keyed(read.delivery.table, read.rows) for read in pulls[0][1]}
    for changed, everything in pulls[1:]:
        for read in changed:
            table = read.delivery.table
            if read.delivery.kind == "full":
                states[table.name] = {}
            for row in read.rows:
                key = tuple(row[name] for name in ("county_code", *table.key))
                if row.get("_is_deleted"):
                    states[table.name].pop(key, None)  # what went at the moment of the mark is told twice
                else:
                    states[table.name][key] = {column.name: row[column.name] for column in table.columns}
        for read in everything:
            assert states[read.delivery.table.name] == keyed(read.delivery.table, read.rows), read.delivery.table.name


def test_what_changed_is_a_small_part(pulls):
    for changed, everything in pulls[1:2]:
        assert {read.delivery.kind for read in changed} == {"delta"}
        assert sum(len(read.rows) for read in changed) < sum(len(read.rows) for read in everything) / 10


def test_rows_go_and_tombstones_hold_the_key_alone(pulls):
    gone = [(read.delivery.table, row) for changed, _ in pulls[1:] for read in changed for row in read.rows if row.get("_is_deleted")]
    assert {table.name for table, _ in gone} >= {"units", "staff", "subjects_taught"}
    for table, row in gone:
        assert all(row[name] is not None for name in ("county_code", *table.key))
        assert not any(row[column.name] for column in table.columns if column.name not in ("county_code", *table.key))


def test_both_databases_tell_the_same(counties, tmp_path, postgresql_uri):
    before, now = counties[2], counties[3]
    path = tmp_path / "hr.sqlite"
    load_sqlite(path, [before])
    load_postgresql(postgresql_uri, [before])
    marks = [marks_of(f"sqlite:///{path}"), marks_of(postgresql_uri)]
    assert [mark.partition("@")[2] for mark in marks[0].values()] == [mark.partition("@")[2] for mark in marks[1].values()]
    path.unlink()
    load_sqlite(path, [now])
    load_postgresql(postgresql_uri, [now])
    ours, theirs = by_name(pull(f"sqlite:///{path}", marks[0])), by_name(pull(postgresql_uri, marks[1]))
    for name in ours:
        assert ours[name].delivery.kind == theirs[name].delivery.kind
        assert sorted(map(str, ours[name].rows)) == sorted(map(str, theirs[name].rows)), name


@pytest.fixture
def database(counties, tmp_path) -> Path:
    load_sqlite(tmp_path / "hr.sqlite", [counties[0]])
    return tmp_path / "hr.sqlite"


def changed_by(database: Path, *statements: str) -> list[Read]:
    """What is pulled after these statements, by the marks of before."""
    uri = f"sqlite:///{database}"
    marks = marks_of(uri)
    with sqlite3.connect(database) as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()
    return pull(uri, marks)


LATER = "2025-09-02 10:00:00"
SOMEBODY = "(select min(id_number) from staff)"


def test_where_nothing_changed_every_table_says_so(database):
    found = changed_by(database, "update system_state set as_of_date = '2025-09-02'")
    assert [(read.delivery.kind, read.rows) for read in found] == [("delta", [])] * len(HR.tables)
    assert {read.delivery.as_of_date for read in found} == {date(2025, 9, 2)}


def test_a_changed_post_is_the_only_row_beside_the_newest_before(database):
    posts = by_name(changed_by(database, f"update posts set post_grade = '99', updated_at = '{LATER}' where id_number = {SOMEBODY}"))["posts"]
    assert {row["post_grade"] for row in posts.rows if row["post_grade"] == "99"} == {"99"}
    assert len([row for row in posts.rows if row["post_grade"] != "99"]) <= 1  # the one at the mark itself


def test_a_row_that_went_and_came_back_is_there(database):
    key = f"select county_code, 'posts', '{LATER}', id_number, post_category, started_on from posts where id_number = {SOMEBODY}"
    gone = f"insert into deletions (county_code, table_name, deleted_at, id_number, post_category, started_on) {key}"
    posts = by_name(changed_by(database, gone, gone, f"update posts set updated_at = '{LATER}' where id_number = {SOMEBODY}"))["posts"]
    assert not any(row["_is_deleted"] for row in posts.rows)


def test_a_row_that_went_twice_is_one_tombstone(database):
    gone = (
        "insert into deletions (county_code, table_name, deleted_at, id_number, post_category, started_on) "
        "values ('410183', 'posts', '{}', '99999919900101123X', '管理', '2020-01-01')"
    )
    posts = by_name(changed_by(database, gone.format(LATER), gone.format("2025-09-02 11:00:00")))["posts"]
    assert [row["_is_deleted"] for row in posts.rows].count(True) == 1


def test_a_deletion_of_another_table_is_none_of_ours(database):
    gone = f"insert into deletions (county_code, table_name, deleted_at, unit_code) values ('410183', 'units', '{LATER}', '2141000000')"
    found = by_name(changed_by(database, gone))
    assert [row["_is_deleted"] for row in found["units"].rows].count(True) == 1
    assert all(not any(row["_is_deleted"] for row in read.rows) for name, read in found.items() if name != "units")


@pytest.mark.parametrize(
    "statement",
    [
        "drop table deletions", "alter table deletions drop column started_on", "alter table posts drop column updated_at",
        "update posts set updated_at = '2020-01-01 00:00:00'",
    ],
)  # fmt: skip
def test_a_table_whose_changes_are_not_told_is_read_whole(database, statement):
    posts = by_name(changed_by(database, statement))["posts"]
    assert posts.delivery.kind == "full" and len(posts.rows) > 100


def test_a_full_pull_comes_beside_what_changed_when_it_is_due(database):
    uri = f"sqlite:///{database}"
    found = pull(uri, marks_of(uri), full_from=FIRST)
    assert [(read.delivery.table.name, read.delivery.kind) for read in found] == [(t.name, kind) for t in HR.tables for kind in ("delta", "full")]
    assert all(read.rows for read in found if read.delivery.kind == "full")


def test_another_key_reads_everything(database):
    uri = f"sqlite:///{database}"
    assert {read.delivery.kind for read in pull(uri, marks_of(uri), key=KEY + b"?")} == {"full"}


def test_a_mark_with_quotes_does_no_harm(database):
    uri = f"sqlite:///{database}"
    marks = {name: mark + "'; drop table staff; --" for name, mark in marks_of(uri).items()}
    assert len(by_name(pull(uri, marks))["staff"].rows) > 100


def test_what_changes_needs_postgresql_types(counties, postgresql_uri):
    """A moment stands there as a timestamp, not as text."""
    load_postgresql(postgresql_uri, [counties[0]])
    with postgresql.connect(postgresql_uri, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute("select distinct data_type from information_schema.columns where column_name in ('updated_at', 'deleted_at')")
        assert cursor.fetchall() == [("timestamp without time zone",)]
