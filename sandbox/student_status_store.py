"""The store behind the student-status service: one SQLite table a resource.

Here: ready-made JSON text per row under its key, so that a page is one range scan
and one join of strings. Not here: HTTP (student_status_service.py), rows (pupils.py).
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from sandbox import pupils
from sandbox.plan import County

RESOURCES = ("schools", "campuses", "classes", "students")
_KEYS = {"schools": ("学校标识码",), "campuses": ("学校标识码", "校区号"), "classes": ("学校标识码", "班号")}

_ROWS_AT_ONCE = 50_000  # the JSON texts of a large county need not stand in memory together


def write_store(counties: Sequence[County], path: Path) -> None:
    """Write the whole store with the rows of every county; the file must not exist."""
    with sqlite3.connect(path) as store:
        store.execute("create table about (name text primary key, value text not null)")
        codes = json.dumps([county.code for county in counties])
        about = {"as_of_date": max(county.as_of for county in counties).isoformat(), "county_codes": codes, "version": "1.0"}
        store.executemany("insert into about values (?, ?)", about.items())
        for resource in RESOURCES:
            store.execute(f"create table {resource} (key text primary key, updated integer not null, body text not null) without rowid")
        for county in counties:
            _write_county(store, county)
    store.close()


def _write_county(store: sqlite3.Connection, county: County) -> None:
    students = pupils.student_table(county)
    small = {
        "schools": pupils.school_items(county),
        "campuses": pupils.campus_items(county),
        "classes": pupils.class_items(county),
    }
    newest = pc.max(students["_epoch"]).as_py() if len(students) else 0
    for resource, items in small.items():
        keys = _KEYS[resource]
        rows = sorted(("|".join(item[key] for key in keys), newest, json.dumps(item, ensure_ascii=False)) for item in items)
        store.executemany(f"insert into {resource} values (?, ?, ?)", rows)
    for first in range(0, len(students), _ROWS_AT_ONCE):
        part = students.slice(first, _ROWS_AT_ONCE)
        key = pc.binary_join_element_wise(part["学校标识码"], part["全国学籍号"], "|")
        columns = (key.to_pylist(), part["_epoch"].to_pylist(), json_rows(county.code, part).to_pylist())
        store.executemany("insert into students values (?, ?, ?)", zip(*columns, strict=True))


def json_rows(county_code: str, students: pa.Table) -> pa.ChunkedArray:
    """Each row as a JSON object, made column by column; no value holds a character that JSON escapes."""
    pieces: list = [pa.scalar('{"county_code": "' + county_code)]
    for name in students.column_names:
        if not name.startswith("_"):
            pieces += [pa.scalar(f'", "{name}": "'), students[name]]
    return pc.binary_join_element_wise(*pieces, pa.scalar('"}'), "")
