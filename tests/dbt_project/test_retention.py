"""Three-year retention in both published variants (3.1) and schooling of disabled children (3.2).

Worked case 14: 1,000 in grade 7, 40 in, 60 out, 2 deaths. A: (graduates - in + out) / (entrants - deaths);
B, the chosen one: graduates / (entrants + in - out), at most 100.
"""

from __future__ import annotations

import csv
import shutil
from fractions import Fraction

import pytest

from dbt_project import world as worlds
from dbt_project.fractions_of import close
from dbt_project.world import AS_OF, PROJECT, Published, World, county_figure, filed, school_id

A, B, C = (school_id(n) for n in range(1, 4))
RETENTION, DISABLED = "junior_retention_3yr", "disabled_children_enrolment"


def cohort(graduates, entrants=1000, moved_in=40, moved_out=60, deaths=2) -> dict:
    return {
        "junior_graduates": graduates, "junior_entrants": entrants, "junior_transfers_in": moved_in,
        "junior_transfers_out": moved_out, "junior_deaths": deaths,
    }  # fmt: skip


def juniors(school: str, students=300, kind="junior_school", **measures) -> list[dict]:
    return filed(school, kind, "junior", students=students, **measures)


# county -> rows, and A and B as fractions of a hundred (None: not known)
COHORTS = {
    "340001": (juniors(A, **cohort(950)), Fraction(97_000, 998), Fraction(95_000, 980)),
    "340002": (juniors(A, **cohort(928)), Fraction(94_800, 998), Fraction(92_800, 980)),
    "340003": (juniors(A, **cohort(929)), Fraction(94_900, 998), Fraction(92_900, 980)),  # on both sides of 95
    "340004": (juniors(A, **cohort(931)), Fraction(95_100, 998), Fraction(95)),  # exactly 95
    "340005": (juniors(A, **cohort(985)), None, Fraction(100)),  # B is capped; by A more stayed than there were: no figure
    # two schools are one cohort; a school without junior students, and a primary school, are asked for nothing
    "340006": (
        [
            *juniors(A, **cohort(475, 500, 20, 30, 1)), *juniors(B, **cohort(475, 500, 20, 30, 1), kind="nine_year_school"),
            *filed(B, "nine_year_school", "primary", students=100), *juniors(C, students=0),
        ],
        Fraction(97_000, 998), Fraction(95_000, 980),
    ),
    "340007": ([*juniors(A, **cohort(950)), *juniors(B)], None, None),  # B filed no cohort
    "340008": (juniors(A, **{**cohort(950), "junior_deaths": None}), None, None),  # missing is not zero
    "340009": (juniors(A, **cohort(0, 0, 0, 0, 0)), None, None),  # nobody to keep
    "340010": ([*juniors(A, **cohort(950)), *juniors(B, students=None)], None, None),  # who knows
}  # fmt: skip
STATUS_B = {"340001": "met", "340002": "not_met", "340003": "not_met", "340004": "met", "340005": "met", "340006": "met"}
STATUS_A = {"340001": "met", "340002": "not_met", "340003": "met", "340004": "met", "340006": "met"}


def placements(*said: str) -> list[dict]:
    return [{"child_key": f"child-{number}", "placement": placement} for number, placement in enumerate(said)]


SCHOOLED = ("特殊教育学校", "随班就读", "普校特教班", "送教上门")
LISTS = {
    # exactly 19 of 20: every way of being schooled counts, an institution does not
    "340021": placements(*SCHOOLED * 4, *SCHOOLED[:3], "机构"),
    "340022": placements(*SCHOOLED * 4, *SCHOOLED[:2], "待安置", "机构"),
    "340023": placements("机构"),
    # a place that no list knows: schooling or not?
    "340025": placements("随班就读", "在家"),
    "340028": placements(*["随班就读"] * 9, "在家"),  # 90 or 100
    "340029": placements(*["随班就读"] * 19, "在家"),  # 95 or 100
    "340030": placements(*["随班就读"] * 18, "机构", "机构", "在家"),  # 85.7 or 90.5
    "340031": placements(*["随班就读"] * 9, None),  # nor does the gate let a row pass that says nothing
}
DISABLED_CASES = [
    ("340021", 95, "met", "records"),
    ("340022", 90, "not_met", "records"),
    ("340023", 0, "not_met", "records"),
    ("340024", Fraction(9_499, 100), "not_met", "declared"),
    ("340025", None, "no_data", "none"),
    ("340028", None, "no_data", "none"),
    ("340029", None, "met", "records"),
    ("340030", None, "not_met", "records"),
    ("340031", None, "no_data", "none"),
    ("340026", None, "no_data", "none"),  # nobody is on the form's list
    ("340027", None, "no_data", "none"),
    ("340032", None, "no_data", "none"),  # 12 of 10
    ("340033", None, "no_data", "none"),
]


