"""Who has not submitted, what is superseded while held, and faults that a correction closes. Small counties; expected by hand."""

from __future__ import annotations

import csv
from datetime import date

import pyarrow as pa
import pytest

from dbt_project.world import PROJECT, TABLES, World, county_figure, filed, registered, school_id
from warehouse.ledger_tables import PREVIOUS_QUARANTINE

AS_OF = date(2025, 11, 15)
PUNCTUAL, LATE, SILENT, PAYS, HOLDS, CORRECTS = ("410201", "410202", "410203", "410204", "410205", "410206")
A, B = school_id(1), school_id(2)


def pay(month: str, person: str = "p") -> dict:
    return {"person_key": person, "pay_month": month, "budget_unit_code": "360001", "gross_yuan": "5000"}


@pytest.fixture(scope="module")
def county() -> World:
    world = World(as_of=AS_OF, release_id="20251115-001")
    for place, code in enumerate((PUNCTUAL, LATE, SILENT)):
        first = school_id(10 * place + 1)
        registered(world, code, (first, "小学", "121", "教育部门"), (school_id(10 * place + 2), "小学", "121", "教育部门"))
    # statistics: the punctual county files this school year, the late one filed last year alone, the silent one nothing
    world.file(PUNCTUAL, filed(school_id(1), "primary_school", "primary", date(2025, 9, 1), students=100))
    world.file(PUNCTUAL, filed(school_id(2), "primary_school", "primary", date(2024, 9, 1), students=100))
    world.file(LATE, filed(school_id(11), "primary_school", "primary", date(2024, 9, 1), students=100))
    # a pull of two days ago is within the grace of the daily rhythm, one of four days ago is not
    world.pull_roll(PUNCTUAL, {school_id(1): ("小学", {"primary": [30]}), school_id(2): ("小学", {})}, as_of=date(2025, 11, 13))
    world.pull_roll(LATE, {school_id(11): ("小学", {"primary": [30]})}, as_of=date(2025, 11, 11))
    # pay by month, one a file: August is missing, October is due on 15 November, November is not
    for number, month in enumerate(("2025-07", "2025-09")):
        world.deliver(
            "hr_payroll", "monthly_pay", [pay(month)], county=PAYS, is_pull=False, as_of=date(2025, 7 + 2 * number, 30), unit="360001"
        )
    world.deliver("declared", "county_measures", [county_figure("allocated_places", 5, day=date(2025, 9, 1))], county=HOLDS, outcome="held", is_outdated=True)
    world.deliver("declared", "county_measures", [county_figure("allocated_places", 5, day=date(2025, 9, 1))], county=HOLDS, order=1)
    return world


@pytest.fixture(scope="module")
def published(county, build):
    return build(county)


def missing(published, code: str) -> set[tuple]:
    return {(r["source"], r["table_name"], r["unit"], r["period"]) for r in published.rows("delivery", county_code=code, status="missing")}


def test_a_county_that_submitted_in_time_lacks_its_late_school_alone(published):
    assert missing(published, PUNCTUAL) == {("declared", "measures", school_id(2), "2025-2026"), *of_others(PUNCTUAL)}


def test_a_late_county_is_named_once_and_not_school_by_school(published):
    assert missing(published, LATE) == {
        ("declared", "measures", "", "2025-2026"),
        ("student_status", "schools", "", "2025-11-12"),
        ("student_status", "students", "", "2025-11-12"),
        *of_others(LATE),
    }


def test_a_county_that_never_submitted_is_expected_to_do_as_the_others_do(published):
    assert missing(published, SILENT) == {
        ("declared", "measures", "", "2025-2026"),
        ("student_status", "schools", "", "2025-11-12"),
        ("student_status", "students", "", "2025-11-12"),
        *of_others(SILENT),
    }


