"""The personnel database: the same content from SQLite and from PostgreSQL, and what goes wrong."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from adbc_driver_postgresql import dbapi as postgresql
from reading import KEY, walked

from sources.connections import Database, Patience
from sources.declaration import Context
from sources.hr_payroll.database import connected
from sources.hr_payroll.tables import TABLES
from sources.refusal import Misconfigured, Refusal, Unreachable
from sources.register import source

NUMBER = "99999919900101123X"
PERSONAL = (NUMBER, NUMBER.lower(), "周某某", "13900000000", "某村3号")
QUICK = Patience(attempts=2, first_wait=0.0, connect_timeout=2.0)
TYPES = {"date32[day]": "date", "int64": "bigint", "decimal128(18, 2)": "numeric(18,2)"}
ROWS = {
    "units": [{"unit_code": "2141000001", "unit_name": "某小学", "budget_unit_code": "205001"}],
    "staff": [
        {"id_number": NUMBER, "work_unit_code": "2141000001", "person_status": "在岗", "birth_month": "1990-01", "status_since": "2015-09-01", "name": "周某某"},
        {"id_number": NUMBER.lower(), "work_unit_code": "2141000002", "person_status": "交流", "phone": "13900000000", "home_address": "某村3号"},
    ],
    "posts": [{"id_number": NUMBER, "post_category": "专业技术-教师", "started_on": "2015-09-01"}],
    "degrees": [{"id_number": NUMBER, "degree": "21-本科毕业", "graduated_month": "2012-07"}],
    "certificates": [{"id_number": NUMBER, "certificate_kind": "小学", "subject": "语文", "issued_on": "2013-01-05"}],
    "subjects_taught": [{"id_number": NUMBER, "term": "2025-2026-1", "stage": "小学", "course": "语文", "weekly_hours": "12.50"}],
    "backbone_titles": [{"id_number": NUMBER, "title": "骨干教师", "level": "县级", "document_number": "〔2020〕1号", "awarded_on": "2020-05-01"}],
    "training_hours": [{"id_number": NUMBER, "training_year": 2024, "project": "全员培训", "hours": "72"}],
    "rotations": [],
    "monthly_pay": [{"id_number": NUMBER, "pay_month": "2024-12", "budget_unit_code": "205001", "gross_yuan": "5123.10"}],
}  # fmt: skip


def statements(is_postgresql: bool) -> list[str]:
    """The schema as a bureau would give it: names, phones and addresses included."""
    made = ["create table system_state (as_of_date date, county_code text)", "insert into system_state values ('2025-09-01', '410183')"]
    for table in TABLES:
        columns = ["id_number" if column.name == "person_key" else column.name for column in table.columns]
        kinds = [TYPES.get(str(column.type), "text") if is_postgresql or "decimal" not in str(column.type) else "text" for column in table.columns]
        extra = ["name", "phone", "home_address"] if table.name == "staff" else []
        listed = ", ".join([f"{name} {kind}" for name, kind in zip(columns, kinds, strict=True)] + [f"{name} text" for name in extra])
        made.append(f"create table {table.name} ({listed})")
        for row in ROWS[table.name]:
            row = {"county_code": "410183", **row}
            values = ", ".join(str(value) if isinstance(value, int) else f"'{value}'" for value in row.values())
            made.append(f"insert into {table.name} ({', '.join(row)}) values ({values})")
    return made


@pytest.fixture
def sqlite_file(tmp_path) -> Path:
    path = tmp_path / "人事 hr.sqlite"
    with sqlite3.connect(path) as database:
        for statement in statements(is_postgresql=False):
            database.execute(statement)
    database.close()
    return path


@pytest.fixture(scope="module")
def postgresql_database(postgresql_uri) -> str:
    with postgresql.connect(postgresql_uri, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute("drop schema public cascade")
        cursor.execute("create schema public")
        for statement in statements(is_postgresql=True):
            cursor.execute(statement)
        cursor.execute("drop role if exists teller")  # its rights went with the schema
        cursor.execute("create role teller login password 'a-secret-word'")
        cursor.execute("grant usage on schema public to teller")
        cursor.execute("grant select on all tables in schema public to teller")
    return postgresql_uri


def pull(uri: str, key: bytes | None = KEY):
    return {delivery.table.name: walked(delivery) for delivery in source("hr_payroll").pull(Database(uri), Context(pseudonym_key=key), patience=QUICK)}


def test_every_table_from_sqlite(sqlite_file):
    found = pull(f"sqlite:///{sqlite_file}")
    assert list(found) == [table.name for table in TABLES]
    assert {name: read.table.num_rows for name, read in found.items()} == {name: len(rows) for name, rows in ROWS.items()}
    for name, read in found.items():
        assert read.delivery.as_of_date == date(2025, 9, 1)
        assert read.delivery.origin == f"sqlite:///{sqlite_file}/{name}"
        assert (read.delivery.county_code, read.delivery.digest, read.delivery.damages) == ("410183", None, [])
    assert found["subjects_taught"].rows[0]["weekly_hours"] == Decimal("12.5")
    assert found["training_hours"].rows[0]["training_year"] == 2024
    assert found["monthly_pay"].rows[0]["gross_yuan"] == Decimal("5123.10")
    assert found["staff"].rows[0]["status_since"] == date(2015, 9, 1)
    assert found["posts"].rows[0]["ended_on"] is None


def test_one_person_is_one_key_in_every_table(sqlite_file):
    found = pull(f"sqlite:///{sqlite_file}")
    keys = {row["person_key"] for read in found.values() for row in read.rows if "person_key" in row}
    assert len(keys) == 1 and len(keys.pop()) == 32


def test_the_same_content_from_postgresql_is_the_same(sqlite_file, postgresql_database):
    ours, theirs = pull(f"sqlite:///{sqlite_file}"), pull(postgresql_database)
    for name in ours:
        assert sorted(map(str, ours[name].rows)) == sorted(map(str, theirs[name].rows))


def test_nothing_of_a_person_is_delivered(sqlite_file):
    for read in pull(f"sqlite:///{sqlite_file}").values():
        assert not [value for value in PERSONAL if value in str(read.rows)]


def test_a_column_whose_first_rows_are_empty_is_read(sqlite_file):
    """The driver takes a column's type from its first rows."""
    with sqlite3.connect(sqlite_file) as database:
        database.execute("delete from posts")
        rows = [("410183", NUMBER, f"岗位{serial}", "2015-09-01", None if serial < 40_000 else "2020-08-31") for serial in range(40_005)]
        database.executemany("insert into posts (county_code, id_number, post_category, started_on, ended_on) values (?, ?, ?, ?, ?)", rows)
    database.close()
    read = pull(f"sqlite:///{sqlite_file}")["posts"]
    ended = read.table["ended_on"].to_pylist()
    assert ended == [None] * 40_000 + [date(2020, 8, 31)] * 5
    assert read.table["ended_on"].num_chunks > 1


