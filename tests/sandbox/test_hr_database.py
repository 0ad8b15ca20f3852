"""The personnel database says the same in SQLite and in PostgreSQL."""

from __future__ import annotations

import sqlite3
from decimal import Decimal

import pytest
from adbc_driver_postgresql import dbapi as postgresql

from sandbox import hr_database
from sandbox.make import HR_DATABASE, planned

TABLES = tuple(hr_database.PRIMARY_KEYS)


@pytest.fixture(scope="module")
def both(small, postgresql_uri):
    hr_database.load_postgresql(postgresql_uri, [planned(small)])
    with sqlite3.connect(small / HR_DATABASE) as in_sqlite, postgresql.connect(postgresql_uri, autocommit=True) as in_postgresql:
        yield in_sqlite, in_postgresql
    in_sqlite.close()


@pytest.mark.parametrize("table", TABLES)
def test_same_rows_in_both(both, table):
    in_sqlite, in_postgresql = both
    columns = [row[1] for row in in_sqlite.execute(f"pragma table_info({table})")]
    as_text = ", ".join(f"cast({column} as text)" for column in columns)
    with in_postgresql.cursor() as cursor:
        cursor.execute(f"select {as_text} from {table}")
        theirs = cursor.fetchall()
    ours = in_sqlite.execute(f"select {as_text} from {table}").fetchall()
    assert ours and sorted(map(repr, map(tuple, theirs))) == sorted(map(repr, ours))


def test_postgresql_has_real_dates_and_numbers(both):
    _, in_postgresql = both
    with in_postgresql.cursor() as cursor:
        cursor.execute("select table_name || '.' || column_name, data_type from information_schema.columns where table_schema = 'public'")
        types = dict(cursor.fetchall())
    assert types["posts.started_on"] == types["backbone_titles.valid_to"] == types["system_state.as_of_date"] == "date"
    assert types["monthly_pay.gross_yuan"] == types["subjects_taught.weekly_hours"] == "numeric"
    assert types["staff.birth_month"] == "text"


def test_sqlite_holds_amounts_without_binary_fractions(small):
    with sqlite3.connect(small / HR_DATABASE) as database:
        kinds = database.execute("select distinct typeof(gross_yuan) from monthly_pay").fetchall()
        amounts = [Decimal(text) for (text,) in database.execute("select gross_yuan from monthly_pay limit 100")]
    database.close()
    assert kinds == [("text",)] and all(amount.as_tuple().exponent == -2 for amount in amounts)


def test_loading_again_replaces(small, postgresql_uri):
    county = planned(small)
    assert hr_database.load_postgresql(postgresql_uri, [county]) == hr_database.load_postgresql(postgresql_uri, [county])
    with postgresql.connect(postgresql_uri) as database, database.cursor() as cursor:
        cursor.execute("select count(*) from system_state")
        assert cursor.fetchone() == (1,)
