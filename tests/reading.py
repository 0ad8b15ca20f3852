"""What the tests of the sources share: reading a file to its end."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from sources.declaration import Context, Delivery
from sources.register import source

COUNTY = "410183"
KEY = b"a key that serves tests alone"


@dataclass
class Read:
    """A delivery walked to its end."""

    delivery: Delivery
    table: pa.Table

    @property
    def rows(self) -> list[dict]:
        return self.table.to_pylist()

    @property
    def damages(self) -> set[tuple[int, str, str]]:
        return {(damage.position, damage.column, damage.rule) for damage in self.delivery.damages}


def walked(delivery: Delivery) -> Read:
    batches = list(delivery.rows)
    for batch in batches:
        assert batch.schema == delivery.table.delivered_as(delivery.kind)
    return Read(delivery, pa.Table.from_batches(batches, delivery.table.delivered_as(delivery.kind)))


def read_file(name: str, path: Path, relative_path: str | None = None, context: Context | None = None) -> list[Read]:
    context = context or Context(pseudonym_key=KEY, county_code=COUNTY)
    return [walked(delivery) for delivery in source(name).read(path, relative_path or f"{name}/{path.name}", context)]


def read_one(name: str, path: Path, relative_path: str | None = None, context: Context | None = None) -> Read:
    (read,) = read_file(name, path, relative_path, context)
    return read