def test_a_damaged_number_is_damage_and_no_key(sqlite_file):
    with sqlite3.connect(sqlite_file) as database:
        database.execute("update degrees set id_number = '9.99999199001e+17'")
    database.close()
    read = pull(f"sqlite:///{sqlite_file}")["degrees"]
    assert read.damages == {(0, "person_key", "damaged_id")}
    assert read.rows[0]["person_key"] is None


def test_the_database_is_opened_for_reading_only(sqlite_file):
    before = sqlite_file.read_bytes()
    sqlite_file.chmod(0o444)
    pull(f"sqlite:///{sqlite_file}")
    assert sqlite_file.read_bytes() == before
    assert [path.name for path in sqlite_file.parent.iterdir()] == [sqlite_file.name]


def test_nothing_can_be_written_through_the_connection(sqlite_file):
    with closing(connected(f"sqlite:///{sqlite_file}", QUICK)) as database, pytest.raises(Unreachable):
        list(database._batches("delete from staff returning id_number"))
    assert pull(f"sqlite:///{sqlite_file}")["staff"].table.num_rows == 2


@pytest.mark.parametrize(("statement", "named"), [("alter table staff drop column person_status", "person_status"), ("drop table rotations", "table"), ("drop table system_state", "system_state")])
def test_another_schema_is_refused_by_the_name_of_what_lacks(sqlite_file, statement, named):
    with sqlite3.connect(sqlite_file) as database:
        database.execute(statement)
    database.close()
    with pytest.raises(Refusal) as refusal:
        pull(f"sqlite:///{sqlite_file}")
    assert refusal.value.rule == "missing_column" and named in refusal.value.message_en


def test_a_missing_sqlite_file_is_unreachable_and_is_not_made(tmp_path):
    with pytest.raises(Unreachable, match="JUNHENG_HR_URI"):
        pull(f"sqlite:///{tmp_path}/none.sqlite")
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_no_database_is_unreachable(tmp_path):
    (tmp_path / "x.sqlite").write_text("this is text " * 1000)
    with pytest.raises(Unreachable):
        pull(f"sqlite:///{tmp_path}/x.sqlite")


