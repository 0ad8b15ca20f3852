"""Filed figures of whole counties, and of whole schools that are never split."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from dbt_project.world import AS_OF, World, filed, school_id

A, B = school_id(1), school_id(2)
LAST_YEAR = date(2024, 9, 1)


def figure(measure: str, value, stage: str = "all", category: str | None = None, day: date = AS_OF) -> dict:
    return {"as_of_date": day, "stage": stage, "category": category, "measure_id": measure, "value": value and str(value)}


def counties() -> World:
    world = World()

    def file(county: str, *figures: dict, **delivery) -> None:
        world.deliver("declared", "county_measures", list(figures), county=county, **delivery)

    file(
        "500001",
        figure("funding_standard_yuan", "720", "primary", "城市"),
        figure("funding_standard_yuan", "720.5", "primary", "rural"),
        figure("survey_sent", "300", category="家长"),
        figure("survey_sent", "1200"),
        figure("disabled_children", None),
    )
    file(
        "500002",
        figure("dragons", "3"),
        figure("funding_standard_yuan", "720", "primary", "海上"),
        figure("disabled_children", "40", category="城市"),
        figure("migrant_children_eligible", "-1"),
        figure("allocated_places", "10.5"),
        figure("teacher_average_pay_yuan", "1e12"),
        figure("disabled_children", "40"),
    )
    # a correction, another spelling later, and a figure that a full year of newer filing has overtaken
    file("500003", figure("allocated_places", "100", day=LAST_YEAR), figure("disabled_children", "7", day=LAST_YEAR), order=1)
    file("500003", figure("allocated_places", "120"), figure("funding_standard_yuan", "700", "junior", "城市"), order=2)
    file("500003", figure("funding_standard_yuan", "940", "junior", "urban"), order=3)
    # one file that says both
    file("500004", figure("funding_standard_yuan", "700", "junior", "城市"), figure("funding_standard_yuan", "940", "junior", "urban"))
    # parts that are more than their whole; and 60 + 41 of 100, each of which alone could be
    file(
        "500006",
        figure("quality_high_school_places", "100"), figure("allocated_places", "150"), figure("places_to_rural_schools", "50"),
        figure("disabled_children", "10"), figure("disabled_children_enrolled", "12"),
        figure("migrant_children_eligible", "100"), figure("migrant_children_public", "60"), figure("migrant_children_purchased", "41"),
    )  # fmt: skip
    file("500007", figure("survey_sent", "10", category="家长"), figure("survey_returned", "11", category="家长"), figure("survey_returned", "11"))
    world.file(
        "500005",
        filed(A, "nine_year_school", "primary", students=100, zoned_students=90)
        + filed(A, "nine_year_school", "junior", students=100)
        + filed(A, "nine_year_school", "whole", public_funds_budget_yuan="100000", music_rooms="2", books="4200")
        + filed(B, "primary_school", "primary", students=50, training_funds_budget_yuan="8000.50"),
    )
    return world


@pytest.fixture(scope="module")
def published(build):
    return build(counties())


def filed_of(published, county: str) -> dict[tuple[str, str, str], Decimal | None]:
    return {(r["stage"], r["category"], r["measure_id"]): r["value"] for r in published.rows("fct_county_declared", county_code=county)}


def test_figures_stand_by_stage_and_by_what_their_category_means(published):
    assert filed_of(published, "500001") == {
        ("primary", "urban", "funding_standard_yuan"): 720,
        ("primary", "rural", "funding_standard_yuan"): Decimal("720.5"),
        ("all", "parent", "survey_sent"): 300,
        ("all", "", "survey_sent"): 1200,
        ("all", "", "disabled_children"): None,
    }


def test_figures_that_cannot_be_are_quarantined(published):
    faults = sorted((r["table_name"], r["column_name"], r["rule"]) for r in published.rows("quarantine", county_code="500002"))
    assert [fault[1:] for fault in faults] == [
        ("category", "unknown_category"), ("category", "unknown_category"), ("measure_id", "unknown_measure"),
        ("value", "negative_value"), ("value", "not_whole"), ("value", "value_out_of_range"),
    ]  # fmt: skip
    assert {fault[0] for fault in faults} == {"county_measures"}
    assert filed_of(published, "500002") == {("all", "", "disabled_children"): 40}


def test_a_part_that_is_more_than_its_whole_is_quarantined(published):
    def faults(county: str) -> set:
        return {(r["position"], r["column_name"], r["rule"]) for r in published.rows("quarantine", county_code=county)}

    assert faults("500006") == {(place, "value", "more_than_whole") for place in (1, 4, 6, 7)}
    assert filed_of(published, "500006") == {
        ("all", "", "quality_high_school_places"): 100, ("all", "", "places_to_rural_schools"): 50, ("all", "", "disabled_children"): 10,
        ("all", "", "migrant_children_eligible"): 100,
    }  # fmt: skip
    assert faults("500007") == {(1, "value", "more_than_whole")}


def test_the_newest_filing_decides_and_old_years_are_left(published):
    assert filed_of(published, "500003") == {("all", "", "allocated_places"): 120, ("junior", "urban", "funding_standard_yuan"): 940}
    of_county = published.rows("delivery", county_code="500003")
    assert sorted((row["rows_accepted"], row["rows_superseded"]) for row in of_county if row["status"] != "missing") == [(0, 2), (1, 0), (1, 1)]


def test_one_filing_that_says_two_things_says_nothing(published):
    assert filed_of(published, "500004") == {("junior", "urban", "funding_standard_yuan"): None}


def test_whole_school_figures_are_no_measures_of_a_unit(published):
    filed_ = {(r["school_id"], r["stage"], r["measure_id"]): r["value"] for r in published.rows("fct_school_declared", county_code="500005")}
    assert filed_[A, "whole", "public_funds_budget_yuan"] == 100_000
    assert filed_[B, "primary", "training_funds_budget_yuan"] == Decimal("8000.5")
    units = {(r["school_id"], r["stage"], r["measure_id"]) for r in published.rows("measure", county_code="500005") if r["school_id"]}
    assert units == {
        (A, "primary", "students"), (A, "primary", "zoned_students"), (A, "junior", "students"), (A, "primary", "books"),
        (A, "junior", "books"), (B, "primary", "students"),
    }  # fmt: skip
    assert published.rows("quarantine", county_code="500005") == []
