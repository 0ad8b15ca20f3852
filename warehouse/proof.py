"""Proof: whether a full pull shows the same as the changes told before it.

Here: laying a chain's deltas upon its full pull, and comparing that with the next full
pull, key by key, over every declared column.
Not here: what follows. The full pull is what the models read from then on, whatever the
comparison says; a difference means that the system did not tell a change.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from sources.declaration import IS_DELETED, Table

PROVING_MEMORY = "512MB"  # past this DuckDB uses the disk, in a folder beside the rows


@dataclass(frozen=True)
class Difference:
    """Counts of keys: those that the full pull alone has, those that it no longer has,
    and those that stand over other contents than the changes told."""

    appeared: int
    vanished: int
    changed: int

    def __bool__(self) -> bool:
        return bool(self.appeared or self.vanished or self.changed)


def difference(table: Table, told: Sequence[Path], full: Path, folder: Path) -> Difference:
    """Compare what was told (a full pull and deltas, in order) with a full pull.

    Files are landed Parquet; `folder` is where DuckDB may lay down what memory does not hold.
    """
    with TemporaryDirectory(dir=folder) as spill:
        config = {"memory_limit": PROVING_MEMORY, "temp_directory": spill, "autoinstall_known_extensions": "false"}
        with duckdb.connect(":memory:", config=config) as engine:
            return Difference(*engine.execute(_comparison(table, told, full)).fetchone())


def _comparison(table: Table, told: Sequence[Path], full: Path) -> str:
    key = ", ".join(f'"{name}"' for name in ("county_code", *table.key))
    same_key = " and ".join(f'told."{name}" is not distinct from shown."{name}"' for name in ("county_code", *table.key))
    content = ", ".join(f'"{column.name}"' for column in table.columns)
    gone = f'coalesce("{IS_DELETED.name}", false)'
    rows = " union all by name ".join(
        f"select {place} as place, * from read_parquet({_quoted(path)})" for place, path in enumerate(told)
    )
    # a delta alone has the column
    no_tombstone = f'select null::boolean as "{IS_DELETED.name}" where false'
    return f"""
        with all_told as (
            {rows} union all by name {no_tombstone}
        ),
        last_told as (
            select * from all_told qualify place = max(place) over (partition by {key})
        ),
        told as (
            select {key}, list_sort(list(hash({content}))) as contents from last_told where not {gone} group by all
        ),
        shown as (
            select {key}, list_sort(list(hash({content}))) as contents from read_parquet({_quoted(full)}) group by all
        )
        select
            count(*) filter (where told.contents is null),
            count(*) filter (where shown.contents is null),
            count(*) filter (where told.contents <> shown.contents)
        from told full join shown on {same_key}
    """


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
