"""Budget tables and the indicator list of the finance bureau, as workbooks or CSV.

Here: which layouts this source knows.
Not here: headings and units (layouts/), and what the subjects mean (dbt seeds).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sources import tabular
from sources.declaration import Context, Delivery
from sources.files import opened
from sources.layout_file import layouts_of
from sources.finance_budget.tables import TABLES

LAYOUTS = Path(__file__).parent / "layouts"


def read(path: Path, relative_path: str, context: Context) -> Iterator[Delivery]:
    """Yield one delivery a table in the file. Raises Refusal, or Misconfigured
    where nothing tells the county."""
    yield from tabular.deliveries("finance_budget", opened(path, relative_path), context, layouts_of(LAYOUTS, TABLES, context.own_layouts))
