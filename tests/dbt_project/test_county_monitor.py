"""The yearly monitor of basic balance: published composites through whole counties, and the precondition they decide.

Two schools have any coefficient c up to 2: with P and 4P students and amounts P*(1 + 2c) and 4P*(1 - c/2) the mean is 1
and the variance (4c^2 + 4*c^2/4) / 5 = c^2.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from dbt_project.fractions_of import close
from dbt_project.world import World, filed, school_id

# measure -> indicator, in the order of worked case 4
MONITORED = {
    "teaching_area_m2": "teaching_area_per_student", "sports_area_m2": "sports_area_per_student",
    "equipment_value_yuan": "equipment_value_per_student", "computers": "computers_per_100", "books": "books_per_student",
    "full_time_teachers": "teachers_per_student",
    "teachers_above_required_degree": "teachers_above_required_degree_per_student",
    "mid_rank_teachers": "mid_rank_teachers_per_student",
}  # fmt: skip
PRINTED = {  # cases 4 and 5: eight coefficients, the printed composite
    ("南关", "primary"): (".393 .578 .372 .246 .208 .311 .311 .455", "0.359"),
    ("南关", "junior"): (".433 .464 .334 .318 .433 .362 .368 .335", "0.381"),
    ("宽城", "primary"): (".251 .426 .267 .227 .127 .318 .302 .440", "0.295"),
    ("宽城", "junior"): (".285 .373 .243 .333 .224 .391 .355 .569", "0.347"),
    ("朝阳", "primary"): (".380 .605 .352 .362 .101 .301 .295 .415", "0.351"),
    ("朝阳", "junior"): (".320 .431 .291 .223 .095 .400 .386 .431", "0.322"),
    ("二道", "primary"): (".246 .471 .388 .299 .189 .475 .479 .533", "0.385"),
    ("二道", "junior"): (".441 .494 .495 .311 .388 .365 .236 .493", "0.403"),
    ("绿园", "primary"): (".280 .819 .315 .206 .104 .353 .343 .406", "0.353"),
    ("绿园", "junior"): (".362 .446 .324 .402 .362 .372 .342 .496", "0.388"),
    ("庐阳", "primary"): (".881 1.299 .977 .379 .170 .334 .286 .408", "0.592"),
    ("庐阳", "junior"): (".353 .784 .146 .491 .037 .226 .223 .253", "0.314"),
    ("蜀山", "primary"): (".711 .649 .472 .338 .235 .274 .260 .396", "0.417"),
    ("蜀山", "junior"): (".505 .484 .325 .275 .199 .715 .421 1.021", "0.493"),
}
COUNTY = {name: str(500_001 + number) for number, name in enumerate(dict.fromkeys(name for name, _ in PRINTED))}
# Case 2, Jiujiang 2023: by the 2017 rule, by the 2012 rule (only its composites are printed).
JIUJIANG = "500020"
OF_2017 = {
    "teachers_above_required_degree": "0.297929", "backbone_teachers": "0.501787", "pe_arts_teachers": "0.401952",
    "teaching_area_m2": "0.288419", "sports_area_m2": "0.37545", "equipment_value_yuan": "0.312782",
    "multimedia_classrooms": "0.394205",
}  # fmt: skip
COMPOSITE_OF_2012 = {"primary": Fraction("0.335"), "junior": Fraction("0.328")}
# The other way round: every coefficient of part 1 is small, computers and books are hoarded.
HOARDING = "500021"
HEADS = 1_000_000
PASSES_PART_1 = {measure: Fraction("0.2") for measure in (*MONITORED, *OF_2017) if measure not in ("computers", "books")}
BEFORE_THE_STRICTER_LIMIT, TODAY = date(2022, 9, 1), date(2025, 9, 1)
APPLYING = {"primary": 0.60, "junior": 0.50}


def two_schools(stage: str, coefficients: dict[str, Fraction], day: date) -> list[dict]:
    """Filed figures of a county that has these coefficients in this stage."""
    kind, place = ("primary_school", 0) if stage == "primary" else ("junior_school", 2)
    amounts = ({"students": HEADS}, {"students": 4 * HEADS})
    for measure, cv in coefficients.items():
        for amount, found in zip(amounts, (HEADS * (1 + 2 * cv), 4 * HEADS * (1 - cv / 2)), strict=True):
            assert found.denominator == 1
            amount[measure] = int(found)
    return [row for number, amount in enumerate(amounts) for row in filed(school_id(place + number), kind, stage, day, **amount)]


def counties(day: date) -> World:
    world = World(as_of=day)
    for (name, stage), (printed, _) in PRINTED.items():
        coefficients = dict(zip(MONITORED, map(Fraction, printed.split()), strict=True))
        world.file(COUNTY[name], two_schools(stage, coefficients, day), as_of=day)
    for stage, composite in COMPOSITE_OF_2012.items():
        # the four measures that both rules know keep their printed coefficient; the other four make up the printed composite
        known = {m: Fraction(cv) for m, cv in OF_2017.items()} if stage == "primary" else {}
        shared = {m: known[m] for m in MONITORED if m in known}
        rest = (8 * composite - sum(shared.values())) / (8 - len(shared))
        world.file(JIUJIANG, two_schools(stage, {**dict.fromkeys(MONITORED, rest), **known}, day), as_of=day)
        hoarded = dict.fromkeys(("computers", "books"), Fraction("1.99"))
        world.file(HOARDING, two_schools(stage, {**PASSES_PART_1, **hoarded}, day), as_of=day)
    return world


@pytest.fixture(scope="module")
def in_2022(build):
    return build(counties(BEFORE_THE_STRICTER_LIMIT))


@pytest.fixture(scope="module")
def today(build):
    return build(counties(TODAY))


def composite(published, county, stage):
    return published.row("county_monitor", county_code=county, stage=stage, indicator_id="composite")


def check_printed(published, name, stage):
    coefficients, printed = PRINTED[name, stage]
    exact = list(map(Fraction, coefficients.split()))
    for measure, cv in zip(MONITORED, exact, strict=True):
        row = published.row("county_monitor", county_code=COUNTY[name], stage=stage, indicator_id=MONITORED[measure])
        assert close(row["cv"], cv), (measure, row["cv"])
        assert (row["cv_limit"], row["status"], row["basis"], row["school_units"]) == (None, "not_applicable", "declared", 2)
    row = composite(published, COUNTY[name], stage)
    mean = sum(exact) / 8
    assert close(row["cv"], mean) and abs(mean - Fraction(printed)) <= Fraction("0.0005")
    return row


@pytest.mark.parametrize(("name", "stage"), PRINTED)
def test_the_printed_composite_is_the_plain_mean_of_the_eight_and_meets_the_limit_of_2012(in_2022, name, stage):
    row = check_printed(in_2022, name, stage)
    assert (row["cv_limit"], row["status"]) == ({"primary": 0.65, "junior": 0.55}[stage], "met")


@pytest.mark.parametrize(("name", "stage"), PRINTED)
def test_today_the_stricter_limit_holds(today, name, stage):
    row = check_printed(today, name, stage)
    assert (row["cv_limit"], row["status"]) == (APPLYING[stage], "met" if row["cv"] <= APPLYING[stage] else "not_met")


def check_one_county_two_rules(published):
    """Jiujiang passes the 2012 rule and fails the 2017 rule; a hoarding county does the opposite."""
    for stage, printed in COMPOSITE_OF_2012.items():
        assert close(composite(published, JIUJIANG, stage)["cv"], printed)
        assert composite(published, JIUJIANG, stage)["status"] == "met"
        assert composite(published, HOARDING, stage)["status"] == "not_met"  # (6 * 0.2 + 2 * 1.99) / 8 = 0.6475
    balance = {row["indicator_id"]: row for row in published.rows("county_balance", county_code=JIUJIANG, stage="primary")}
    assert [name for name, row in balance.items() if row["status"] == "not_met"] == ["backbone_teachers_per_100"]
    assert round(balance["backbone_teachers_per_100"]["cv"], 6) == 0.501787
    assert {row["status"] for row in published.rows("county_balance", county_code=HOARDING)} == {"met"}


def test_one_county_one_year_passes_one_rule_and_fails_the_other(today):
    check_one_county_two_rules(today)


def precondition(published, county):
    return published.row("county_indicator", county_code=county, indicator_id="precondition_yearly_monitor")


def test_the_precondition_follows_from_both_composites(today):
    met = precondition(today, JIUJIANG)
    # the junior composite is nearer to its limit: 0.328 of 0.50, against 0.335 of 0.60
    assert (met["status"], met["stage"], met["comparison"], met["threshold"]) == ("met", "all", "<=", 0.50)
    assert close(met["value"], COMPOSITE_OF_2012["junior"])
    assert met["detail"] == "primary=0.335000 (<= 0.6); junior=0.328000 (<= 0.5)"
    failed = precondition(today, HOARDING)
    assert (failed["status"], failed["threshold"]) == ("not_met", 0.50)
    assert close(failed["value"], Fraction("0.6475"))


def test_a_missing_book_leaves_the_monitor_open_and_a_known_failure_decides_it(build):
    world = World()
    for county, primary in (("500030", "0.2"), ("500031", "0.7")):
        world.file(county, two_schools("primary", dict.fromkeys(MONITORED, Fraction(primary)), TODAY))
        junior = two_schools("junior", dict.fromkeys(MONITORED, Fraction("0.2")), TODAY)
        a_book = next(row for row in junior if row["measure_id"] == "books")
        world.file(county, [row for row in junior if row is not a_book])
    published = build(world)
    open_ = composite(published, "500030", "junior")
    assert (open_["cv"], open_["status"], open_["basis"]) == (None, "no_data", "none")
    books = published.row("county_monitor", county_code="500030", stage="junior", indicator_id="books_per_student")
    assert (books["cv"], books["mean"], books["status"], books["basis"]) == (None, None, "no_data", "none")
    assert (precondition(published, "500030")["status"], precondition(published, "500030")["value"]) == ("no_data", None)
    assert composite(published, "500031", "junior")["status"] == "no_data"
    decided = precondition(published, "500031")
    assert decided["status"] == "not_met" and close(decided["value"], Fraction("0.7"))