def of_others(code: str) -> set[tuple]:
    """What only other counties deliver, and these never did: pay of the month that is due, and county figures."""
    return {("hr_payroll", "monthly_pay", "", "2025-10"), ("declared", "county_measures", "", "2025-2026")}


def test_every_month_of_pay_since_the_first_is_expected(published):
    assert {row for row in missing(published, PAYS) if row[1] == "monthly_pay"} == {
        ("hr_payroll", "monthly_pay", "", "2025-08"), ("hr_payroll", "monthly_pay", "", "2025-10"),
    }  # fmt: skip


def test_what_is_missing_has_no_rows_and_what_arrived_has_its_period_and_unit(published):
    assert all(
        (r["digest"], r["rows_delivered"], r["origin"], r["arrived_at"]) == ("", 0, None, None) for r in published.rows("delivery", status="missing")
    )
    pays = published.rows("delivery", county_code=PAYS, status="in_use")
    assert {(r["period"], r["unit"]) for r in pays} == {("2025-07", "360001"), ("2025-09", "360001")}
    (roll,) = published.rows("delivery", county_code=PUNCTUAL, table_name="students", status="in_use")
    assert (roll["period"], roll["unit"]) == ("2025-11-13", "")


def test_a_held_delivery_is_superseded_once_its_sender_has_delivered_anew(published):
    rows = published.rows("delivery", county_code=HOLDS, table_name="county_measures")
    counts = ("rows_delivered", "rows_accepted", "rows_superseded", "rows_held")
    assert sorted((r["status"], *(r[c] for c in counts)) for r in rows) == [("in_use", 1, 1, 0, 0), ("superseded", 1, 0, 1, 0)]


def test_the_seed_and_the_models_expect_the_same_tables(manifest):
    with (PROJECT / "seeds" / "delivery_rhythms.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    nodes = manifest.nodes["model.junheng.int_submission"].depends_on.nodes
    read = {".".join(node.split(".")[-2:]) for node in nodes if node.startswith("source.")}
    assert {f"{row['source_name']}.{row['table_name']}" for row in rows} == read
    assert {row["rhythm"] for row in rows} == {"daily", "monthly", "school_year", "fiscal_year"}
    for row in rows:
        assert row["expected_of"] == "county" or TABLES[row["source_name"]][row["table_name"]].unit_column == "school_id"


def test_a_corrected_code_closes_its_row_and_leaves_it_on_the_list(build):
    """A card of a unit that nobody knows; the release before told it, the corrected file brings it no more."""

    def world(*versions: str) -> World:
        made = World(as_of=AS_OF)
        registered(made, CORRECTS, (A, "小学", "121", "教育部门"))
        for order, school in enumerate(versions):
            rows = [{"school_id": school, "room_id": "1", "room_kind": "普通教室", "area_m2": "50", "is_multimedia": "是", "use_status": "在用"}]
            made.deliver("asset_register", "rooms", rows, county=CORRECTS, origin="rooms.csv", order=order, as_of=AS_OF)
        return made

    first = build(world(B))
    (row,) = first.rows("quarantine", county_code=CORRECTS)
    assert (row["rule"], row["stopped_by"], row["status"]) == ("unknown_school", "crosswalk", "open")
    assert row["arrived_at"] == row["first_seen_at"] == row["last_seen_at"]
    again = world(B, A)
    again.journals["quarantine"] = pa.Table.from_pylist(first.rows("quarantine"), schema=PREVIOUS_QUARANTINE)
    (row,) = build(again).rows("quarantine", county_code=CORRECTS)
    assert (row["rule"], row["stopped_by"], row["status"]) == ("unknown_school", "crosswalk", "closed")
    still = world(B, B)
    still.journals["quarantine"] = again.journals["quarantine"]
    rows = build(still).rows("quarantine", county_code=CORRECTS)
    assert sorted(row["status"] for row in rows) == ["closed", "open"]
    assert all(row["first_seen_at"] < row["last_seen_at"] for row in rows), "the same place, seen twice"
