"""Ties, zeros, one unit, equal values, both bases, and filed figures of whole schools."""

from __future__ import annotations

from fractions import Fraction

import pytest

from dbt_project.fractions_of import close
from dbt_project.world import World, filed, school_id

A, B, C = (school_id(n) for n in (1, 2, 3))
TEACHING = "teaching_area_per_student"


def primary(school: str, students, **measures) -> list[dict]:
    return filed(school, "primary_school", "primary", students=students, **measures)


def edges() -> World:
    world = World()
    # two schools of equal size at mean +- d: the coefficient is d / mean
    world.file("400001", primary(A, 100, teaching_area_m2="50") + primary(B, 100, teaching_area_m2="150"))
    world.file("400002", primary(A, 100, teaching_area_m2="49.9999999999600000") + primary(B, 100, teaching_area_m2="150.0000000000400000"))
    world.file("400003", primary(A, 100, teaching_area_m2="49.9999999990000000") + primary(B, 100, teaching_area_m2="150.0000000010000000"))
    junior = [filed(s, "junior_school", "junior", students=200, teaching_area_m2=x) for s, x in ((A, "110"), (B, "290"))]
    world.file("400004", junior[0] + junior[1])
    # equal values that no decimal can write: a third of a square metre a weighted student
    nines = [(A, 15, 30, "16"), (B, 20, 20, "14"), (C, 1236, 870, "731")]
    world.file(
        "400005",
        [
            row
            for school, p, j, area in nines
            for row in filed(school, "nine_year_school", "primary", students=p)
            + filed(school, "nine_year_school", "junior", students=j)
            + filed(school, "nine_year_school", "whole", teaching_area_m2=area, sports_area_m2=str(Fraction(area) * 3))
        ],
    )
    world.file("400006", primary(A, 77, teaching_area_m2="10.1"))  # one unit
    world.file("400007", primary(A, 77, teaching_area_m2=0) + primary(B, 50, teaching_area_m2=0))  # a mean of zero
    world.file("400008", primary(A, 0, teaching_area_m2=5) + primary(B, 50, teaching_area_m2=10))  # a school without students
    world.file("400009", primary(A, None, teaching_area_m2=5) + primary(B, 50, teaching_area_m2=10))  # unknown students
    world.file("400010", primary(A, 50, teaching_area_m2=None) + primary(B, 50, teaching_area_m2=10))  # missing is not zero
    # whole rows: twelve years and complete secondary, with and without senior students
    world.file(
        "400011",
        filed(A, "twelve_year_school", "primary", students=100)
        + filed(A, "twelve_year_school", "junior", students=200)
        + filed(A, "twelve_year_school", "senior", students=300)
        + filed(A, "twelve_year_school", "whole", teaching_area_m2="1000")
        + filed(B, "complete_secondary_school", "junior", students=100)
        + filed(B, "complete_secondary_school", "whole", teaching_area_m2="1000", sports_area_m2="7")
        + filed(C, "primary_school", "whole", teaching_area_m2="321.5"),
    )
    # both bases: the system knows the students of A alone
    world.pull_roll("400012", {A: ("小学", {"primary": [25, 25]})})
    world.file("400012", primary(A, 60, teaching_area_m2="225") + primary(B, 40, teaching_area_m2="180"))
    world.file(
        "400013",
        primary(A, "10.5", teaching_area_m2="-1", sports_area_m2="1e13", dragons="3")
        + filed(A, "primary_school", "whole", pe_arts_teachers="2"),
    )
    return world


@pytest.fixture(scope="module")
def published(build):
    return build(edges())


def balance(published, county, stage="primary", indicator=TEACHING):
    return published.row("county_balance", county_code=county, stage=stage, indicator_id=indicator)


@pytest.mark.parametrize(
    ("county", "stage", "cv", "status"),
    [
        ("400001", "primary", "0.5", "met"),
        ("400002", "primary", "0.5000000000004", "met"),  # closer than 1e-12 stands on the limit
        ("400003", "primary", "0.50000000001", "not_met"),
        ("400004", "junior", "0.45", "met"),
    ],
)
def test_on_the_limit_is_met(published, county, stage, cv, status):
    row = balance(published, county, stage)
    assert close(row["cv"], Fraction(cv)) and row["status"] == status


