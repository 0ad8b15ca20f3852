"""What a delivery may change against the last one, and what makes it wait. Small tables by hand; every case names its limit."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from expectations.against_last import compared, doubts
from expectations.rules import COMPARISONS, HOLD, rule_of
from sources.asset_register.tables import ASSET_CARDS, ROOMS
from sources.declaration import Table
from sources.declared.tables import MEASURES
from sources.registry.tables import SCHOOLS as REGISTER
from sources.student_status.tables import SCHOOLS, STUDENTS
from warehouse.layout import declared_tables
from warehouse.predecessor import Predecessor

DAY, LATER = date(2025, 9, 1), date(2025, 10, 1)


@pytest.fixture
def landed(tmp_path):
    def write(table: Table, rows: list[dict], day: date, name: str) -> Path:
        filled = [{"county_code": "410183", "_as_of_date": day, "_position": place, **row} for place, row in enumerate(rows)]
        path = tmp_path / f"{name}.parquet"
        pq.write_table(pa.Table.from_pylist(filled, schema=table.landed_schema), path)
        return path

    return write


@pytest.fixture
def rules_of(landed):
    """The rules by which `now` would wait after `then`."""

    def ask(source: str, table: Table, then: list[dict], now: list[dict], *, whole: bool = True, register: Path | None = None) -> list[str]:
        before = Predecessor(landed(table, then, DAY, "then"), len(then), whole, register)
        found = doubts(source, table, landed(table, now, LATER, "now"), before)
        assert {finding.severity for finding in found} <= {HOLD}
        return [finding.rule for finding in found]

    return ask


def school(number: int) -> str:
    return f"21{number:08d}"


def pupils(*sizes: int, grade: str = "三年级") -> list[dict]:
    return [
        {"school_id": school(number), "student_key": f"{number}-{grade}-{place}", "grade": grade, "class_id": "1", "status": "在读"}
        for number, size in enumerate(sizes)
        for place in range(size)
    ]


def cards(*values: tuple[int, int], holder: int = 1) -> list[dict]:
    return [
        {"holder_code": f"{360000 + holder}", "card_id": f"{holder}-{card}", "original_value_yuan": Decimal(value)} for card, value in values
    ]


def test_a_first_delivery_never_waits(landed):
    path = landed(STUDENTS, pupils(1), DAY, "first")
    assert doubts("student_status", STUDENTS, path, None) == []


def test_the_same_again_never_waits(rules_of):
    assert rules_of("student_status", STUDENTS, pupils(60, 70), pupils(60, 70)) == []


def test_a_school_without_a_row_left_waits(rules_of):
    assert rules_of("student_status", STUDENTS, pupils(60, 3), pupils(60)) == ["class_missing"]
    assert rules_of("student_status", STUDENTS, pupils(60, 3), pupils(60, 1)) == [], "few are left, and one is"


@pytest.mark.parametrize(("closed_on", "waits"), [(date(2025, 10, 1), False), (date(2025, 10, 2), True), (None, True)])
def test_a_school_that_the_register_has_closed_is_not_missing(rules_of, landed, closed_on, waits):
    register = landed(REGISTER, [{"school_id": school(1), "school_name": "x", "closed_on": closed_on}], LATER, "register")
    found = rules_of("student_status", SCHOOLS, [{"school_id": school(n)} for n in (0, 1)], [{"school_id": school(0)}], register=register)
    assert found == (["class_missing"] if waits else [])


def test_a_closed_school_is_known_by_its_budget_unit_too(rules_of, landed):
    closed = {"school_id": school(1), "school_name": "x", "budget_unit_code": "360002", "closed_on": DAY}
    register = landed(REGISTER, [closed], LATER, "register")
    then = [row for holder in range(1, 21) for row in cards(*((card, 900) for card in range(5)), holder=holder)]
    now = [row for row in then if row["holder_code"] != "360002"]
    assert rules_of("asset_register", ASSET_CARDS, then, now, whole=False) == ["class_missing"]
    assert rules_of("asset_register", ASSET_CARDS, then, now, whole=False, register=register) == []


@pytest.mark.parametrize(("left", "waits"), [(10, False), (9, True), (8, False), (1, False)])
def test_a_file_that_names_nearly_all_units_is_an_export_with_a_hole(rules_of, left, waits):
    """Of ten schools nine are nine tenths: an export. One that names fewer is a part, and the others stay as they were."""
    then = [{"school_id": school(n), "room_id": "1", "room_kind": "教室"} for n in range(10)]
    assert rules_of("asset_register", ROOMS, then, then[:left], whole=False) == (["class_missing"] if waits else [])


@pytest.mark.parametrize(("then", "now", "waits"), [(30, 3, False), (31, 3, True), (20, 0, True), (19, 0, False)])
def test_a_grade_of_which_hardly_a_tenth_is_left_waits(rules_of, then, now, waits):
    found = rules_of("student_status", STUDENTS, pupils(90) + pupils(then, grade="六年级"), pupils(90) + pupils(now, grade="六年级"))
    assert found == (["class_missing"] if waits else [])


def test_a_grade_named_by_its_year_goes_with_its_year(rules_of):
    found = rules_of("student_status", STUDENTS, pupils(90) + pupils(30, grade="2019级"), pupils(90) + pupils(30, grade="2025级"))
    assert found == []


@pytest.mark.parametrize(
    ("then", "now", "waits"), [(100, 200, False), (100, 201, True), (200, 100, False), (201, 100, True), (40, 89, False), (40, 90, True)]
)
def test_twice_as_many_or_half_is_far(rules_of, then, now, waits):
    assert rules_of("student_status", STUDENTS, pupils(then), pupils(now)) == (["count_far"] if waits else [])


def test_a_part_is_compared_for_what_it_names_alone(rules_of):
    county = pupils(*[80] * 20)
    assert rules_of("student_status", STUDENTS, county, pupils(85), whole=False) == []
    assert rules_of("student_status", STUDENTS, county, pupils(20), whole=False) == ["count_far"]


@pytest.mark.parametrize(
    ("factor", "waits"), [(1, False), (100, False), (1999, False), (2000, True), (10_000, True), (50_000, True), (50_001, False)]
)
@pytest.mark.parametrize("way", ["up", "down"])
def test_ten_thousand_times_as_much_is_another_unit(rules_of, factor, waits, way):
    low, high = cards((1, 1), (2, 2), (3, 9)), cards((1, factor), (2, 2 * factor), (3, 9 * factor))
    then, now = (low, high) if way == "up" else (high, low)
    assert rules_of("asset_register", ASSET_CARDS, then, now, whole=False) == (["factor_10000"] if waits else [])


def test_one_building_is_no_other_unit(rules_of):
    few = cards((1, 500), (2, 700), (3, 900), (4, 800))
    assert rules_of("asset_register", ASSET_CARDS, few, few + cards((5, 7_000_000)), whole=False) == []


def test_one_unit_of_many_in_another_unit_of_money_waits(rules_of):
    then = [row for holder in range(9) for row in cards((1, 500), (2, 700), (3, 900), holder=holder)]
    now = then[:-3] + cards((1, 5_000_000), (2, 7_000_000), (3, 9_000_000), holder=8)
    assert rules_of("asset_register", ASSET_CARDS, then, now, whole=False) == ["factor_10000"]


def test_filed_money_and_areas_are_compared_and_heads_are_not(rules_of):
    def filed(measure: str, value: int) -> list[dict]:
        return [{"school_id": school(1), "stage": "primary", "measure_id": measure, "value": Decimal(value)}]

    assert rules_of("declared", MEASURES, filed("equipment_value_yuan", 30), filed("equipment_value_yuan", 300_000), whole=False) == ["factor_10000"]
    assert rules_of("declared", MEASURES, filed("sports_area_m2", 30_000), filed("sports_area_m2", 3), whole=False) == ["factor_10000"]
    assert rules_of("declared", MEASURES, filed("students", 1), filed("students", 10_000), whole=False) == []


def test_no_identity_number_is_ever_said(landed):
    """A unit's code column may hold anything that a sender puts there."""
    number = "41018319900101001X"
    then = landed(ASSET_CARDS, [{"holder_code": code, "card_id": str(n)} for code in (number, "360001") for n in range(5)], DAY, "then")
    now = landed(ASSET_CARDS, [{"holder_code": "360001", "card_id": str(n)} for n in range(5)], LATER, "now")
    (found,) = doubts("asset_register", ASSET_CARDS, now, Predecessor(then, 10, True))
    assert found.rule == "class_missing" and number not in found.detail_zh + found.detail_en
    assert "5" in found.detail_en


def test_every_table_that_is_compared_is_declared_with_those_columns():
    tables = {(source, table.name): table for source, table in declared_tables()}
    known = 0
    for (source, name), table in tables.items():
        what = compared(source, name)
        if what is None:
            continue
        known += 1
        columns = {column.name for column in table.columns}
        assert set(what.get("words", ())) <= columns and set(what) <= {"units", "words", "amounts"}
        assert "units" not in what or table.unit_column
        for amount, how in what.get("amounts", {}).items():
            assert {amount, *how["by"]} <= columns and set(how) <= {"by", "rows", "measures"}
    assert known > 15
    assert all(rule_of(rule).severity == HOLD for rule in COMPARISONS | {"held_together"})
