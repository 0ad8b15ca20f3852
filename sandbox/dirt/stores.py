"""The stores of the systems, opened for planting: the service's JSON rows and the personnel database.

Here: reading a table as lines, and writing back those that were changed, added or taken away.
Not here: what is changed.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

from sandbox.dirt.lines import StoredLine
from sandbox.dirt.tables import STORED

PERSON = "id_number"


class Service:
    """The store behind the student-status service."""

    def __init__(self, path: Path, file: str, pseudonym_key: bytes):
        self._path, self._file, self._key = path, file, pseudonym_key

    def lines(self, table: str) -> list[StoredLine]:
        about, sheet = STORED[table], table.partition(".")[2]
        with sqlite3.connect(self._path) as store:
            rows = store.execute(f"select key, body from {sheet} order by key").fetchall()
        store.close()
        return [self._line(table, about, sheet, key, json.loads(body)) for key, body in rows]

    def _line(self, table: str, about, sheet: str, key: str, item: dict) -> StoredLine:
        return StoredLine(table, item["学校标识码"], self._file, sheet, item, about.names, about.key, about.person, self._key, key)

    def save(self, table: str, lines: list[StoredLine]) -> None:
        """Changed rows under their key, new ones beside the row that they look like."""
        sheet = table.partition(".")[2]
        with sqlite3.connect(self._path) as store:
            newest = store.execute(f"select max(updated) from {sheet}").fetchone()[0]
            taken = {key for (key,) in store.execute(f"select key from {sheet}")}
            for line in lines:
                body = json.dumps(line.cells, ensure_ascii=False)
                if line.is_gone:
                    store.execute(f"delete from {sheet} where key = ?", (line.identity,))
                elif line.identity is not None:
                    store.execute(f"update {sheet} set body = ? where key = ?", (body, line.identity))
                else:
                    own = "|".join(line.get(column) for column in line.key)
                    key = next(name for name in (own, *(f"{own}|{number}" for number in range(2, 1000))) if name not in taken)
                    taken.add(key)
                    store.execute(f"insert into {sheet} (key, updated, body) values (?, ?, ?)", (key, newest, body))
        store.close()


class Personnel:
    """The personnel and payroll database; `school_of` tells the school of a person or unit."""

    def __init__(self, path: Path, file: str, pseudonym_key: bytes):
        self._path, self._file, self._key = path, file, pseudonym_key

    def lines(self, table: str, school_of: Callable[[dict], str]) -> list[StoredLine]:
        about, sheet = STORED[table], table.partition(".")[2]
        with sqlite3.connect(self._path) as database:
            cursor = database.execute(f"select rowid, * from {sheet} order by rowid")
            columns = [name for name, *_ in cursor.description][1:]
            rows = cursor.fetchall()
        database.close()
        found = []
        for identity, *cells in rows:
            row = dict(zip(columns, cells, strict=True))
            names = {"person_key": PERSON}
            found.append(StoredLine(table, school_of(row), self._file, sheet, row, names, about.key, about.person, self._key, identity))
        return found

    def save(self, table: str, lines: list[StoredLine]) -> None:
        sheet = table.partition(".")[2]
        with sqlite3.connect(self._path) as database:
            for line in lines:
                names = list(line.cells)
                if line.is_gone:
                    database.execute(f"delete from {sheet} where rowid = ?", (line.identity,))
                elif line.identity is not None:
                    told = ", ".join(f"{name} = ?" for name in names)
                    database.execute(f"update {sheet} set {told} where rowid = ?", (*line.cells.values(), line.identity))
                else:
                    marks = ", ".join("?" * len(names))
                    database.execute(f"insert into {sheet} ({', '.join(names)}) values ({marks})", list(line.cells.values()))
        database.close()
