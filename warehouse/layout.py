"""Layout: the one home of every path under JUNHENG_HOME.

Here: paths, and the folders and empty declared tables that must exist before
anything runs.
Not here: what the files mean (landing, ledger, release) and the environment
that says where JUNHENG_HOME is (pipelines/).
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from sources.declaration import Source, Table
from warehouse import access, durable
from warehouse.ledger_tables import (
    DECISIONS, DELIVERIES, PREVIOUS_HISTORY, PREVIOUS_LEDGER, PREVIOUS_QUARANTINE, QUARANTINED_ROWS, RUN_CONTEXT,
)  # fmt: skip

DECLARED = "_declared.parquet"
CURRENT = "current.parquet"


def delivery_id_of(source: str, table: str, county_code: str | None, as_of_date: date | None, digest: str) -> str:
    """The name of a delivery: 32 hex digits that follow from what it is, not from when it came."""
    said = "|".join((source, table, county_code or "", as_of_date.isoformat() if as_of_date else "", digest))
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def declared_sources() -> tuple[Source, ...]:
    """The register of sources."""
    # Late: the register imports every declaration, and paths alone do not need them.
    from sources.register import SOURCES

    return SOURCES


def declared_tables() -> Iterator[tuple[str, Table]]:
    """Every (source name, table) of the register of sources."""
    for source in declared_sources():
        for table in source.tables:
            yield source.name, table


class Layout:
    """Where everything rests under one home folder; makes nothing by itself."""

    def __init__(self, home: Path | str):
        # Absolute, so that a change of the working directory moves nothing.
        self.home = Path(os.path.abspath(home))
        self.raw = self.home / "raw"
        self.ledger = self.home / "ledger"
        self.pending = self.home / "pending"
        self.held = self.home / "held"  # landed and judged, waiting for a person
        self.verified = self.home / "verified"  # which raw files were read through, and when
        self.purging = self.home / "purging.json"  # what a purge has begun to remove
        self.decisions = self.home / "decisions.jsonl"
        self.warehouse_file = self.home / "warehouse.duckdb"
        self.candidates = self.home / "candidate"
        self.published = self.home / "published"
        self.releases = self.published / "releases"
        self.current = self.published / "current"
        self.current_json = self.published / "current.json"
        self.switching = self.published / ".switching.json"  # the release that is about to become current
        self.publisher_lock = self.published / ".publisher.lock"
        self.retired_releases = self.published / "retired.json"  # what was published and is no more
        self.runs = self.home / "runs"
        self.run_lock = self.home / ".run.lock"
        self.made_up = self.home / "MADE_UP_COUNTY"  # this home holds simulated data
        self.data_docs = self.home / "data_docs"
        self.dagster = self.home / "dagster"
        self.dbt = self.home / "dbt"
        self.built_from = self.dbt / "built_from.json"  # what the warehouse file rests on
        self.current_from = self.dbt / "current_from.json"  # what `current` rests on

    # raw ------------------------------------------------------------------
    def raw_folder(self, source: str, table: str) -> Path:
        return self.raw / source / table

    def raw_file(self, source: str, table: str, delivery_id: str) -> Path:
        return self.raw_folder(source, table) / f"{delivery_id}.parquet"

    @property
    def deliveries_snapshot(self) -> Path:
        return self.raw_folder("ledger", "deliveries") / CURRENT

    @property
    def decisions_snapshot(self) -> Path:
        return self.raw_folder("ledger", "decisions") / CURRENT

    @property
    def quarantined_folder(self) -> Path:
        return self.raw_folder("ledger", "quarantined_rows")

    def quarantined_file(self, source: str, table: str, delivery_id: str) -> Path:
        return self.quarantined_folder / f"{source}-{table}-{delivery_id}.parquet"

    @property
    def run_context(self) -> Path:
        return self.raw_folder("run", "context") / CURRENT

    def previous_journal(self, name: str) -> Path:
        """Where dbt reads a journal as the release before said it: `history`, `ledger` or `quarantine`."""
        return self.raw_folder("run", f"previous_{name}") / CURRENT

    # ledger, runs, candidates ----------------------------------------------
    def ledger_record(self, source: str, table: str, delivery_id: str) -> Path:
        """A file that was refused before its table was known is kept under `_file`."""
        return self.ledger / source / (table or "_file") / f"{delivery_id}.json"

    def pending_file(self, source: str, table: str, delivery_id: str) -> Path:
        return self.pending / f"{source}-{table}-{delivery_id}.parquet"

    def held_file(self, source: str, table: str, delivery_id: str) -> Path:
        return self.held / f"{source}-{table}-{delivery_id}.parquet"

    def held_quarantine(self, source: str, table: str, delivery_id: str) -> Path:
        """The rows that the gate would stop of a held delivery."""
        return self.held / f"{source}-{table}-{delivery_id}.stopped.parquet"

    def verified_files(self, source: str, table: str) -> Path:
        return self.verified / source / f"{table}.json"

    def run_record(self, run_id: str) -> Path:
        return self.runs / f"{run_id}.json"

    def candidate(self, run_id: str) -> Path:
        return self.candidates / run_id

    # folders ----------------------------------------------------------------
    def prepare(self, sources: Iterable[Source] | None = None) -> None:
        """Make the folders, and a 0-row `_declared.parquet` for every table.

        With those a glob always finds a file: a source that is off reads as
        no rows. Written only where the declaration changed.
        """
        sources = declared_sources() if sources is None else sources
        for folder in (self.ledger, self.pending, self.held, self.candidates, self.releases, self.runs, self.dbt, self.dagster):
            folder.mkdir(parents=True, exist_ok=True)
        access.settle_home(self)
        for source in sources:
            for table in source.tables:
                self._declare(self.raw_folder(source.name, table.name), source.raw_schema(table))
        self._declare(self.raw_folder("ledger", "deliveries"), DELIVERIES)
        self._declare(self.raw_folder("ledger", "decisions"), DECISIONS)
        self._declare(self.quarantined_folder, QUARANTINED_ROWS)
        self._declare(self.raw_folder("run", "context"), RUN_CONTEXT)
        self._declare(self.raw_folder("run", "previous_history"), PREVIOUS_HISTORY)
        self._declare(self.raw_folder("run", "previous_ledger"), PREVIOUS_LEDGER)
        self._declare(self.raw_folder("run", "previous_quarantine"), PREVIOUS_QUARANTINE)

    @staticmethod
    def _declare(folder: Path, schema: pa.Schema) -> None:
        path = folder / DECLARED
        if path.exists() and pq.read_schema(path).equals(schema):
            return
        folder.mkdir(parents=True, exist_ok=True)
        with durable.new_file(path) as unfinished:
            pq.write_table(schema.empty_table(), unfinished)


def write_run_context(layout: Layout, as_of: date, rule_set: str, county_code: str | None = None, *, release_id: str) -> Path:
    """Tell dbt what this run speaks of, and as which release: one row, replaced whole."""
    said = {"as_of_date": as_of, "rule_set": rule_set, "county_code": county_code, "release_id": release_id}
    row = pa.Table.from_pylist([said], schema=RUN_CONTEXT)
    layout.run_context.parent.mkdir(parents=True, exist_ok=True)
    with durable.new_file(layout.run_context) as unfinished:
        pq.write_table(row, unfinished)
    return layout.run_context


def read_run_context(layout: Layout) -> dict:
    """What the newest run told dbt: as_of_date, rule_set, county_code, release_id."""
    (said,) = pq.read_table(layout.run_context).to_pylist()
    return said