@pytest.mark.parametrize("stage", ["primary", "junior"])
def test_equal_values_have_a_coefficient_of_exactly_zero(published, stage):
    # 3 * 16 = 15 + 1.1 * 30, 3 * 14 = 20 + 1.1 * 20, 3 * 731 = 1236 + 1.1 * 870
    for indicator, third in ((TEACHING, Fraction(1, 3)), ("sports_area_per_student", Fraction(1))):
        row = balance(published, "400005", stage, indicator)
        assert (row["cv"], row["standard_deviation"], row["status"]) == (0, 0, "met")
        assert close(row["mean"], third * (1 if stage == "primary" else Fraction("1.1")))


def test_one_unit_and_a_mean_of_zero(published):
    one, zero = balance(published, "400006"), balance(published, "400007")
    assert (one["school_units"], one["cv"], one["status"]) == (1, 0, "met")
    assert close(one["mean"], Fraction("10.1") / 77)
    assert (zero["school_units"], zero["students"], zero["mean"], zero["cv"], zero["status"]) == (2, 127, 0, None, "no_data")


def test_units_without_students_are_left_out_and_unknown_ones_are_not(published):
    without, unknown = balance(published, "400008"), balance(published, "400009")
    assert (without["school_units"], without["students"], without["cv"]) == (1, 50, 0)
    assert (unknown["school_units"], unknown["students"], unknown["cv"], unknown["status"]) == (2, 50, None, "no_data")
    assert published.row("school_compliance", county_code="400008", school_id=A)["verdict"] == "out_of_scope"
    assert published.row("school_compliance", county_code="400009", school_id=A)["verdict"] == "undecided"


def test_one_missing_measure_leaves_its_balance_open(published):
    row = balance(published, "400010")
    assert (row["school_units"], row["students"], row["cv"], row["status"]) == (2, 100, None, "no_data")


def test_whole_figures_need_the_students_of_every_weighted_stage(published):
    parts = {(r["school_id"], r["stage"], r["measure_id"]): r["value"] for r in published.rows("measure", county_code="400011")}
    weighted = 100 + 220 + 396
    assert close(parts[A, "primary", "teaching_area_m2"], Fraction(1000 * 100, weighted))
    assert close(parts[A, "junior", "teaching_area_m2"], Fraction(1000 * 220, weighted))
    assert (B, "junior", "teaching_area_m2") not in parts  # senior students are not known
    assert parts[C, "primary", "teaching_area_m2"] == 321.5  # one stage: nothing to split
    row = published.row("school_indicator", county_code="400011", school_id=B, indicator_id=TEACHING)
    assert (row["status"], row["basis"]) == ("no_data", "none")


def test_records_win_and_both_are_kept(published):
    rows = {(r["school_id"], r["basis"]): (r["value"], r["is_used"]) for r in published.rows("measure", county_code="400012", measure_id="students")}
    assert rows == {(A, "records"): (50, True), (A, "declared"): (60, False), (B, "declared"): (40, True)}
    area = published.row("school_indicator", county_code="400012", school_id=A, indicator_id=TEACHING)
    assert (area["value"], area["status"], area["basis"]) == (4.5, "met", "declared")  # 225 filed / 50 counted
    assert published.row("school_fact", county_code="400012", school_id=A)["students"] == 50


def test_filed_figures_that_cannot_be_are_quarantined(published):
    faults = sorted((r["column_name"], r["rule"]) for r in published.rows("quarantine", county_code="400013"))
    assert faults == [
        ("measure_id", "unknown_measure"), ("stage", "whole_not_split"), ("value", "negative_value"),
        ("value", "not_whole"), ("value", "value_out_of_range"),
    ]  # fmt: skip
    assert published.rows("school", county_code="400013") == []
    assert len(published.rows("county_compliance", county_code="400013")) == 7  # the county is in the data all the same
