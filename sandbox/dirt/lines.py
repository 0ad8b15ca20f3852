"""Rows of a delivered table, wherever they stand: in a file, in the service's store, in the database.

Here: reading and changing a cell by the column that the warehouse knows it under, and the
place of a row in the end. Not here: finding the rows (ground.py) and storing them (stores.py).
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from sandbox.dirt.books import Page, Row
from sandbox.dirt.kind import Place


@dataclass(eq=False)
class Line:
    """One row. `school`: code of the school that it speaks of, empty where none does."""

    table: str
    school: str
    is_gone: bool = field(default=False, kw_only=True)

    def remove(self) -> None:
        """Take the row away; its place is then none."""
        self.is_gone = True

    def has(self, column: str) -> bool:
        """Whether rows of this kind say anything of the column: an export may not."""
        raise NotImplementedError

    def get(self, column: str) -> str:
        raise NotImplementedError

    def put(self, column: str, text: object) -> None:
        raise NotImplementedError

    def place(self) -> Place:
        raise NotImplementedError


@dataclass(eq=False)
class FileLine(Line):
    """A row of a sheet or text file; `columns`: column to place in the row."""

    file: str
    page: Page
    row: Row
    columns: Mapping[str, int]

    def remove(self) -> None:
        super().remove()
        self.page.remove(self.row)

    def has(self, column: str) -> bool:
        return column in self.columns

    def get(self, column: str) -> str:
        cell = self.row.cell(self.columns[column])
        if isinstance(cell, float) and cell.is_integer():
            cell = int(cell)
        return "" if cell is None else str(cell)

    def put(self, column: str, text: object) -> None:
        self.row.put(self.columns[column], text)

    def place(self) -> Place:
        return Place(self.file, self.page.name, self.page.number(self.row))

    def copied(self) -> FileLine:
        """The same row once more, below this one."""
        row = self.page.insert(self.page.number(self.row), list(self.row))
        return FileLine(self.table, self.school, self.file, self.page, row, self.columns)


@dataclass(eq=False)
class StoredLine(Line):
    """A row of a system: `cells` under the system's own names, `names` from columns to these.

    `identity`: what the store finds it by, None for a row to be added. `key`: columns of the
    landed key, of which `person` is hashed; what cannot be read is empty in it (`unread`).
    """

    file: str
    sheet: str
    cells: dict[str, object]
    names: Mapping[str, str]
    key: tuple[str, ...]
    person: str
    pseudonym_key: bytes
    identity: object = None
    is_changed: bool = False
    unread: set[str] = field(default_factory=set)

    def has(self, column: str) -> bool:
        return self.names.get(column, column) in self.cells

    def get(self, column: str) -> str:
        cell = self.cells[self.names.get(column, column)]
        return "" if cell is None else str(cell)

    def put(self, column: str, text: object) -> None:
        self.cells[self.names.get(column, column)] = text
        self.is_changed = True

    def copied(self) -> StoredLine:
        """The same row once more, to be added to the store."""
        return StoredLine(
            self.table, self.school, self.file, self.sheet, dict(self.cells), self.names, self.key, self.person, self.pseudonym_key, is_changed=True
        )

    def place(self) -> Place:
        return Place(self.file, self.sheet, None, "|".join(map(self._of_key, self.key)))

    def _of_key(self, column: str) -> str:
        text = self.get(column) if self.names.get(column, column) in self.cells else ""
        if column in self.unread or not text:
            return ""
        if column != self.person:
            return text
        number = "".join(unicodedata.normalize("NFKC", text).split()).upper()
        return hmac.digest(self.pseudonym_key, number.encode(), hashlib.sha256).hex()[:32]
