"""The candidate: the tables of a release before the last gate has seen them.

Here: reading the marts out of the warehouse file, once dbt is done, into
Parquet, `compliance.duckdb` and `datapackage.json`.
Not here: whether they may be published (expectations/) and publishing (release).
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from warehouse import durable
from warehouse.batches import regrouped
from warehouse.datapackage import datapackage
from warehouse.published_tables import PUBLISHED_TABLES, PublishedTable

COMPLIANCE = "compliance.duckdb"
STORAGE_VERSION = "v1.0.0"  # what BI drivers with DuckDB 1.1 still open
ROW_GROUP = 122_880
QUIET = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}


def export_candidate(
    warehouse_file: Path,
    folder: Path,
    manifest: Mapping,
    *,
    tables: Iterable[PublishedTable] = PUBLISHED_TABLES,
    threads: int | None = None,
) -> Path:
    """Write every table of the marts into `folder`, sorted by its key.

    `manifest` is dbt's manifest (target/manifest.json, parsed): it says in
    which schema a model lies and how its columns are called in both languages.
    The Parquet bytes depend on the rows alone, not on threads or runs. The
    folder is replaced when it exists. Raises KeyError for a table that dbt
    does not know, duckdb.CatalogException for one that was not built.
    """
    tables = list(tables)
    relations = {table.name: _relation(manifest, table.name) for table in tables}
    durable.remove(folder)
    folder.mkdir(parents=True)
    close_dbt()
    config = {**QUIET, "threads": str(threads)} if threads else QUIET
    with duckdb.connect(str(warehouse_file), read_only=True, config=config) as warehouse:
        for table in tables:
            _write_sorted(warehouse, relations[table.name], table, folder / f"{table.name}.parquet")
    _write_compliance(folder, tables)
    schemas = {table.name: pq.read_schema(folder / f"{table.name}.parquet") for table in tables}
    durable.write_json(folder / "datapackage.json", datapackage(tables, schemas, manifest))
    return folder


def row_counts(warehouse_file: Path, manifest: Mapping) -> dict[str, int]:
    """Rows of every model and seed that dbt has built as a table, by its name."""
    close_dbt()
    named = {
        (node["schema"], node.get("alias") or node["name"]): node["name"]
        for node in manifest["nodes"].values()
        if node["resource_type"] in ("model", "seed")
    }
    with duckdb.connect(str(warehouse_file), read_only=True, config=QUIET) as warehouse:
        built = warehouse.execute("select schema_name, table_name, estimated_size from duckdb_tables()").fetchall()
    return {named[schema, table]: rows for schema, table, rows in built if (schema, table) in named}


def close_dbt() -> None:
    """Close the warehouse file that dbt left open in this process.

    dbt-duckdb keeps its environment for the life of the process, and DuckDB
    refuses a second, read-only handle beside it. dbt opens the file again at
    its next invocation.
    """
    connections = sys.modules.get("dbt.adapters.duckdb.connections")
    if connections is None:
        return
    manager = connections.DuckDBConnectionManager
    with manager._LOCK:
        if manager._ENV is not None:
            manager._ENV.close()
            manager._ENV = None


def _relation(manifest: Mapping, name: str) -> str:
    for node in manifest["nodes"].values():
        if node["resource_type"] == "model" and node["name"] == name:
            return f'"{node["schema"]}"."{node.get("alias") or name}"'
    raise KeyError(f"dbt has no model named {name}")


def _write_sorted(warehouse: duckdb.DuckDBPyConnection, relation: str, table: PublishedTable, path: Path) -> None:
    """One table, by key and then by every other column: a total order, so that
    equal rows are the only ones whose order is free."""
    described = warehouse.execute(f"select * from {relation} limit 0").description
    columns = [column[0] for column in described]
    if missing := set(table.key) - set(columns):
        raise KeyError(f"{table.name} has no key column {sorted(missing)}")
    order = [*table.key, *(name for name in columns if name not in table.key)]
    by = ", ".join(f'"{name}" asc nulls first' for name in order)
    rows = warehouse.execute(f"select * from {relation} order by {by}").to_arrow_reader(ROW_GROUP)
    schema = plain_schema(rows.schema)
    with pq.ParquetWriter(path, schema, compression="zstd", compression_level=3) as writer:
        for chunk in regrouped((batch.cast(schema) for batch in rows), schema, ROW_GROUP):
            writer.write_table(chunk.combine_chunks(), row_group_size=ROW_GROUP)


def plain_schema(schema: pa.Schema) -> pa.Schema:
    """The same columns without engine-specific metadata, lists named as Parquet names them."""

    def plain(kind: pa.DataType) -> pa.DataType:
        return pa.list_(pa.field("element", plain(kind.value_type))) if pa.types.is_list(kind) else kind

    return pa.schema([pa.field(field.name, plain(field.type)) for field in schema])


def _write_compliance(folder: Path, tables: Iterable[PublishedTable]) -> None:
    """The same tables in one DuckDB file: tables, not views, and an old storage version."""
    path = folder / COMPLIANCE
    with duckdb.connect(":memory:", config={**QUIET, "threads": "1"}) as engine:
        engine.execute(f"attach '{_quoted(path)}' as release (storage_version '{STORAGE_VERSION}')")
        for table in tables:
            source = _quoted(folder / f"{table.name}.parquet")
            engine.execute(f'create table release."{table.name}" as from read_parquet(\'{source}\')')
        engine.execute("checkpoint release")
        engine.execute("detach release")


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
