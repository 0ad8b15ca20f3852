"""Clean rows of every declared table, a clean candidate, and ways to spoil them."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from sources.asset_register.tables import TABLES as ASSETS
from sources.declaration import FULL, Delivery, Table
from sources.declared.tables import TABLES as DECLARED
from sources.evidence.tables import TABLES as EVIDENCE
from sources.finance_budget.tables import TABLES as BUDGETS
from sources.hr_payroll.tables import TABLES as STAFF
from sources.monitoring.tables import TABLES as MONITORING
from sources.registry.tables import TABLES as REGISTER
from sources.special_education.tables import TABLES as PLACEMENTS
from sources.student_status.tables import TABLES as STUDENTS
from sources.survey.tables import TABLES as SURVEY
from warehouse.landing import PendingDelivery, land
from warehouse.layout import Layout

AS_OF = date(2025, 9, 1)
TABLES = {
    "registry": REGISTER, "student_status": STUDENTS, "hr_payroll": STAFF,
    "finance_budget": BUDGETS, "asset_register": ASSETS, "declared": DECLARED,
    "evidence": EVIDENCE, "survey": SURVEY, "monitoring": MONITORING, "special_education": PLACEMENTS,
}  # fmt: skip

# A believable cell for the i-th row, by column; what is not listed is text.
CELLS: dict[str, Callable[[int], object]] = {
    "county_code": lambda i: "410183",
    "school_id": lambda i: f"{4101830000 + i}",
    "parent_school_id": lambda i: f"{4101839000 + i}",
    "successor_school_id": lambda i: None,
    "division_code": lambda i: "410183001001",
    "urban_rural_code": lambda i: "121",
    "credit_code": lambda i: f"12410183MB{i:08}",
    "budget_unit_code": lambda i: f"{360000 + i}",
    "longitude": lambda i: Decimal("113.4"),
    "latitude": lambda i: Decimal("34.5"),
    "opened_on": lambda i: date(1990, 9, 1),
    "closed_on": lambda i: date(2024, 9, 1),
    "match_method": lambda i: "manual",
    "valid_from": lambda i: date(2020, 1, 1),
    "valid_to": lambda i: date(2028, 1, 1),
    "decided_on": lambda i: date(2025, 1, 1),
    "person_key": lambda i: hashlib.sha256(b"%d" % i).hexdigest()[:32],
    "child_key": lambda i: hashlib.sha256(b"%d" % i).hexdigest()[:32],
    "joined_on": lambda i: date(2012, 9, 1),
    "dated_on": lambda i: date(2025, 3, 1),
    "item_id": lambda i: f"abcdefghijklmno{'abcdefghijklmnop'[i % 16]}",
    "noted_on": lambda i: date(2025, 3, 1),
    "held_on": lambda i: date(2025, 3, 1),
    "next_due_on": lambda i: date(2025, 9, 1),
    "file_digest": lambda i: hashlib.sha256(b"%d" % i).hexdigest(),
    "answered_on": lambda i: date(2025, 5, 1),
    "monitoring_year": lambda i: 2024,
    "between_school_rate": lambda i: Decimal("0.120000"),
    "student_key": lambda i: hashlib.sha256(b"%d" % i).hexdigest()[:32],
    "birth_month": lambda i: "1990-02",
    "enrolled_month": lambda i: "2025-09",
    "teaching_since": lambda i: "2012-09",
    "graduated_month": lambda i: "2012-07",
    "pay_month": lambda i: "2025-08",
    "status_since": lambda i: date(2012, 9, 1),
    "started_on": lambda i: date(2020, 9, 1),
    "ended_on": lambda i: date(2021, 8, 31),
    "issued_on": lambda i: date(2012, 7, 1),
    "awarded_on": lambda i: date(2019, 1, 1),
    "term": lambda i: "2025-2026-1",
    "weekly_hours": lambda i: Decimal("12.50"),
    "training_year": lambda i: 2024,
    "hours": lambda i: Decimal("72.00"),
    "gross_yuan": lambda i: Decimal("6500.00"),
    "fiscal_year": lambda i: 2025,
    "function_code": lambda i: "2050202",
    "economic_code": lambda i: "30201",
    "amount_yuan": lambda i: Decimal("1000.00"),
    "is_deleted": lambda i: "0",
    "updated_on": lambda i: date(2025, 2, 1),
    "holder_code": lambda i: f"12410183MB{i:08}",
    "class_code": lambda i: "2010104",
    "quantity": lambda i: 1,
    "original_value_yuan": lambda i: Decimal("5000.00"),
    "entered_on": lambda i: date(2020, 1, 1),
    "area_m2": lambda i: Decimal("96.5000"),
    "in_use_since": lambda i: date(2001, 9, 1),
    "as_of_date": lambda i: AS_OF,
    "school_type": lambda i: "primary_school",
    "stage": lambda i: "primary",
    "measure_id": lambda i: "students",
    "value": lambda i: Decimal("120.0000000000000000"),
}


# Where a table speaks of something else under the same column name.
OF_TABLE: dict[str, dict[str, object]] = {"county_measures": {"measure_id": "allocated_places"}}


def clean_rows(table: Table, count: int) -> list[dict]:
    """`count` believable rows, each with a key of its own."""
    rows = []
    for i in range(count):
        row = {column.name: CELLS.get(column.name, lambda i: f"t{i}")(i) for column in table.columns}
        row |= OF_TABLE.get(table.name, {})
        rows.append(row | {"_sheet": "sheet", "_row": i + 2, "_key": None})
    return rows


@pytest.fixture(scope="session")
def tables() -> dict[str, tuple[Table, ...]]:
    return TABLES


@pytest.fixture(scope="session")
def clean() -> Callable[[Table, int], list[dict]]:
    return clean_rows


@pytest.fixture
def landed(tmp_path: Path) -> Callable[..., PendingDelivery]:
    """Land rows of a table as one file."""

    def make(source: str, table: Table, rows: list[dict], **more) -> PendingDelivery:
        batches = pa.Table.from_pylist(rows, schema=table.delivered_as(more.get("kind", FULL))).to_batches()
        digest = hashlib.sha256(repr(rows).encode()).hexdigest()
        filed = table.name == "measures"
        dated = {"as_of_date": None, "row_date": "as_of_date"} if filed else {"as_of_date": AS_OF}
        return land(Delivery(source, table, None, "inbox/file.csv", iter(batches), digest=digest, **dated, **more), Layout(tmp_path))

    return make


# --- a candidate ----------------------------------------------------------------

INDICATORS = ["teachers", "backbone", "pe_arts", "teaching_area", "sports_area", "equipment", "rooms"]


@pytest.fixture(scope="session")
def clean_candidate(tmp_path_factory) -> Path:
    """One county: a nine-year school (two units), and a special school out of scope."""
    folder = tmp_path_factory.mktemp("clean")
    with duckdb.connect(":memory:") as world:
        world.execute(
            "create table indicator (id varchar, rule_set varchar, stage varchar, part varchar, level varchar, per bigint, is_on boolean)"
        )
        world.executemany(
            "insert into indicator values (?, 'r', ?, 'resource', 'school', 100, true)",
            [(name, stage) for name in INDICATORS for stage in ("primary", "junior")],
        )
        for name, part in (("social", "social"), ("sizes", "government"), ("funds", "government")):
            world.execute("insert into indicator values (?, 'r', 'all', ?, 'county', 1, true)", (name, part))
        world.execute("insert into indicator values ('off', 'r', 'primary', 'resource', 'school', 1, false)")
        world.execute(SCHOOLS)
        world.execute(VERDICTS)
        for (name,) in world.execute("select table_name from duckdb_tables()").fetchall():
            world.execute(f"copy {name} to '{folder}/{name}.parquet'")
    return folder


@pytest.fixture
def candidate(clean_candidate: Path, tmp_path: Path) -> Callable[..., Path]:
    """The clean candidate after some SQL; only the tables that it names are written anew."""
    count = iter(range(1000))

    def make(*spoil: str) -> Path:
        folder = tmp_path / f"candidate{next(count)}"
        shutil.copytree(clean_candidate, folder, copy_function=os.link)
        with duckdb.connect(":memory:") as world:
            named = [path for path in folder.glob("*.parquet") if any(re.search(rf"\b{path.stem}\b", sql) for sql in spoil)]
            for path in named:
                world.execute(f"create table {path.stem} as from read_parquet('{path}')")
                path.unlink()
            for statement in spoil:
                world.execute(statement)
            for (name,) in world.execute("select table_name from duckdb_tables()").fetchall():
                world.execute(f"copy {name} to '{folder}/{name}.parquet'")
        return folder

    return make


SCHOOLS = """
create table school as select '410183' as county_code, unnest(['1', '2']) as school_id;
create table school_unit as
select * from (values ('410183', '1', 'primary', 200, true), ('410183', '1', 'junior', 100, true), ('410183', '2', 'primary', 30, false))
as t(county_code, school_id, stage, students, is_in_scope);
create table school_fact as select county_code, school_id, stage, students from school_unit;
create table measure as
select county_code, school_id, stage, 'students' as measure_id, students::double as value, 'records' as basis from school_unit;
create table agreement as
select '410183' as county_code, '1' as school_id, 'primary' as stage, 'teaching_area_m2' as measure_id, 4000.5::double as records_value,
    4500.5::double as declared_value, 500::double as difference, 'grave' as grade, 'raised_by_round_number' as finding;
