"""A small table, deliveries of it, and candidates of a release, all made by hand."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from sources.declaration import DATE, TEXT, WHOLE, Column, Delivery, Source, Table
from warehouse.candidate import export_candidate
from warehouse.layout import Layout
from warehouse.ledger_tables import QUARANTINED_ROWS
from warehouse.published_tables import BY_NAME

ROOMS = Table(
    "rooms", "教室", "rooms",
    (
        Column("county_code", TEXT, "区县代码", "county code", required=True),
        Column("school_id", TEXT, "学校标识码", "school code", required=True, is_identity=True),
        Column("room", WHOLE, "房间", "room"),
        Column("note", TEXT, "备注", "note"),
        Column("seen_on", DATE, "日期", "day"),
    ),
    key=("school_id", "room"),
)  # fmt: skip
AS_OF = date(2025, 9, 1)


@dataclass
class Accepted:
    """What the gate says of a sound delivery."""

    outcome: str = "landed"
    quarantined: pa.Table = field(default_factory=QUARANTINED_ROWS.empty_table)
    rule: str | None = None
    message_en: str | None = None
    message_zh: str | None = None


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    layout = Layout(tmp_path / "home")
    layout.prepare([Source("assets", "资产", "assets", "files", (ROOMS,), lambda: None)])
    return layout


@pytest.fixture
def rooms() -> Table:
    return ROOMS


@pytest.fixture
def accepted() -> type[Accepted]:
    return Accepted


@pytest.fixture
def delivery() -> Callable[..., Delivery]:
    """Make a delivery of rows (school, room, note, day), cut into pages of `page` rows."""

    def make(rows: list[tuple], *, page: int = 2, digest: str | None = None, county: str | None = "410183", **more) -> Delivery:
        whole = pa.table(
            {
                "county_code": [None] * len(rows),
                "school_id": [row[0] for row in rows],
                "room": [row[1] for row in rows],
                "note": [row[2] for row in rows],
                "seen_on": [row[3] if len(row) > 3 else None for row in rows],
                "_sheet": ["rooms"] * len(rows),
                "_row": list(range(len(rows))),
                "_key": [f"{row[0]}|{row[1]}" for row in rows],
            },
            schema=ROOMS.delivered_schema,
        )
        said = {"as_of_date": AS_OF, "origin": "assets/rooms.csv", **more}
        return Delivery("assets", ROOMS, county, said.pop("origin"), iter(whole.to_batches(max_chunksize=page)), digest=digest, **said)

    return make


@pytest.fixture
def candidate(tmp_path: Path) -> Callable[..., Path]:
    """Export a candidate of five tables: `verdict` and `rows` change verdict tables,
    `journal` the journal, `arrived` its times alone."""

    def make(
        layout: Layout, name: str = "run", *, verdict: str = "pass", journal: str = "in_use", rows: int = 3,
        arrived: datetime = datetime(2025, 9, 2, 2), as_of: date = AS_OF, rule_set: str = "cn-2017-6", threads: int | None = None,
    ) -> Path:  # fmt: skip
        file = tmp_path / f"{name}.duckdb"
        file.unlink(missing_ok=True)
        with duckdb.connect(str(file)) as warehouse:
            warehouse.execute(
                "create table school as select '410183' as county_code, lpad((i * 7919 % 1000003)::varchar, 10, '0') as school_id,"
                " 'School ' || i as school_name, ?::date as as_of_date from range(?) as t(i)",
                [as_of, rows],
            )
            warehouse.execute(
                "create table school_compliance as select as_of_date, ? as rule_set, county_code, school_id, 'primary' as stage,"
                " ? as verdict, ['a:no_data', 'b:below_floor'] as reasons from school",
                [rule_set, verdict],
            )
            warehouse.execute("create table county_compliance as select ? as rule_set, '410183' as county_code, 'all' as part", [rule_set])
            warehouse.execute(
                "create table delivery as select 'd1' as delivery_id, 'assets' as source, 'rooms' as table_name, '' as county_code,"
                " 'assets/rooms.csv' as origin, 'a1' as digest, ?::date as as_of_date, 'full' as kind, ? as status, null::varchar as rule,"
                " 9 as rows_delivered, 7 as rows_accepted, 2 as rows_quarantined, 0 as rows_superseded, 0 as rows_held,"
                " ?::timestamp as arrived_at",
                [as_of, journal, arrived],
            )
            warehouse.execute(
                "create table quarantine as select 'd1' as delivery_id, unnest([4, 4, 5]) as position, unnest(['a', 'b', 'a']) as column_name,"
                " 'missing_value' as rule, 'assets' as source, 'rooms' as table_name, unnest(['open', 'open', 'closed']) as status"
            )
        tables = [BY_NAME[name] for name in ("school", "school_compliance", "county_compliance", "delivery", "quarantine")]
        return export_candidate(file, layout.candidate(name), manifest_of(table.name for table in tables), tables=tables, threads=threads)

    return make


def manifest_of(names) -> dict:
    """As much of a dbt manifest as a candidate needs."""
    column = {"description": "kind of school", "meta": {"label_zh": "学校名称", "label_en": "school name", "unit": "个"}}
    return {
        "nodes": {
            name: {
                "resource_type": "model",
                "name": name,
                "alias": name,
                "schema": "main",
                "description": f"one row per {name}",
                "meta": {"label_zh": "表", "label_en": name},
                "columns": {"school_name": column},
            }
            for name in names
        }
    }


@pytest.fixture
def manifest() -> Callable[..., dict]:
    return manifest_of


@pytest.fixture
def killed_after() -> Callable[[str, Layout, str], None]:
    """Run a job in a process of its own and kill it (SIGKILL) once it has finished a step."""

    def run(job: str, layout: Layout, step: str) -> None:
        script = [sys.executable, str(Path(__file__).with_name("stops.py")), job, str(layout.home), step]
        with subprocess.Popen(script, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            try:
                assert process.stdout.readline().strip() == step
            finally:
                process.kill()
        assert process.returncode == -signal.SIGKILL

    return run
