"""How far the personnel database could be read now: one mark a table.

Here: a digest of what the database would hand out. Not here: reading it for good (pull.py).
"""

from __future__ import annotations

import hashlib
from contextlib import closing

from sources.connections import Database, Patience
from sources.declaration import Context
from sources.hr_payroll.database import Connected, connected
from sources.hr_payroll.tables import TABLES


def marks(settings: Database, context: Context, *, patience: Patience = Patience()) -> dict[str, str]:
    """A mark by table name; equal marks mean that nothing has changed. Raises as `pull` does."""
    with closing(connected(settings.uri, patience)) as database:
        day = _digest(database, "system_state")
        return {table.name: f"{day}|{_digest(database, table.name)}" for table in TABLES if database.columns(table.name)}


def _digest(database: Connected, table: str) -> str:
    said = hashlib.sha256()
    for batch in database.texts(table, sorted(database.columns(table))):
        said.update(repr(batch.to_pydict()).encode())
    return said.hexdigest()
