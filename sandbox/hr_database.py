"""The personnel and payroll database: one schema, in SQLite or in PostgreSQL.

Here: the schema and loading it, with the same content in both. Dates are DATE in
PostgreSQL and ISO text in SQLite; amounts are NUMERIC there and decimal text here,
because SQLite's own NUMERIC would turn them into binary fractions. Every row says when it was
last changed, in `updated_at`, and `deletions` holds the keys of rows that are gone.
Not here: what the rows say (hr_tables.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sandbox.hr_tables import hr_tables
from sandbox.plan import County
from sandbox.pupil_rows import local_time
from sandbox.stamps import KEYS_OF_PEOPLE, Stamped, stamped_people
from sandbox.student_status_store import instance_of

PRIMARY_KEYS = {"system_state": ("county_code",), **KEYS_OF_PEOPLE}
DELETIONS = "deletions"  # table_name, deleted_at, and the key columns of every table
_UPDATED_AT, _DELETED_AT = "updated_at", "deleted_at"
_MOMENT = pa.timestamp("s")


def load_sqlite(path: Path, counties: Sequence[County]) -> list[int]:
    """Write the database file, which must not exist; returns the rows of staff, county by county."""
    from adbc_driver_sqlite import dbapi

    return _load(dbapi.connect(str(path)), counties, in_sqlite=True)


def load_postgresql(uri: str, counties: Sequence[County]) -> list[int]:
    """Replace the tables in that database; returns the rows of staff, county by county."""
    from adbc_driver_postgresql import dbapi

    return _load(dbapi.connect(uri), counties, in_sqlite=False)


def _load(connection, counties: Sequence[County], *, in_sqlite: bool) -> list[int]:
    of_counties = [_tables(county) for county in counties]
    tables = {name: pa.concat_tables([tables[name] for tables in of_counties]) for name in (*PRIMARY_KEYS, DELETIONS)} if counties else {}
    with connection, connection.cursor() as cursor:
        if not in_sqlite:
            cursor.execute("set lock_timeout = '30s'")  # a forgotten reader is an error, not a standstill
        for name, table in tables.items():
            cursor.execute(f"drop table if exists {name}")
            cursor.execute(_create(name, table.schema, in_sqlite))
            cursor.adbc_ingest(name, _as_text(table) if in_sqlite else table, mode="append")
        connection.commit()
    return [len(tables["staff"]) for tables in of_counties]


def _tables(county: County) -> dict[str, pa.Table]:
    """Every table as the database holds it: with the time at which each row was last changed."""
    tables = hr_tables(county)
    tables["system_state"] = tables["system_state"].append_column("instance", pa.array([instance_of([county])]))
    stamped = stamped_people(county, tables)
    for name, stamps in stamped.items():
        tables[name] = tables[name].append_column(_UPDATED_AT, _local(stamps.updated))
    return tables | {DELETIONS: _deletions(tables, stamped)}


def _deletions(tables: Mapping[str, pa.Table], stamped: Mapping[str, Stamped]) -> pa.Table:
    """One row a key that is gone, each time it went; columns of other tables' keys are null."""
    key_columns = {column: tables[name].schema.field(column) for name, stamps in stamped.items() for column in stamps.key}
    schema = pa.schema(
        [pa.field("county_code", pa.string()), pa.field("table_name", pa.string()), pa.field(_DELETED_AT, _MOMENT)]
        + [field for column, field in key_columns.items() if column != "county_code"]
    )
    gone = [
        keys.append_column("table_name", pa.repeat(name, len(keys))).append_column(_DELETED_AT, _local(np.full(len(keys), moment)))
        for name, stamps in stamped.items()
        for keys, moment in stamps.gone
    ]
    return pa.concat_tables([schema.empty_table(), *gone], promote_options="default").select(schema.names)


def _local(seconds: np.ndarray) -> pa.Array:
    """The county's clock, without a zone."""
    return pa.array(local_time(seconds).astype("datetime64[s]"), _MOMENT)


def _create(name: str, schema: pa.Schema, in_sqlite: bool) -> str:
    key = PRIMARY_KEYS.get(name, ())
    columns = [f"{field.name} {_type(field.type, in_sqlite)}{' not null' if field.name in key else ''}" for field in schema]
    if key:
        columns.append(f"primary key ({', '.join(key)})")
    return f"create table {name} ({', '.join(columns)})"


def _type(type: pa.DataType, in_sqlite: bool) -> str:
    if pa.types.is_integer(type):
        return "integer" if in_sqlite else "bigint"
    if pa.types.is_date(type):
        return "text" if in_sqlite else "date"
    if pa.types.is_timestamp(type):
        return "text" if in_sqlite else "timestamp"
    if pa.types.is_decimal(type):
        return "text" if in_sqlite else f"numeric({type.precision},{type.scale})"
    return "text"


def _as_text(table: pa.Table) -> pa.Table:
    columns = [
        pc.cast(column, pa.string()) if pa.types.is_temporal(column.type) or pa.types.is_decimal(column.type) else column
        for column in table.columns
    ]
    return pa.table(columns, names=table.column_names)