create table delivery as
select 'd1' as delivery_id, 'in_use' as status, 'full' as kind, 10 as rows_delivered, 6 as rows_accepted, 1 as rows_quarantined,
    2 as rows_superseded, 1 as rows_held
union all
select 'd2', 'missing', 'full', 0, 0, 0, 0, 0;
create table rectification_ledger as
select 'r' as rule_set, 'abcdefghijklmnop' as item_id, 'primary' as stage, 'closed' as status, 'school' as item_kind, 'school' as responsible_kind,
    date '2025-09-01' as closed_on, '20250901-001' as closed_release;
create table plan_progress as
select 'r' as rule_set, '410183' as county_code, 't1' as plan_id, 'task' as kind, 'late' as status, 3 as items_total, 1 as items_met,
    1 as items_not_met, 1 as items_open;
create table township_summary as
select 'r' as rule_set, '410183' as county_code, '' as township, 3 as units_in_scope, 1 as units_passing, 1 as units_failing, 1 as units_undecided;
create table quarantine as
select 'd1' as delivery_id, 0::bigint as position, 'stage' as column_name, 'unknown_code' as rule, 'open' as status, 'crosswalk' as stopped_by;
create table decision as select 'e1' as decision_id, 'hold_released' as decision_kind;
"""
# primary: 7 met but one within its floor; junior: one below, one without data
VERDICTS = """
create table school_indicator as
select 'r' as rule_set, county_code, school_id, school_unit.stage, id as indicator_id,
    case when id = 'rooms' and stage = 'junior' then null else 9.123457 end::decimal(38, 6) as numerator,
    students::decimal(38, 6) as denominator,
    case when id = 'rooms' and stage = 'junior' then null else 9.1234567 * 100 / students end as value,
    case when id = 'rooms' and stage = 'junior' then 'no_data' when id = 'backbone' and stage = 'junior' then 'below_floor'
        when id = 'backbone' then 'within_floor' else 'met' end as status,
    'records' as basis
