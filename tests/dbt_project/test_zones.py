"""What only forms tell: enrolment by zone (2.13), places of good senior schools (2.14), migrants' children (2.15)."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from dbt_project.fractions_of import close
from dbt_project.world import World, county_figure, filed, registered, school_id

A, B, C, D = (school_id(n) for n in range(1, 5))
PUBLIC, PRIVATE = "县级教育部门", "民办"
URBAN, TOWN, VILLAGE = "111", "121", "220"
AUGUST = date(2025, 8, 1)
ZONES, QUOTA, MIGRANTS = "neighbourhood_enrolment", "quality_high_school_quota", "left_behind_migrant_children"


def zones_world() -> World:
    world = World()

    def county(code: str, schools: dict, zoned: dict, boarding: tuple = (), boarding_known: bool = True) -> None:
        """schools: code -> (kind, place, organizer, students by stage); zoned: (school, stage) -> students of the zone."""
        listed = ((s, kind, place, organizer) for s, (kind, place, organizer, _) in schools.items())
        registered(world, code, *listed, boarding=boarding, boarding_known=boarding_known)
        world.pull_roll(code, {s: (kind, {stage: [n] for stage, n in rolls.items() if n}) for s, (kind, _, _, rolls) in schools.items()})
        kinds = {"211": "primary_school", "311": "junior_school", "312": "nine_year_school"}
        rows = [row for (s, stage), n in zoned.items() for row in filed(s, kinds[schools[s][0]], stage, zoned_students=n)]
        if rows:
            world.file(code, rows)

    town, junior = ("211", TOWN, PUBLIC, {"primary": 40}), ("311", URBAN, PUBLIC, {"junior": 100})
    county("350001", {A: town, B: junior}, {(A, "primary"): 40, (B, "junior"): 95})
    county("350002", {A: town, B: junior}, {(A, "primary"): 39, (B, "junior"): 94})
    # villages, private and boarding schools are not asked
    county(
        "350003",
        {A: town, B: ("211", VILLAGE, PUBLIC, {"primary": 9}), C: ("211", URBAN, PRIVATE, {"primary": 9}), D: ("211", URBAN, PUBLIC, {"primary": 9})},
        {(A, "primary"): 40}, boarding=(D,),
    )  # fmt: skip
    county("350004", {A: town, B: junior}, {(B, "junior"): 95})  # A filed nothing
    county("350005", {A: town, B: town}, {(A, "primary"): 39})  # one child is known to come from elsewhere
    county("350006", {A: town, B: town}, {(A, "primary"): 40, (B, "primary"): 41})  # more of the zone than at school
    # together the zones would fill both schools
    county("350050", {A: town, B: town}, {(A, "primary"): 39, (B, "primary"): 41})
    county("350007", {A: ("211", "", PUBLIC, {"primary": 40})}, {(A, "primary"): 40})  # nobody knows the place
    county("350008", {A: town}, {(A, "primary"): 40}, boarding_known=False)
    county("350009", {A: ("312", URBAN, PUBLIC, {"primary": 60, "junior": 40})}, {(A, "primary"): 60, (A, "junior"): 37})
    county("350010", {A: town, B: ("211", TOWN, PUBLIC, {"primary": 0})}, {(A, "primary"): 40})  # nobody at school in B
    # the students by the form where no roll tells
    registered(world, "350011", (A, "211", TOWN, PUBLIC))
    world.file("350011", filed(A, "primary_school", "primary", students=50, zoned_students=50))
    _other_days(world)
    _forms(world)
    return world


def _other_days(world: World) -> None:
    """A school of 100 on the first of August and of another number now: the zone stands against the day it was filed for."""

    def county(code: str, now: int, *, then: int | None = None, **figures: int) -> None:
        registered(world, code, (A, "211", TOWN, PUBLIC))
        if then is not None:
            world.pull_roll(code, {A: ("211", {"primary": [then]})}, as_of=AUGUST, order=1)
        world.pull_roll(code, {A: ("211", {"primary": [now]})}, order=2)
        world.file(code, filed(A, "primary_school", "primary", day=AUGUST, **figures), order=3)

    county("350041", 101, students=100, zoned_students=100)
    county("350042", 100, students=101, zoned_students=100)
    county("350043", 101, then=100, zoned_students=100)  # by the roll of that day
    county("350044", 101, zoned_students=100)  # nobody knows that day's
    county("350045", 101, students=99, zoned_students=100)  # more of the zone than at school
    # a later figure of the students says nothing of the earlier day's
    county("350046", 101, students=100, zoned_students=100)
    world.file("350046", filed(A, "primary_school", "primary", students=101), order=4)
    # the form counts its zone among 100, whatever another form of the day says
    county("350051", 101, students=120, zone_base_students=100, zoned_students=100)
    # the form was corrected for its own day
    county("350047", 101, students=90, zoned_students=100)
    world.file("350047", filed(A, "primary_school", "primary", day=AUGUST, students=100), order=4)
    # B took A over in mid-August: theirs is the sum of what both filed
    schools = [
        {
            "school_id": code, "school_name": code, "education_type": "211", "urban_rural_code": TOWN, "organizer": PUBLIC,
            "opened_on": date(1990, 9, 1), "is_boarding": "否", **closing,
        }
        for code, closing in ((A, {"closed_on": date(2025, 8, 15), "successor_school_id": B}), (B, {}))
    ]  # fmt: skip
    for code, zones in (("350048", (60, 40)), ("350049", (60, 39))):
        world.deliver("registry", "schools", schools, county=code)
        world.pull_roll(code, {A: ("211", {"primary": [60]}), B: ("211", {"primary": [40]})}, as_of=AUGUST, order=1)
        world.pull_roll(code, {B: ("211", {"primary": [99]})}, order=2)
        rows = [row for s, n in zip((A, B), zones, strict=True) for row in filed(s, "primary_school", "primary", day=AUGUST, zoned_students=n)]
        world.file(code, rows, order=3)


def _forms(world: World) -> None:
    for county, figures in {
        "350021": {"quality_high_school_places": 1001, "allocated_places": "500.5"},
        "350022": {"quality_high_school_places": 1000, "allocated_places": 500},
        "350023": {"quality_high_school_places": 1000, "allocated_places": 499},
        "350024": {"quality_high_school_places": 0, "allocated_places": 0},
        "350025": {"allocated_places": 10},
        "350026": {"quality_high_school_places": 100, "allocated_places": 150},
        "350031": {"migrant_children_eligible": 200, "migrant_children_public": 150, "migrant_children_purchased": 20},
        "350032": {"migrant_children_eligible": 200, "migrant_children_public": 169, "migrant_children_purchased": 0},
        "350033": {"migrant_children_eligible": 200, "migrant_children_public": 190},  # the other part is not known
        "350035": {"migrant_children_eligible": 200, "migrant_children_public": 190, "migrant_children_purchased": 11},
        "350034": {"migrant_children_eligible": 0, "migrant_children_public": 0, "migrant_children_purchased": 0},
    }.items():
        world.pull_roll(county, {A: ("小学", {"primary": [5]})})
        world.deliver("declared", "county_measures", [county_figure(m, v) for m, v in figures.items()], county=county)


CASES = [
    # county, indicator, component, stage, value, status, basis
    ("350001", ZONES, "", "primary", 100, "met", "declared"),
    ("350001", ZONES, "", "junior", 95, "met", "declared"),
    ("350002", ZONES, "", "primary", Fraction(3900, 40), "not_met", "declared"),
    ("350002", ZONES, "", "junior", 94, "not_met", "declared"),
    ("350003", ZONES, "", "primary", 100, "met", "declared"),
    ("350003", ZONES, "", "junior", None, "not_applicable", "none"),
    ("350004", ZONES, "", "primary", None, "no_data", "none"),
    ("350005", ZONES, "", "primary", None, "not_met", "declared"),  # one is lacking already, but what is the share?
    ("350006", ZONES, "", "primary", None, "no_data", "none"),
    ("350050", ZONES, "", "primary", None, "not_met", "declared"),
    ("350007", ZONES, "", "primary", None, "no_data", "none"),
    ("350008", ZONES, "", "primary", None, "no_data", "none"),
    ("350009", ZONES, "", "primary", 100, "met", "declared"),
    ("350009", ZONES, "", "junior", Fraction(3700, 40), "not_met", "declared"),
    ("350010", ZONES, "", "primary", 100, "met", "declared"),
    ("350011", ZONES, "", "primary", 100, "met", "declared"),
    ("350041", ZONES, "", "primary", 100, "met", "declared"),
    ("350042", ZONES, "", "primary", Fraction(10_000, 101), "not_met", "declared"),
    ("350043", ZONES, "", "primary", 100, "met", "declared"),
    ("350044", ZONES, "", "primary", None, "no_data", "none"),
    ("350045", ZONES, "", "primary", None, "no_data", "none"),
    ("350046", ZONES, "", "primary", 100, "met", "declared"),
    ("350047", ZONES, "", "primary", 100, "met", "declared"),
    ("350051", ZONES, "", "primary", 100, "met", "declared"),
    ("350048", ZONES, "", "primary", 100, "met", "declared"),
    ("350049", ZONES, "", "primary", 99, "not_met", "declared"),
    ("350021", ZONES, "", "primary", None, "no_data", "none"),  # no register: public or private?
    ("350022", QUOTA, "quota_share", "all", 50, "met", "declared"),
    ("350023", QUOTA, "quota_share", "all", Fraction(499, 10), "not_met", "declared"),
    ("350024", QUOTA, "quota_share", "all", None, "no_data", "none"),
    ("350025", QUOTA, "quota_share", "all", None, "no_data", "none"),
    ("350026", QUOTA, "quota_share", "all", None, "no_data", "none"),  # more than there are
    ("350035", MIGRANTS, "migrant_share", "all", None, "no_data", "none"),
    ("350021", QUOTA, "quota_share", "all", None, "no_data", "none"),  # half a place is no figure
    ("350031", MIGRANTS, "migrant_share", "all", 85, "met", "declared"),
    ("350032", MIGRANTS, "migrant_share", "all", Fraction(845, 10), "not_met", "declared"),
    ("350033", MIGRANTS, "migrant_share", "all", None, "no_data", "none"),
    ("350034", MIGRANTS, "migrant_share", "all", None, "no_data", "none"),
]


@pytest.fixture(scope="module")
def published(build):
    return build(zones_world())


@pytest.mark.parametrize("case", CASES, ids=lambda case: "-".join(case[:4]))
def test_what_forms_tell(published, case):
    county, indicator, component, stage, value, status, basis = case
    row = published.row("county_indicator", county_code=county, indicator_id=indicator, component=component, stage=stage)
    assert (row["status"], row["basis"]) == (status, basis), row
    assert row["value"] is None if value is None else close(row["value"], value), row


def test_the_ledger_counts_the_children_who_are_known_to_be_lacking(published):
    row = published.row("rectification_ledger", county_code="350005", school_id="", indicator_id=ZONES, stage="primary")
    assert (row["current_value"], row["gap"], row["gap_unit"]) == (None, 1, "persons")


def test_each_school_of_the_zones_has_its_finding(published):
    def found(county: str) -> dict:
        rows = published.rows("school_finding", county_code=county, indicator_id=ZONES)
        return {(r["school_id"], r["stage"]): (r["status"], r["value"], r["threshold"], r["gap"], r["unit"]) for r in rows}

    assert found("350001") == {(A, "primary"): ("met", 40, 40, 0, "persons"), (B, "junior"): ("met", 95, 95, 0, "persons")}
    assert found("350002") == {(A, "primary"): ("not_met", 39, 40, 1, "persons"), (B, "junior"): ("not_met", 94, 95, 1, "persons")}
    assert found("350003") == {(A, "primary"): ("met", 40, 40, 0, "persons")}
    assert found("350005")[B, "primary"] == ("no_data", None, 40, None, "persons")
    assert found("350007")[A, "primary"][0] == "no_data"
