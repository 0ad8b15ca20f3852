"""What the systems say has changed is what differs between two days, no row more and none less."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from moved_sandbox import FIRST

from sandbox.advance import advance_sandbox
from sandbox.hr_database import PRIMARY_KEYS
from sandbox.make import HR_DATABASE, STUDENT_STATUS_STORE, make_sandbox
from sandbox.stamps import KEYS_OF_PEOPLE

RESOURCES = ("schools", "campuses", "classes", "students")
# an ordinary month, the end of a year and a new term's lessons, a merger in the summer, a new school year
STEPS = (30, 123, 160, 60)


@dataclass(frozen=True)
class Told:
    """Tables by name on one day: key -> content, key -> time of change, keys that are gone -> time of their going."""

    rows: dict[str, dict]
    updated: dict[str, dict]
    gone: dict[str, dict]


@pytest.fixture(scope="module")
def days(tmp_path_factory) -> list[tuple[Told, Told]]:
    folder = tmp_path_factory.mktemp("stamps") / "sandbox"
    make_sandbox(folder, schools=20, students=2500, seed=3, as_of=FIRST)
    found = [(service_of(folder), database_of(folder))]
    for step in STEPS:
        advance_sandbox(folder, step)
        found.append((service_of(folder), database_of(folder)))
    return found


def service_of(folder: Path) -> Told:
    with sqlite3.connect(folder / STUDENT_STATUS_STORE) as store:
        rows, updated, gone = {}, {}, {}
        for name in RESOURCES:
            listed = store.execute(f"select key, updated, body from {name}").fetchall()
            bodies = {key: json.loads(body) for key, _, body in listed}
            rows[name] = {key: {k: v for k, v in body.items() if k != "updated_at"} for key, body in bodies.items()}
            updated[name] = {key: moment for key, moment, _ in listed}
            gone[name] = dict(store.execute(f"select key, updated from {name}_gone").fetchall())
    store.close()
    return Told(rows, updated, gone)


def database_of(folder: Path) -> Told:
    with sqlite3.connect(folder / HR_DATABASE) as database:
        database.row_factory = sqlite3.Row
        rows, updated, gone = {}, {}, {}
        for name, key in KEYS_OF_PEOPLE.items():
            listed = [dict(row) for row in database.execute(f"select * from {name}")]
            of_row = {tuple(row[column] for column in key): row for row in listed}
            updated[name] = {at: row.pop("updated_at") for at, row in of_row.items()}
            rows[name] = of_row
            left = database.execute(f"select {', '.join(key)}, max(deleted_at) from deletions where table_name = '{name}' group by {', '.join(key)}")
            gone[name] = {tuple(row)[:-1]: tuple(row)[-1] for row in left}
    database.close()
    return Told(rows, updated, gone)


@pytest.mark.parametrize("step", range(len(STEPS)))
@pytest.mark.parametrize("system", [0, 1], ids=["student status", "personnel"])
def test_what_is_newer_than_the_day_before_is_what_differs(days, step, system):
    before, now = days[step][system], days[step + 1][system]
    for name in now.rows:
        old, new = before.rows[name], now.rows[name]
        differs = {key for key, row in new.items() if old.get(key) != row}
        newest = max([*before.updated[name].values(), *before.gone[name].values()], default=None)
        told = {key for key, moment in now.updated[name].items() if newest is None or moment > newest}
        assert differs <= told, name
        assert system == 0 or told == differs, name  # a clerk may touch a pupil's row and leave it as it was
        left = {key for key in old if key not in new}
        assert left <= {key for key, moment in now.gone[name].items() if newest is None or moment > newest}, name


@pytest.mark.parametrize("system", [0, 1], ids=["student status", "personnel"])
def test_every_kind_of_change_happens(days, system):
    """Rows come, change and go in the tables where a year brings it."""
    first, last = days[0][system], days[-1][system]
    goes = {0: {"schools", "campuses", "classes", "students"}, 1: {"units", "staff", "subjects_taught"}}[system]
    comes = {0: {"classes", "students"}, 1: {"staff", "posts", "degrees", "subjects_taught", "monthly_pay", "rotations"}}[system]
    assert {name for name, gone in last.gone.items() if gone} >= goes
    assert {name for name in last.rows if last.rows[name].keys() - first.rows[name].keys()} >= comes


def test_only_what_is_not_there_any_more_is_gone_from_the_service(days):
    for service, _ in days:
        assert not any(service.rows[name].keys() & service.gone[name].keys() for name in RESOURCES)


def test_nothing_is_told_as_changed_later_than_its_day(days):
    day = FIRST
    for (_, database), step in zip(days, (*STEPS, 0), strict=True):
        end = f"{day + timedelta(days=1)} 00:00:00"
        assert all(moment < end for table in (*database.updated.values(), *database.gone.values()) for moment in table.values())
        day += timedelta(days=step)


def test_the_columns_of_the_deletions_are_the_keys_of_all_tables(days, tmp_path):
    make_sandbox(tmp_path / "sandbox", schools=12, students=1200, seed=1)
    with sqlite3.connect(tmp_path / "sandbox" / HR_DATABASE) as database:
        columns = {row[1] for row in database.execute("pragma table_info(deletions)")}
    database.close()
    assert columns == {"table_name", "deleted_at", "county_code"}.union(*(PRIMARY_KEYS[name] for name in KEYS_OF_PEOPLE))
