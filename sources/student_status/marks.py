"""How far the student-status service could be read now: one mark a resource.

Here: a digest of what the service would hand out. Not here: reading it for good (pull.py).
"""

from __future__ import annotations

import hashlib
import json

from sources.connections import Patience, Service
from sources.declaration import Context
from sources.student_status.pages import Pages
from sources.student_status.tables import TABLES


def marks(settings: Service, context: Context, *, patience: Patience = Patience()) -> dict[str, str]:
    """A mark by table name; equal marks mean that nothing has changed. Raises as `pull` does."""
    pages = Pages(settings, patience)
    try:
        day = str(pages.state().get("as_of_date"))
        return {table.name: _mark(day, pages, table.name) for table in TABLES}
    finally:
        pages.close()


def _mark(day: str, pages: Pages, resource: str) -> str:
    said = hashlib.sha256(day.encode())
    for items in pages.items(resource, day):
        said.update(json.dumps(items, sort_keys=True).encode())
    return said.hexdigest()
