"""两个只增不减: what budgets of successive years give, in all and per student, exactly and with its traps."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from dbt_project.fractions_of import close
from dbt_project.world import World, school_id

GROWS, SHRINKS, ALONE, FILED = "420001", "420002", "420003", "420004"
UNIT, OTHER, BUREAU = "205001", "205002", "205000"


def budget(world: World, county: str, year: int, *rows: tuple[str, str, str], items=("合计",), as_of: date | None = None) -> None:
    said = [
        {"budget_unit_code": unit, "unit_name": unit, "fiscal_year": year, "function_code": function, "item": item, "amount_yuan": yuan}
        for unit, function, yuan in rows
        for item in items
    ]
    world.deliver("finance_budget", "budget_table", said, county=county, as_of=as_of or date(year, 1, 1))


def roll(world: World, county: str, day: date, primary: int, junior: int, order: int) -> None:
    schools = {school_id(1): ("小学", {"primary": [primary]}), school_id(2): ("初级中学", {"junior": [junior]})}
    world.pull_roll(county, schools, as_of=day, order=order)


@pytest.fixture(scope="module")
def published(build):
    world = World()
    # 2024: 2 schools and the bureau; parts beside the sum must not be added, nor a class beside its items
    budget(world, GROWS, 2024, (UNIT, "2050202", "1000.00"), (OTHER, "2050203", "500.10"), (BUREAU, "2050101", "99.90"), items=("合计", "基本支出/小计"))
    budget(world, GROWS, 2025, (UNIT, "20502", "1100.00"), (UNIT, "2050202", "1100.00"), (OTHER, "2050203", "500.10"), (BUREAU, "2050101", "200"))
    roll(world, GROWS, date(2024, 3, 1), 90, 40, 1)
    roll(world, GROWS, date(2024, 9, 1), 100, 50, 2)  # the last roll of 2024 tells
    roll(world, GROWS, date(2025, 9, 1), 110, 51, 3)
    # one cent less; and as many yuan per student to the last digit
    budget(world, SHRINKS, 2024, (UNIT, "2050202", "3000.00"), (OTHER, "2050203", "700.00"))
    budget(world, SHRINKS, 2025, (UNIT, "2050202", "2999.99"), (OTHER, "2050203", "710.00"))
    budget(world, SHRINKS, 2023, (UNIT, "2050202", "1.00"))
    roll(world, SHRINKS, date(2024, 9, 1), 300, 70, 1)
    roll(world, SHRINKS, date(2025, 9, 1), 299, 71, 2)
    # nothing of last year; next year's budget is there and is not yet used
    budget(world, ALONE, 2025, (UNIT, "2050202", "10.00"))
    budget(world, ALONE, 2026, (UNIT, "2050202", "90.00"))
    roll(world, ALONE, date(2025, 9, 1), 10, 10, 1)
    # last year's students stand on no roll any more: the county has filed them
    budget(world, FILED, 2024, (UNIT, "2050202", "100.00"), (OTHER, "2050203", "100.00"))
    budget(world, FILED, 2025, (UNIT, "2050202", "100.00"), (OTHER, "2050203", "100.00"))
    roll(world, FILED, date(2025, 9, 1), 20, 30, 1)
    heads = [{"as_of_date": date(2024, 9, 1), "stage": stage, "measure_id": "enrolled_students", "value": str(count)} for stage, count in (("primary", 25), ("junior", 30))]
    world.deliver("declared", "county_measures", heads, county=FILED)
    return build(world)


def growth(published, county, year, spending):
    return published.row("spending_growth", county_code=county, fiscal_year=year, spending=spending)


def test_totals_units_and_growth_of_a_county_that_gives_more(published):
    all_of_it = growth(published, GROWS, 2025, "education")
    assert (all_of_it["total_yuan"], all_of_it["previous_total_yuan"], all_of_it["units"]) == (1800.10, 1600.00, 3)
    assert close(all_of_it["total_growth"], Fraction("1800.10") / 1600 - 1)
    assert (all_of_it["is_total_not_reduced"], all_of_it["students"], all_of_it["is_per_student_not_reduced"]) == (True, None, None)
    both = growth(published, GROWS, 2025, "compulsory")
    assert (both["total_yuan"], both["students"], both["previous_students"], both["basis"]) == (1600.10, 161, 150, "records")


def test_per_student_falls_although_the_total_stands(published):
    junior = growth(published, GROWS, 2025, "junior")
    assert (junior["is_total_not_reduced"], junior["total_growth"]) == (True, 0)
    assert junior["is_per_student_not_reduced"] is False
    assert close(junior["per_student_growth"], Fraction(50, 51) - 1)
    primary = growth(published, GROWS, 2025, "primary")
    assert primary["is_per_student_not_reduced"] and primary["per_student_growth"] == 0  # 1100 / 110 = 1000 / 100


def test_a_cent_less_is_less_and_fewer_students_may_have_more_each(published):
    primary, junior = (growth(published, SHRINKS, 2025, stage) for stage in ("primary", "junior"))
    assert (primary["is_total_not_reduced"], primary["is_per_student_not_reduced"]) == (False, True)
    assert close(primary["total_growth"], Fraction("-0.01") / 3000)
    assert (junior["is_total_not_reduced"], junior["is_per_student_not_reduced"], junior["per_student_growth"]) == (True, True, 0)
    assert {row["fiscal_year"] for row in published.rows("spending_growth", county_code=SHRINKS)} == {2023, 2024, 2025}


def test_without_the_year_before_nothing_is_said_of_growth(published):
    rows = published.rows("spending_growth", county_code=ALONE)
    assert {row["fiscal_year"] for row in rows} == {2025}  # the budget of 2026 is held
    for row in rows:
        assert row["previous_total_yuan"] is row["total_growth"] is row["is_total_not_reduced"] is row["is_per_student_not_reduced"] is None


def test_students_that_the_county_filed_stand_in_for_a_roll_that_is_gone(published):
    primary, junior = (growth(published, FILED, 2025, stage) for stage in ("primary", "junior"))
    assert (primary["previous_students"], primary["students"], primary["basis"]) == (25, 20, "declared")
    assert close(primary["per_student_growth"], Fraction(1, 4)) and junior["per_student_growth"] == 0