def cohorts_world() -> World:
    world = World()
    for county, (rows, _, _) in COHORTS.items():
        world.file(county, rows)
    for county, rows in LISTS.items():
        world.pull_roll(county, {A: ("小学", {"primary": [5]})})
        stopped = {place: ("placement", "required") for place, row in enumerate(rows) if row["placement"] is None}
        world.deliver("special_education", "placements", rows, county=county, stopped=stopped)
    form = lambda *figures: [county_figure(m, v) for m, v in zip(("disabled_children", "disabled_children_enrolled"), figures, strict=True)]  # noqa: E731
    world.deliver("declared", "county_measures", form(10_000, 10_000), county="340021")  # the list decides
    for county, figures in (("340024", (10_000, 9_499)), ("340026", (0, 0)), ("340027", (20, None)), ("340032", (10, 12))):
        world.pull_roll(county, {A: ("小学", {"primary": [5]})})
        world.deliver("declared", "county_measures", form(*figures), county=county)
    # 10 children in August, of whom 12 are in school in September: each form by itself could be
    world.pull_roll("340033", {A: ("小学", {"primary": [5]})})
    for measure, value, day in (("disabled_children", 10, AS_OF.replace(month=8)), ("disabled_children_enrolled", 12, AS_OF)):
        world.deliver("declared", "county_measures", [county_figure(measure, value, day=day)], county="340033")
    return world


@pytest.fixture(scope="module")
def published(build):
    return build(cohorts_world())


@pytest.fixture(scope="module")
def published_a(tmp_path_factory):
    """The same counties where the seed chooses the other variant."""
    project = tmp_path_factory.mktemp("project") / "dbt_project"
    shutil.copytree(PROJECT, project, ignore=shutil.ignore_patterns("target", "logs"))
    seed = project / "seeds/indicator_variants.csv"
    with seed.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    for row in rows:
        row[header.index("is_chosen")] = str(row[header.index("variant")] == "a").lower()
    with seed.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])
    home = cohorts_world().write(tmp_path_factory.mktemp("home"))
    worlds.dbt(home, "build", "--exclude-resource-types", "unit_test", "test", "--select", "+county_indicator", project=project)
    return Published(home)


def row_of(published, county: str, indicator: str) -> dict:
    return published.row("county_indicator", county_code=county, indicator_id=indicator)


@pytest.mark.parametrize("county", COHORTS)
def test_the_default_is_the_form_of_henan(published, county):
    rate, row = COHORTS[county][2], row_of(published, county, RETENTION)
    assert (row["status"], row["basis"]) == (STATUS_B.get(county, "no_data"), "none" if rate is None else "declared"), row
    assert row["value"] is None if rate is None else close(row["value"], rate), row


@pytest.mark.parametrize("county", COHORTS)
def test_the_other_variant_is_a_row_of_a_seed_away(published_a, county):
    rate, row = COHORTS[county][1], row_of(published_a, county, RETENTION)
    assert row["status"] == STATUS_A.get(county, "no_data"), row
    assert row["value"] is None if rate is None else close(row["value"], rate), row


def test_both_variants_are_told(published):
    detail = row_of(published, "340001", RETENTION)["detail"]
    assert "variant=b" in detail and "a=970/998=97.1944" in detail and "b=950/980=96.9388" in detail


def test_one_variant_is_chosen():
    with (PROJECT / "seeds/indicator_variants.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    chosen = [(row["rule_set"], row["indicator_id"]) for row in rows if row["is_chosen"] == "true"]
    assert len(chosen) == len(set(chosen)) and set(chosen) == {(row["rule_set"], row["indicator_id"]) for row in rows}


@pytest.mark.parametrize("case", DISABLED_CASES, ids=lambda case: case[0])
def test_disabled_children_are_schooled(published, case):
    county, value, status, basis = case
    row = row_of(published, county, DISABLED)
    assert (row["status"], row["basis"]) == (status, basis), row
    assert row["value"] is None if value is None else close(row["value"], value), row
