"""Small counties written as raw Parquet, and one dbt build over them.

Here: deliveries, the ledger and the run's context in the shapes that the rooms agreed on
(`Table.landed_schema`, warehouse/ledger_tables.py), and reading the published tables back.
Not here: what the numbers must be (each test works that out in fractions).
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import os
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from sources import register
from sources.declaration import DELTA, FULL, Table
from warehouse.ledger_tables import (
    DECISIONS, DELIVERIES, PREVIOUS_HISTORY, PREVIOUS_LEDGER, PREVIOUS_QUARANTINE, QUARANTINED_ROWS, RUN_CONTEXT,
)  # fmt: skip

PROJECT = Path(__file__).parents[2] / "dbt_project"
SOURCES = ("registry", "student_status", "hr_payroll", "finance_budget", "asset_register", "declared",
           "evidence", "survey", "monitoring", "special_education")  # fmt: skip
RULE_SET = "cn-2017-6"
AS_OF = date(2025, 9, 1)
EPOCH = datetime(2025, 9, 2)
GRADE = {"primary": "三年级", "junior": "八年级", "senior": "高一"}


def tables_of(source: str) -> dict[str, Table]:
    return {table.name: table for table in importlib.import_module(f"sources.{source}.tables").TABLES}


TABLES = {source: tables_of(source) for source in SOURCES}


@dataclass
class World:
    """Deliveries on their way to one JUNHENG_HOME. Each scenario is a county of its own."""

    as_of: date = AS_OF
    rule_set: str = RULE_SET
    release_id: str = "20250901-001"
    journals: dict[str, pa.Table] = field(default_factory=dict)  # of the release that this one continues
    ledger: list[dict] = field(default_factory=list)
    stopped: list[dict] = field(default_factory=list)
    landed: list[tuple[str, str, str, pa.Table]] = field(default_factory=list)

    def deliver(
        self,
        source: str,
        table: str,
        rows: list[dict],
        *,
        county: str | None = None,
        as_of: date | None = None,
        origin: str | None = None,
        order: int = 0,
        outcome: str = "landed",
        stopped: dict[int, tuple[str, str]] | None = None,
        is_pull: bool | None = None,
        digest: str | None = None,
        kind: str = FULL,
        unit: str = "",
        is_outdated: bool = False,
    ) -> str:
        """Land rows; `order` counts minutes of arrival, `stopped` names rows that the gate stopped.

        Roll and personnel are pulls unless `is_pull` says otherwise; tables of one workbook share a `digest`.
        A row of a delta with `_is_deleted` is a tombstone.
        """
        schema = TABLES[source][table].landed_as(kind)
        as_of = as_of or self.as_of
        own = hashlib.sha256(f"{source}{table}{county}{len(self.ledger)}".encode()).hexdigest()
        digest, delivery_id = digest or own, own[:32]
        moment = EPOCH + timedelta(minutes=order)
        filled = [
            {
                "county_code": county,
                "_sheet": "1",
                "_row": place + 2,
                "_as_of_date": row.get("as_of_date", as_of),
                "_delivery": delivery_id,
                "_position": place,
                **({"_is_deleted": False} if kind == DELTA else {}),
                **row,
            }
            for place, row in enumerate(rows)
        ]
        self.ledger.append(
            {
                "delivery_id": delivery_id, "source": source, "table_name": table, "county_code": county,
                "digest": digest, "landed_digest": digest,
                "as_of_date": max((row["_as_of_date"] for row in filled), default=as_of),
                "origin": origin or f"{source}/{table}/{len(self.ledger)}", "ordered_at": moment, "arrived_at": moment,
                "kind": kind, "unit": unit, "is_outdated": is_outdated,
                "is_pull": source in ("student_status", "hr_payroll") if is_pull is None else is_pull, "outcome": outcome, "rows_delivered": len(rows), "rows_quarantined": len(stopped or {}),
            }
        )  # fmt: skip
        for place, (column, rule) in (stopped or {}).items():
            self.stopped.append(
                {
                    "delivery_id": delivery_id, "source": source, "table_name": table, "county_code": county,
                    "sheet": "1", "row": place + 2, "position": place, "column_name": column, "rule": rule,
                    "message_en": rule, "message_zh": rule,
                }
            )  # fmt: skip
        if outcome == "landed":
            self.landed.append((source, table, delivery_id, _typed(filled, schema)))
        return delivery_id

    def write(self, home: Path) -> Path:
        raw = home / "raw"
        for source, tables in TABLES.items():
            for name, table in tables.items():
                _write(raw / source / name / "_declared.parquet", register.source(source).raw_schema(table).empty_table())
        for source, table, delivery_id, rows in self.landed:
            _write(raw / source / table / f"{delivery_id}.parquet", rows)
        _write(raw / "ledger/deliveries/_declared.parquet", DELIVERIES.empty_table())
        _write(raw / "ledger/deliveries/current.parquet", pa.Table.from_pylist(self.ledger, schema=DELIVERIES))
        _write(raw / "ledger/quarantined_rows/_declared.parquet", QUARANTINED_ROWS.empty_table())
        _write(raw / "ledger/quarantined_rows/all.parquet", pa.Table.from_pylist(self.stopped, schema=QUARANTINED_ROWS))
        _write(raw / "ledger/decisions/_declared.parquet", DECISIONS.empty_table())
        context = {"as_of_date": self.as_of, "rule_set": self.rule_set, "county_code": None, "release_id": self.release_id}
        _write(raw / "run/context/current.parquet", pa.Table.from_pylist([context], schema=RUN_CONTEXT))
        for name, schema in (("history", PREVIOUS_HISTORY), ("ledger", PREVIOUS_LEDGER), ("quarantine", PREVIOUS_QUARANTINE)):
            _write(raw / f"run/previous_{name}/_declared.parquet", schema.empty_table())
            if name in self.journals:
                _write(raw / f"run/previous_{name}/current.parquet", self.journals[name])
        return home

    # what the systems of a county deliver ------------------------------------
    def file(self, county: str, rows: list[dict], **delivery) -> str:
        """Deliver filed figures (rows of `filed`)."""
        return self.deliver("declared", "measures", rows, county=county, **delivery)

    def pull_roll(self, county: str, schools: dict[str, tuple[str, dict[str, list[int]]]], **delivery) -> None:
        """Student status: school -> (kind as written, class sizes by stage)."""
        listed = [{"school_id": s, "school_name": s, "education_type": kind} for s, (kind, _) in schools.items()]
        students = [
            {
                "school_id": school, "student_key": f"{school}-{stage}-{number}-{place}", "class_id": f"{stage}{number}",
                "grade": GRADE[stage], "status": "在籍在读",
            }
            for school, (_, stages) in schools.items()
            for stage, sizes in stages.items()
            for number, size in enumerate(sizes)
            for place in range(size)
        ]  # fmt: skip
        self.deliver("student_status", "schools", listed, county=county, **delivery)
        self.deliver("student_status", "students", students, county=county, **delivery)

    def pull_staff(self, county: str, persons: list[Person], units: tuple[str, ...] = (), **delivery) -> None:
        """Personnel: staff, posts, degrees, courses and titles of `persons`."""
        rows: dict[str, list[dict]] = {name: [] for name in ("staff", "posts", "degrees", "subjects_taught", "backbone_titles")}
        for number, person in enumerate(persons):
            key = f"person-{number}"
            rows["staff"].append(
                {
                    "person_key": key, "work_unit_code": person.school, "staff_category": person.category,
                    "employment": person.employment, "person_status": person.status,
                    "status_since": person.since, "teaching_status": person.teaching,
                    "sex": person.sex, "birth_month": person.born, "teaching_since": person.teaching_since,
                    "joined_on": person.joined,
                }
            )  # fmt: skip
            rows["degrees"] += [{"person_key": key, "degree": degree, "graduated_month": "2010-07"} for degree in person.degrees]
            rows["subjects_taught"] += [
                {"person_key": key, "term": term, "stage": stage, "course": course, "weekly_hours": hours}
                for term, stage, course, hours in person.courses
            ]
            rows["backbone_titles"] += [
                {"person_key": key, "title": "骨干教师", "level": level, "document_number": "1", "awarded_on": day, "valid_to": end}
                for level, day, end in person.titles
            ]
            rows["posts"] += [{"person_key": key, "post_category": post, "started_on": day} for post, day in person.posts]
        rows["units"] = [{"unit_code": unit, "unit_name": unit} for unit in units]
        for table, delivered in rows.items():
            self.deliver("hr_payroll", table, delivered, county=county, **delivery)


@dataclass
class Person:
    """A teacher; by default one who counts in every way of a primary school."""

    school: str
    status: str = "在岗"
    since: date | None = None
    category: str | None = "专任教师"
    employment: str | None = "在编"
    teaching: str = "任教"
    degrees: tuple[str, ...] = ("21-大学本科毕业",)
    courses: tuple[tuple[str, str, str, str], ...] = (("2025-2026-1", "小学", "语文", "12"),)
    titles: tuple[tuple[str, date, date | None], ...] = ()
    posts: tuple[tuple[str, date], ...] = ()
    sex: str | None = "女"
    born: str | None = "1985-05"
    teaching_since: str | None = "2008-09"
    joined: date | None = date(2008, 9, 1)


def conclusion(subject: str, said: str, day: date, school: str | None = None, component: str | None = None, **more) -> dict:
    """A row of the evidence register."""
    return {
        "item_kind": "文件", "subject_id": subject, "component": component, "school_id": school, "document_title": "佐证",
        "dated_on": day, "conclusion": said, **more,
    }  # fmt: skip


def county_figure(measure: str, value, stage: str = "all", category: str | None = None, day: date = AS_OF) -> dict:
    """A row of the filed county figures; None is missing."""
    return {
        "as_of_date": day, "stage": stage, "category": category, "measure_id": measure, "value": None if value is None else str(value),
    }  # fmt: skip


def registered(
    world: World, county: str, *schools: tuple[str, str, str, str], boarding: tuple[str, ...] = (), boarding_known: bool = True
) -> None:
    """A register of schools as (code, kind, urban-rural code, organizer)."""
    rows = [
        {
            "school_id": school, "school_name": school, "education_type": kind, "urban_rural_code": place,
            "organizer": organizer, "opened_on": date(1990, 9, 1),
            "is_boarding": ("是" if school in boarding else "否") if boarding_known else None,
        }
        for school, kind, place, organizer in schools
    ]  # fmt: skip
    world.deliver("registry", "schools", rows, county=county)


def school_id(number: int) -> str:
    return f"21{number:08d}"


def filed(school: str, school_type: str, stage: str, day: date = AS_OF, **measures) -> list[dict]:
    """Rows of the tidy file for one school and stage; None is missing."""
    return [
        {
            "as_of_date": day, "school_id": school, "school_type": school_type, "stage": stage,
            "measure_id": measure, "value": None if value is None else str(value),
        }
        for measure, value in measures.items()
    ]  # fmt: skip


def _typed(rows: list[dict], schema: pa.Schema) -> pa.Table:
    """Rows as landed; amounts may be written as text."""
    decimals = {column.name for column in schema if pa.types.is_decimal(column.type)}
    exact = [{k: Decimal(v) if k in decimals and v is not None else v for k, v in row.items()} for row in rows]
    return pa.Table.from_pylist(exact, schema=schema)


def _write(path: Path, table: pa.Table) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path)


# dbt ---------------------------------------------------------------------------
@contextlib.contextmanager
def environment(**values: str):
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name)
            else:
                os.environ[name] = value


def dbt(home: Path, command: str, *arguments: str, manifest=None, threads: int = 1, project: Path = PROJECT):
    """Run dbt in this process; raises with dbt's own words when a node fails.

    dbt writes into the manifest that it is given, so each run gets its own copy.
    """
    from dbt.cli.main import dbtRunner

    places = ["--project-dir", str(project), "--profiles-dir", str(project), "--target-path", str(home / "dbt"),
              "--log-path", str(home / "dbt"), "--quiet", "--log-level-file", "warn"]  # fmt: skip
    with environment(JUNHENG_HOME=str(home), DBT_THREADS=str(threads), DUCKDB_THREADS=str(threads), DO_NOT_TRACK="1"):
        answer = dbtRunner(manifest=manifest and manifest.deepcopy()).invoke([command, *places, *arguments])
    if not answer.success:
        results = getattr(answer.result, "results", [])
        failed = [f"{r.node.name}: {r.message}" for r in results if r.status not in ("success", "pass", "skipped")]
        raise RuntimeError("\n".join(failed) or str(answer.exception))
    return answer.result


class Published:
    """The tables of one build."""

    def __init__(self, home: Path):
        self.home = home
        self._rows: dict[str, list[dict]] = {}

    def rows(self, table: str, **key) -> list[dict]:
        if table not in self._rows:
            with duckdb.connect(str(self.home / "warehouse.duckdb")) as warehouse:
                self._rows[table] = warehouse.sql(f"select * from main.{table}").to_arrow_table().to_pylist()
        return [row for row in self._rows[table] if all(row[name] == value for name, value in key.items())]

    def row(self, table: str, **key) -> dict:
        (row,) = self.rows(table, **key)
        return row