@pytest.mark.parametrize("state", [[], [("2025-09-01", "410183"), ("2025-10-01", "410184")], [("today", "410183")]])
def test_a_system_without_one_date_is_not_used(sqlite_file, state):
    with sqlite3.connect(sqlite_file) as database:
        database.execute("delete from system_state")
        database.executemany("insert into system_state values (?, ?)", state)
    database.close()
    with pytest.raises(Unreachable, match="system_state"):
        pull(f"sqlite:///{sqlite_file}")


def test_a_password_never_shows(postgresql_database):
    host = postgresql_database.split("@")[1]
    uris = [f"postgresql://nobody-at-all:a-secret-word@{host}", "postgresql://teller:a-secret-word@127.0.0.1:1/postgres", f"postgresql://teller:a-secret-word@{host}-none"]
    for uri in uris:
        with pytest.raises(Unreachable) as problem:
            pull(uri)
        said = problem.value.message_en + problem.value.message_zh + repr(problem.value) + repr(Database(uri))
        assert "a-secret-word" not in said and "@" not in said


def test_origin_of_postgresql_holds_no_user(postgresql_database):
    host = postgresql_database.split("@")[1]
    found = pull(f"postgresql://teller:a-secret-word@{host}?application_name=junheng")
    assert found["units"].delivery.origin == f"postgresql://{host}/units"


@pytest.mark.parametrize("uri", ["mysql://host/x", "hr.sqlite", ""])
def test_a_uri_of_another_kind_is_a_configuration_error(uri):
    with pytest.raises(Misconfigured, match="JUNHENG_HR_URI"):
        pull(uri)


def test_without_a_key_nothing_is_opened():
    with pytest.raises(Misconfigured, match="JUNHENG_PSEUDONYM_KEY"):
        pull("sqlite:////nowhere", key=None)


CHANGE = ["insert into units (county_code, unit_code) values ('410183', '2141000099')", "delete from monthly_pay"]


def sizes_of_a_pull(uri: str, meanwhile) -> dict[str, int]:
    """Rows by table of a pull during which something happens: after the first table is read."""
    sizes = {}
    for delivery in source("hr_payroll").pull(Database(uri), Context(pseudonym_key=KEY), patience=QUICK):
        sizes[delivery.table.name] = walked(delivery).table.num_rows
        if len(sizes) == 1:
            meanwhile()
    return sizes


def test_postgresql_is_read_as_of_one_moment(postgresql_database):
    def change():
        with postgresql.connect(postgresql_database, autocommit=True) as connection, connection.cursor() as cursor:
            for statement in CHANGE:
                cursor.execute(statement)

    def restore():
        with postgresql.connect(postgresql_database, autocommit=True) as connection, connection.cursor() as cursor:
            cursor.execute("delete from units where unit_code = '2141000099'")
            cursor.execute("insert into monthly_pay (county_code, id_number, pay_month, budget_unit_code, gross_yuan) "
                           f"values ('410183', '{NUMBER}', '2024-12', '205001', 5123.10)")  # fmt: skip

    try:
        assert sizes_of_a_pull(postgresql_database, change) == {name: len(rows) for name, rows in ROWS.items()}
        assert len(pull(postgresql_database)["units"].rows) == 2, "the next pull sees the change"
    finally:
        restore()


# In a process of its own: locks of one process do not keep it out itself.
WRITER = """
import sqlite3, sys
with sqlite3.connect(sys.argv[1], timeout=float(sys.argv[2])) as database:
    for statement in sys.argv[3:]:
        database.execute(statement)
"""


@pytest.mark.parametrize("mode", ["delete", "wal"])
def test_sqlite_is_read_as_of_one_moment(sqlite_file, mode):
    def change(*statements: str) -> int:
        return subprocess.run([sys.executable, "-c", WRITER, str(sqlite_file), "0.2", *statements], capture_output=True).returncode

    assert change(f"pragma journal_mode = {mode}") == 0
    written = []
    sizes = sizes_of_a_pull(f"sqlite:///{sqlite_file}", lambda: written.append(change(*CHANGE)))
    assert sizes == {name: len(rows) for name, rows in ROWS.items()}
    assert written == [1 if mode == "delete" else 0], "a writer waits, or what it writes is not seen"
    assert change(*CHANGE) == 0 or mode == "wal", "when the pull is over it may write"


def test_a_sqlite_that_somebody_writes_is_waited_for(sqlite_file):
    """A transaction that holds the whole file, and is ended while the pull waits."""
    holder = "import sqlite3, sys, time; d = sqlite3.connect(sys.argv[1], isolation_level=None); d.execute('begin exclusive'); print('held', flush=True); time.sleep(0.5); d.execute('commit')"
    with subprocess.Popen([sys.executable, "-c", holder, str(sqlite_file)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "held\n"
        assert len(pull(f"sqlite:///{sqlite_file}")) == len(TABLES)
