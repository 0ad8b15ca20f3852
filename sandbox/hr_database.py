"""The personnel and payroll database: one schema, in SQLite or in PostgreSQL.

Here: the schema and loading it, with the same content in both. Dates are DATE in
PostgreSQL and ISO text in SQLite; amounts are NUMERIC there and decimal text here,
because SQLite's own NUMERIC would turn them into binary fractions.
Not here: what the rows say (hr_tables.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from sandbox.hr_tables import hr_tables
from sandbox.plan import County

PRIMARY_KEYS = {
    "system_state": ("county_code",),
    "units": ("county_code", "unit_code"),
    "staff": ("id_number", "work_unit_code"),
    "posts": ("id_number", "post_category", "started_on"),
    "degrees": ("id_number", "degree", "graduated_month"),
    "certificates": ("id_number", "certificate_kind", "subject"),
    "subjects_taught": ("id_number", "term", "stage", "course"),
    "backbone_titles": ("id_number", "title", "level", "awarded_on"),
    "training_hours": ("id_number", "training_year", "project"),
    "rotations": ("id_number", "started_on"),
    "monthly_pay": ("id_number", "pay_month", "budget_unit_code"),
}


def load_sqlite(path: Path, counties: Sequence[County]) -> list[int]:
    """Write the database file, which must not exist; returns the rows of staff, county by county."""
    from adbc_driver_sqlite import dbapi

    return _load(dbapi.connect(str(path)), counties, in_sqlite=True)


def load_postgresql(uri: str, counties: Sequence[County]) -> list[int]:
    """Replace the tables in that database; returns the rows of staff, county by county."""
    from adbc_driver_postgresql import dbapi

    return _load(dbapi.connect(uri), counties, in_sqlite=False)


def _load(connection, counties: Sequence[County], *, in_sqlite: bool) -> list[int]:
    of_counties = [hr_tables(county) for county in counties]
    tables = {name: pa.concat_tables([tables[name] for tables in of_counties]) for name in PRIMARY_KEYS} if counties else {}
    with connection, connection.cursor() as cursor:
        if not in_sqlite:
            cursor.execute("set lock_timeout = '30s'")  # a forgotten reader is an error, not a standstill
        for name, table in tables.items():
            cursor.execute(f"drop table if exists {name}")
            cursor.execute(_create(name, table.schema, in_sqlite))
            cursor.adbc_ingest(name, _as_text(table) if in_sqlite else table, mode="append")
        connection.commit()
    return [len(tables["staff"]) for tables in of_counties]


def _create(name: str, schema: pa.Schema, in_sqlite: bool) -> str:
    key = PRIMARY_KEYS[name]
    columns = [
        f"{field.name} {_type(field.type, in_sqlite)}{' not null' if field.name in key else ''}" for field in schema
    ]
    return f"create table {name} ({', '.join(columns)}, primary key ({', '.join(key)}))"


def _type(type: pa.DataType, in_sqlite: bool) -> str:
    if pa.types.is_integer(type):
        return "integer" if in_sqlite else "bigint"
    if pa.types.is_date(type):
        return "text" if in_sqlite else "date"
    if pa.types.is_decimal(type):
        return "text" if in_sqlite else f"numeric({type.precision},{type.scale})"
    return "text"


def _as_text(table: pa.Table) -> pa.Table:
    columns = [
        pc.cast(column, pa.string()) if pa.types.is_date(column.type) or pa.types.is_decimal(column.type) else column
        for column in table.columns
    ]
    return pa.table(columns, names=table.column_names)