from school_unit join (select distinct id from indicator where part = 'resource' and is_on) on is_in_scope;
create table school_compliance as
select * from (values
    ('r', '410183', '1', 'primary', 6, 1, 0, 0, 'pass'), ('r', '410183', '1', 'junior', 5, 0, 1, 1, 'fail'),
    ('r', '410183', '2', 'primary', 0, 0, 0, 0, 'out_of_scope'))
as t(rule_set, county_code, school_id, stage, indicators_met, indicators_within_floor, indicators_below_floor, indicators_no_data, verdict);
create table county_balance as
select 'r' as rule_set, '410183' as county_code, stage, id as indicator_id, 1 as school_units, 4.5::double as mean, 0::double as standard_deviation,
    0::double as cv, 'met' as status
from indicator where part = 'resource' and is_on;
create table county_monitor as
select * from (values ('r', '410183', 'primary', 'books', 2, 25::double, 5::double, 0.2::double, 'not_applicable', 'declared'),
    ('r', '410183', 'primary', 'computers', 2, 15, 6, 0.4, 'not_applicable', 'records'),
    ('r', '410183', 'primary', 'composite', 2, null, null, 0.3, 'met', 'declared'),
    ('r', '410183', 'junior', 'books', 1, null, null, null, 'no_data', 'none'),
    ('r', '410183', 'junior', 'computers', 1, 15, 0, 0, 'not_applicable', 'records'),
    ('r', '410183', 'junior', 'composite', 1, null, null, null, 'no_data', 'none'))
