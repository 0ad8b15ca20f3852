"""A delta at the gate: its rows are judged as any, its number says nothing, its tombstones are keys."""

from __future__ import annotations

import pytest

from expectations.delivery_gate import judge_delivery
from sources.declaration import DELTA, Damage, Table
from sources.register import SOURCES

PULLED = [(source.name, table.name) for source in SOURCES if source.pull for table in source.tables]


@pytest.fixture
def delta(landed, clean, tables):
    """Land `changed` clean rows and `gone` tombstones of a table, each row changed by `cells` where it is named."""

    def make(source: str, name: str, changed: int = 3, gone: int = 2, **cells: dict[int, dict]):
        table = next(table for table in tables[source] if table.name == name)
        rows = []
        for place, row in enumerate(clean(table, changed + gone)):
            if place >= changed:
                row = {column: cell if column in ("county_code", *table.key) else None for column, cell in row.items()}
            rows.append({**row, "_is_deleted": place >= changed, **cells.get(f"row_{place}", {})})
        return landed(source, table, rows, kind=DELTA)

    return make


def stopped(verdict) -> list[tuple[int, str, str]]:
    return [(row["position"], row["column_name"], row["rule"]) for row in verdict.quarantined.to_pylist()]


@pytest.mark.parametrize(("source", "name"), PULLED)
def test_sound_changes_and_tombstones_pass(delta, source, name):
    verdict = judge_delivery(delta(source, name))
    assert (verdict.outcome, stopped(verdict), verdict.rows) == ("landed", [], 5)


@pytest.mark.parametrize(("source", "name"), PULLED)
@pytest.mark.parametrize(("changed", "gone"), [(0, 0), (0, 2), (2, 0)])
def test_the_number_of_rows_says_nothing(delta, source, name, changed, gone):
    """A full delivery without rows is held; a day on which nobody came or went is an ordinary day."""
    verdict = judge_delivery(delta(source, name, changed, gone))
    assert (verdict.outcome, stopped(verdict)) == ("landed", [])


def test_a_changed_row_is_judged_as_any_other(delta):
    verdict = judge_delivery(delta("student_status", "students", row_1={"status": None}, row_2={"birth_month": "2031-01"}))
    assert stopped(verdict) == [(1, "status", "missing_value"), (2, "birth_month", "impossible_date")]


def test_a_tombstone_without_its_key_is_stopped(delta):
    verdict = judge_delivery(delta("student_status", "students", row_3={"student_key": None}, row_4={"school_id": "!"}))
    assert stopped(verdict) == [(3, "student_key", "missing_value"), (4, "school_id", "bad_format")]


def test_a_key_that_is_there_and_gone_says_two_things(delta, clean, tables):
    table = next(table for table in tables["student_status"] if table.name == "campuses")
    same = {name: clean(table, 1)[0][name] for name in table.key}
    verdict = judge_delivery(delta("student_status", "campuses", row_4=same))
    assert {(place, rule) for place, _, rule in stopped(verdict)} == {(0, "duplicate_key"), (4, "duplicate_key")}


def test_the_same_tombstone_twice_is_a_repeated_row(delta, clean, tables):
    table: Table = next(table for table in tables["student_status"] if table.name == "campuses")
    same = {name: clean(table, 4)[3][name] for name in table.key}
    assert [(place, rule) for place, _, rule in stopped(judge_delivery(delta("student_status", "campuses", row_4=same)))] == [(4, "repeated_row")]


def test_a_cell_that_could_not_be_read_is_told_at_its_row(delta):
    """Changed rows and tombstones are judged apart; places are those of the delivery."""
    pending = delta("hr_payroll", "posts", row_0={"_is_deleted": True, "post_grade": None, "professional_rank": None, "ended_on": None})
    damaged = type(pending)(pending.state, pending.record, pending.table, pending.path, (Damage(2, "ended_on", "not_a_date"), Damage(4, "started_on", "not_a_date")))
    assert stopped(judge_delivery(damaged)) == [(2, "ended_on", "not_a_date"), (4, "started_on", "not_a_date")]


def test_most_codes_damaged_refuses_a_delta_too(delta):
    cells = {f"row_{place}": {"school_id": "!"} for place in range(12)}
    verdict = judge_delivery(delta("student_status", "schools", 12, 0, **cells))
    assert (verdict.outcome, verdict.rule) == ("refused", "damaged_identities")
