"""The evidence register and the list of inspections and visits, as workbooks or CSV.

Here: which layouts this source knows.
Not here: headings (layouts/), and what a conclusion means (dbt seeds).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sources import tabular
from sources.declaration import Context, Delivery
from sources.files import opened
from sources.layout_file import layouts_of
from sources.evidence.tables import TABLES

LAYOUTS = Path(__file__).parent / "layouts"


def read(path: Path, relative_path: str, context: Context) -> Iterator[Delivery]:
    """Yield one delivery a table in the file. Raises Refusal, or Misconfigured
    where nothing tells the county."""
    yield from tabular.deliveries("evidence", opened(path, relative_path), context, layouts_of(LAYOUTS, TABLES, context.own_layouts))