as t(rule_set, county_code, stage, indicator_id, school_units, mean, standard_deviation, cv, status, basis);
create table class_band as
select * from (values ('r', '410183', 'primary', '56_65', 1, 4, 25::double, 'records'), ('r', '410183', 'primary', 'all', 4, 4, 100, 'records'),
    ('r', '410183', 'junior', 'all', null, null, null, 'none'))
as t(rule_set, county_code, stage, band, classes, all_classes, share, basis);
create table spending_growth as
select * from (values ('410183', 2024, 'education', 100::double, null::double, null::double, 'records'),
    ('410183', 2025, 'education', 110, 0.1, 0.05, 'declared'))
as t(county_code, fiscal_year, spending, total_yuan, total_growth, per_student_growth, basis);
create table county_indicator as
select 'r' as rule_set, '410183' as county_code, indicator_id, '' as component, stage, cv as value, 0.5 as threshold, '<=' as comparison,
    status, 'records' as basis, '' as detail
from county_balance
union all
select 'r', '410183', 'social', '', 'all', null, 85, '>=', 'no_data', 'none', ''
union all
select 'r', '410183', 'sizes', '', 'all', 1, 0, '<=', 'not_met', 'declared', ''
union all
select 'r', '410183', 'funds', '', 'all', 0, 0, '<=', 'met', 'records', '';
create table school_finding as
select * from (values
    ('r', '410183', '1', 'all', 'sizes', '', 'school', '', 'not_met', 1::double, 1::double, 'records'),
    ('r', '410183', '1', 'all', 'sizes', '', 'class', '7', 'not_met', 46, 1, 'records'),
    ('r', '410183', '1', 'all', 'funds', '', 'school', '', 'met', 5, 0, 'declared'))
as t(rule_set, county_code, school_id, stage, indicator_id, component, item_kind, item, status, value, gap, basis);
create table survey_result as
select * from (values
    ('410183', 'N1', 'all', 'national', 10, 8, 0, 5, 2, 62.5), ('410183', 'N1', 'parent', 'national', 6, 5, 0, 5, 0, 100),
    ('410183', 'N1', 'other', 'national', 4, 3, 0, 0, 2, 0))
as t(county_code, survey_id, respondent_group, survey_kind, answers, valid_answers, unknown_answers, satisfied, somewhat_satisfied, satisfied_share);
create table indicator_history as
select * from (values ('r', '410183', '1', 'junior', 'rooms', '', 'no_data', date '2025-09-01', null::date, '20250901-001'),
    ('r', '410183', '1', 'junior', 'rooms', '', 'met', date '2025-09-01', date '2025-09-01', '20250901-002'),
    ('r', '410183', '', 'all', 'social', '', 'no_data', date '2025-09-01', null, '20250901-001'))
as t(rule_set, county_code, school_id, stage, indicator_id, component, status, valid_from, valid_to, release_id);
create table county_compliance as
select 'r' as rule_set, '410183' as county_code, * from (values
    ('preconditions', 'undecided', 0, 0, 0), ('resource', 'pass', 14, 0, 0), ('government', 'fail', 1, 1, 0), ('quality', 'undecided', 0, 0, 0),
    ('social', 'undecided', 0, 0, 1), ('veto', 'undecided', 0, 0, 0), ('all', 'fail', 15, 1, 1))
as t(part, verdict, met, not_met, undecided);
"""
