"""The store behind the student-status service: one SQLite table a resource.

Here: ready-made JSON text per row under its key, so that a page is one range scan
and one join of strings; beside them the keys of rows that are gone.
Not here: HTTP (student_status_service.py), rows (pupils.py), when they changed (stamps.py).
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sandbox import pupils
from sandbox.plan import County
from sandbox.pupil_rows import local_time
from sandbox.stamps import KEYS_OF_ITEMS, PUPIL_KEY, Stamped, newest_of

RESOURCES = ("schools", "campuses", "classes", "students")
_ROWS_AT_ONCE = 50_000  # the JSON texts of a large county need not stand in memory together


def write_store(counties: Sequence[County], path: Path) -> None:
    """Write the whole store with the rows of every county; the file must not exist."""
    with sqlite3.connect(path) as store:
        store.execute("create table about (name text primary key, value text not null)")
        codes = json.dumps([county.code for county in counties])
        about = {
            "as_of_date": max(county.as_of for county in counties).isoformat(), "county_codes": codes, "version": "1.0",
            "instance": instance_of(counties),
        }  # fmt: skip
        store.executemany("insert into about values (?, ?)", about.items())
        for resource in RESOURCES:
            columns = "key text primary key, updated integer not null, body text not null"
            store.execute(f"create table {resource} ({columns}) without rowid")
            store.execute(f"create table {resource}_gone ({columns}) without rowid")
        for county in counties:
            _write_county(store, county)
    store.close()


def instance_of(counties: Sequence[County]) -> str:
    """Made from the same plans it is the same system, however far it has moved."""
    said = "|".join(f"{county.code} {county.seed} {county.first.as_of} {len(county.first.schools)}" for county in counties)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def _write_county(store: sqlite3.Connection, county: County) -> None:
    students = pupils.student_table(county)
    for resource, stamped in _items(county, newest_of(students["_epoch"].to_numpy())).items():
        for item, moment, updated in zip(stamped.rows.to_pylist(), stamped.updated.tolist(), _times(stamped.updated), strict=True):
            _insert(store, resource, stamped.key, item | {"updated_at": updated}, moment)
        for keys, moment in stamped.gone:
            _insert_gone(store, resource, stamped.key, keys, moment)
    for first in range(0, len(students), _ROWS_AT_ONCE):
        part = students.slice(first, _ROWS_AT_ONCE)
        key = pc.binary_join_element_wise(part["学校标识码"], part["全国学籍号"], "|")
        columns = (key.to_pylist(), part["_epoch"].to_pylist(), json_rows(county.code, part).to_pylist())
        store.executemany("insert into students values (?, ?, ?)", zip(*columns, strict=True))
    for keys, moment in county.kept.stamps.pupils_gone if county.kept else ():
        _insert_gone(store, "students", PUPIL_KEY, keys, moment)


def _items(county: County, newest: int) -> dict[str, Stamped]:
    """Schools, campuses and classes; on the first day they were changed when a pupil's row was last."""
    if county.kept:
        return county.kept.stamps.items
    made = {"schools": pupils.school_items(county), "campuses": pupils.campus_items(county), "classes": pupils.class_items(county)}
    return {name: Stamped(KEYS_OF_ITEMS[name], pa.Table.from_pylist(rows), np.full(len(rows), newest)) for name, rows in made.items()}


def _times(seconds: np.ndarray) -> list[str]:
    return [f"{time}+08:00" for time in local_time(seconds).tolist()]


def _insert(store: sqlite3.Connection, resource: str, key: tuple[str, ...], item: dict, moment: int) -> None:
    store.execute(f"insert into {resource} values (?, ?, ?)", ("|".join(item[name] for name in key), moment, _json(item)))


def _insert_gone(store: sqlite3.Connection, resource: str, key: tuple[str, ...], keys: pa.Table, moment: int) -> None:
    """The last time a row went; one that came back is not gone."""
    (updated,) = _times(np.array([moment]))
    for item in keys.to_pylist():
        name = "|".join(item[column] for column in key)
        if store.execute(f"select 1 from {resource} where key = ?", (name,)).fetchone() is None:
            body = _json(item | {"updated_at": updated, "is_deleted": True})
            store.execute(f"insert or replace into {resource}_gone values (?, ?, ?)", (name, moment, body))


def _json(item: dict) -> str:
    return json.dumps(item, ensure_ascii=False)


def json_rows(county_code: str, students: pa.Table) -> pa.ChunkedArray:
    """Each row as a JSON object, made column by column; no value holds a character that JSON escapes."""
    pieces: list = [pa.scalar('{"county_code": "' + county_code)]
    for name in students.column_names:
        if not name.startswith("_"):
            pieces += [pa.scalar(f'", "{name}": "'), students[name]]
    return pc.binary_join_element_wise(*pieces, pa.scalar('"}'), "")
