"""Derived columns: facts about a row that no single cell shows.

Here: whether its key stands elsewhere in the delivery too, what the catalogue
of measures says of it, which month the delivery speaks of. They are computed
over the whole delivery, so that a batch is judged as part of the whole.
Not here: what follows from them (suites/raw.py).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sources.declaration import Table
from sources.declared.tables import COUNTY_MEASURES, MEASURES

# What stands in the derived columns.
KEY_STATE, ALONE, REPEATED, CONTRADICTED = "_key_state", "alone", "repeated", "contradicted"
AS_OF_MONTH = "_as_of_month"
IS_KNOWN_MEASURE, IS_WHOLE = "_is_known_measure", "_is_whole"

SEEDS = Path(__file__).parent.parent / "dbt_project" / "seeds"
CATALOGUES = {MEASURES.name: SEEDS / "measures.csv", COUNTY_MEASURES.name: SEEDS / "county_measures.csv"}
MEASURE_PATTERN = MEASURES.column("measure_id").pattern
JUDGING_MEMORY = "512MB"


@cache
def catalogue(table_name: str) -> dict[str, bool]:
    """Every measure that a filed table may speak of, and whether it is a count (people, classes, schools: whole numbers)."""
    with CATALOGUES[table_name].open(encoding="utf-8-sig", newline="") as rows:
        return {row["measure_id"]: row["is_count"] == "true" for row in csv.DictReader(rows)}


@dataclass(frozen=True)
class WholeDelivery:
    """What only the whole delivery shows, as positions of rows (sorted)."""

    repeated: np.ndarray
    contradicted: np.ndarray

    @classmethod
    def of(cls, path: Path, table: Table) -> WholeDelivery:
        """Look through a landed Parquet file; memory is bounded, past it DuckDB uses the disk."""
        config = {"memory_limit": JUDGING_MEMORY, "temp_directory": str(path.parent / "judging"), "autoinstall_known_extensions": "false"}
        with duckdb.connect(":memory:", config=config) as engine:
            source = "'" + str(path).replace("'", "''") + "'"
            engine.execute(f"create view landed as from read_parquet({source})")
            return cls(*_key_states(engine, table))


def is_filed(table: Table) -> bool:
    """Whether rows are (stage, measure, value) figures, which the catalogue speaks of."""
    return {"stage", "measure_id", "value"} <= {column.name for column in table.columns}


def _key_states(engine: duckdb.DuckDBPyConnection, table: Table) -> tuple[np.ndarray, np.ndarray]:
    """Rows that repeat an earlier row wholly; rows whose key stands over different contents.

    An empty cell of a key is a value like any other, but a row without a
    required part of its key has no key: it is missing, not double.
    """
    key = ", ".join(f'"{name}"' for name in table.key)
    complete = " and ".join(f'"{name}" is not null' for name in table.key if table.column(name).required) or "true"
    double = engine.execute(f"select {key} from landed where {complete} group by all having count(*) > 1").to_arrow_table()
    if not double.num_rows:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    engine.register("double", double)
    same_key = " and ".join(f'landed."{name}" is not distinct from double."{name}"' for name in table.key)
    whole_row = ", ".join(f'{column.name} := landed."{column.name}"' for column in table.columns)
    states = engine.execute(f"""
        with rows as (
            select {", ".join(f'landed."{name}"' for name in table.key)}, _position, struct_pack({whole_row}) as content
            from landed join double on {same_key}
        )
        select
            _position,
            min(content) over same <> max(content) over same as is_contradicted,
            _position > min(_position) over same as is_later
        from rows
        window same as (partition by {key})
        order by _position
    """).to_arrow_table()
    positions = states.column("_position").to_numpy()
    contradicted = states.column("is_contradicted").to_numpy()
    later = states.column("is_later").to_numpy()
    return positions[later & ~contradicted], positions[contradicted]


def with_derived(rows: pa.Table, names: Iterable[str], whole: WholeDelivery) -> pa.Table:
    """Add the derived columns to some rows of the delivery."""
    positions = rows.column("_position").to_numpy()
    for name in names:
        rows = rows.append_column(name, _column(name, rows, positions, whole))
    return rows


def _column(name: str, rows: pa.Table, positions: np.ndarray, whole: WholeDelivery) -> pa.Array | pa.ChunkedArray:
    if name == KEY_STATE:
        if not len(whole.repeated) and not len(whole.contradicted):
            return pa.repeat(ALONE, len(rows))
        state = np.where(np.isin(positions, whole.repeated), REPEATED, ALONE)
        return pa.array(np.where(np.isin(positions, whole.contradicted), CONTRADICTED, state), pa.string())
    if name == AS_OF_MONTH:
        days = pc.dictionary_encode(rows.column("_as_of_date").combine_chunks())  # few, and formatting is slow
        return pc.strftime(days.dictionary.cast(pa.timestamp("s")), format="%Y-%m").take(days.indices)
    if name == IS_KNOWN_MEASURE:
        # An id that is no id at all is said once, as badly formed.
        known = pc.is_in(rows.column("measure_id"), pa.array(list(_catalogue_of(rows)), pa.string()))
        formed = pc.match_substring_regex(rows.column("measure_id"), rf"\A(?:{MEASURE_PATTERN})\z")
        return pc.or_(known, pc.invert(pc.fill_null(formed, False)))
    counts = pa.array([measure for measure, is_count in _catalogue_of(rows).items() if is_count], pa.string())
    value = rows.column("value")
    fractional = pc.fill_null(pc.not_equal(pc.floor(value), value), False)
    return pc.invert(pc.and_(pc.is_in(rows.column("measure_id"), counts), fractional))


def _catalogue_of(rows: pa.Table) -> dict[str, bool]:
    return catalogue((MEASURES if "school_id" in rows.column_names else COUNTY_MEASURES).name)
