"""The published and hand-made cases, each as a county: from filed figures or records to verdict."""

from __future__ import annotations

from fractions import Fraction

import pytest

from dbt_project.fractions_of import close, cv_squared, root
from dbt_project.world import World, filed, school_id

FIVE = {"students": [45, 37, 89, 76, 55], "books": [279, 137, 935, 160, 402]}
SCHOOL_RULE = {  # case 11, primary; values of 1.1 .. 1.7
    "a": ("4.2 1.0 0.9 4.5 7.5 2000 2.3", "pass"),
    "b": ("4.3 0.85 0.9 4.5 7.5 2000 2.3", "pass"),
    "c": ("4.3 0.8499 0.9 4.5 7.5 2000 2.3", "fail"),
    "d": ("4.3 0.99 0.89 4.5 7.5 2000 2.3", "fail"),
    "e": ("4.3 1.0 0.9 4.5 7.5 2000 -", "undecided"),
    "f": ("4.3 0.9 0.8 4.5 7.5 2000 -", "fail"),
    "g": ("3.565 1.0 0.9 4.5 7.5 2000 2.3", "fail"),
}
MEASURES = {
    "teachers_above_required_degree": 100, "backbone_teachers": 100, "pe_arts_teachers": 100,
    "teaching_area_m2": 1, "sports_area_m2": 1, "equipment_value_yuan": 1, "multimedia_classrooms": 100,
}  # fmt: skip
WEIGHTED = {  # cases 13a and 13c: students and resource by school
    "100008": ("teachers_above_required_degree", [1200, 800, 300, 100], [60, 36, 18, 9]),
    "100005": ("backbone_teachers", [2000, 1900, 400, 380, 350, 300], [32, 7, 4, 4, 4, 3]),
    "100006": ("sports_area_m2", [1800, 1500, 1200, 60, 55], [13680, 11850, 10080, 1800, 1430]),
}
HENAN_2017 = {  # case 9: students a teacher, per cent above the required degree, indicator 1.1 as computed, threshold
    "primary": (Fraction("18.63"), Fraction("94.55"), "5.0751", 4.2),
    "junior": (Fraction("13.51"), Fraction("77.43"), "5.7313", 5.3),
}


def cases() -> World:
    world = World()
    world.file(
        "100001",
        [
            row
            for number, (students, books) in enumerate(zip(FIVE["students"], FIVE["books"], strict=True))
            for row in filed(school_id(number), "primary_school", "primary", students=students, teaching_area_m2=books)
        ],
    )
    nine = school_id(1)
    world.file(
        "100002",
        filed(nine, "nine_year_school", "primary", students=166)
        + filed(nine, "nine_year_school", "junior", students=210)
        + filed(nine, "nine_year_school", "whole", equipment_value_yuan=23226),
    )
    world.file("100003", [row for number, (values, _) in enumerate(SCHOOL_RULE.values()) for row in _rule_case(number, values)])
    world.file(
        "100004",
        [
            row
            for number, (students, teachers) in enumerate([(1000, 9), (2000, 18)])
            for row in filed(school_id(number), "primary_school", "primary", students=students, pe_arts_teachers=teachers)
        ],
    )
    for county, (measure, heads, amounts) in WEIGHTED.items():
        world.file(
            county,
            [
                row
                for number, (students, amount) in enumerate(zip(heads, amounts, strict=True))
                for row in filed(school_id(number), "primary_school", "primary", students=students, **{measure: amount})
            ],
        )
    _case_13b(world, "100007")
    for stage, (ratio, share, _, _) in HENAN_2017.items():
        # a hundred thousand teachers of the stage, in one school as large as the province
        heads = {"students": int(ratio * 100_000), "full_time_teachers": 100_000, "teachers_above_required_degree": int(share * 1000)}
        world.file("100009", filed(school_id(1), "nine_year_school", stage, **heads))
    return world


def _rule_case(number: int, values: str) -> list[dict]:
    students = 1_000_000
    amounts = {
        measure: None if value == "-" else Fraction(value) * students / per
        for (measure, per), value in zip(MEASURES.items(), values.split(), strict=True)
    }
    return filed(
        school_id(number), "primary_school", "primary", students=students,
        **{measure: None if amount is None else int(amount) for measure, amount in amounts.items()},
    )  # fmt: skip


def _case_13b(world: World, county: str) -> None:
    """Records: buildings with gyms, and a nine-year school."""
    schools = {1: ("初级中学", 1500, 0, 8700, 900), 2: ("初级中学", 900, 0, 5400, 0),
               3: ("初级中学", 450, 0, 3000, 150), 4: ("九年一贯制学校", 300, 600, 6000, 1000)}  # fmt: skip
    world.pull_roll(
        county,
        {school_id(n): (kind, {"junior": [junior], "primary": [primary]}) for n, (kind, junior, primary, _, _) in schools.items()},
    )
    rows = []
    for number, (_, _, _, area, gym) in schools.items():
        rows += [
            {"building_id": f"{number}-1", "space_kind": "普通教室", "area_m2": str(area), "use_status": "自用"},
            {"building_id": f"{number}-2", "space_kind": "室内体育用房", "area_m2": str(gym), "use_status": "自用"},
            {"building_id": f"{number}-3", "space_kind": "普通教室", "area_m2": "77", "use_status": "闲置"},
        ]
        for row in rows[-3:]:
            row["school_id"] = school_id(number)
    world.deliver("asset_register", "buildings", rows, county=county)


@pytest.fixture(scope="module")
def published(build):
    return build(cases())


def test_the_five_schools_of_the_calculation_text(published):
    check_five_schools(published)


def check_five_schools(published):
    row = published.row("county_balance", county_code="100001", stage="primary", indicator_id="teaching_area_per_student")
    assert round(row["cv"], 6) == 0.515257  # printed 0.52
    assert close(row["cv"], root(cv_squared(FIVE["students"], list(map(Fraction, FIVE["books"])))))
    assert close(row["mean"], Fraction(1913, 302))
    assert (row["school_units"], row["students"], row["status"]) == (5, 302, "not_met")


def test_the_nine_year_school_is_split_by_weighted_students(published):
    check_nine_year_split(published)


def check_nine_year_split(published):
    parts = {row["stage"]: row["value"] for row in published.rows("measure", county_code="100002", measure_id="equipment_value_yuan")}
    assert close(parts["primary"], Fraction(23226 * 166, 397))  # 9711.627204
    assert close(parts["junior"], Fraction(23226) * Fraction(231, 397))  # 13514.372796
    assert parts["primary"] + parts["junior"] == pytest.approx(23226, rel=1e-12)
    values = {
        row["stage"]: row["value"]
        for row in published.rows("school_indicator", county_code="100002", indicator_id="equipment_value_per_student")
    }
    assert close(values["primary"], Fraction(23226, 397)) and close(values["junior"], Fraction(23226, 397) * Fraction(11, 10))


@pytest.mark.parametrize("case", SCHOOL_RULE)
def test_six_of_seven_and_the_floor(published, case):
    check_school_rule(published, case)


def check_school_rule(published, case):
    values, verdict = SCHOOL_RULE[case]
    school = school_id(list(SCHOOL_RULE).index(case))
    row = published.row("school_compliance", county_code="100003", school_id=school)
    assert row["verdict"] == verdict, values


def test_nine_of_a_thousand_meets_nine_tenths(published):
    for row in published.rows("school_indicator", county_code="100004", indicator_id="pe_arts_teachers_per_100"):
        assert (row["status"], row["value"], row["gap_to_threshold"], row["attainment"]) == ("met", 0.9, 0, 1)


@pytest.mark.parametrize(
    ("county", "cv", "status"), [("100005", 0.521024, "not_met"), ("100006", 0.377394, "met"), ("100008", 0.180883, "met")]
)
def test_weighting_turns_the_verdict(published, county, cv, status):
    check_weighting(published, county, cv, status)


def check_weighting(published, county, cv, status):
    measure, heads, amounts = WEIGHTED[county]
    (row,) = [r for r in published.rows("county_balance", county_code=county, stage="primary") if r["cv"] is not None]
    assert round(row["cv"], 6) == cv
    assert close(row["cv"], root(cv_squared(heads, list(map(Fraction, amounts)))))
    assert row["status"] == status


def test_the_mean_of_four_schools_is_total_over_total(published):
    row = published.row("county_balance", county_code="100008", stage="primary", indicator_id="teachers_above_required_degree_per_100")
    assert close(row["mean"], Fraction(123, 2400) * 100)  # 5.125
    assert round(row["standard_deviation"], 6) == 0.927025


def test_gym_and_split_in_the_junior_balance(published):
    row = published.row("county_balance", county_code="100007", stage="junior", indicator_id="teaching_area_per_student")
    amounts = [Fraction(8700), Fraction(5400), Fraction(3000), Fraction(6000 * 330, 930)]
    assert round(row["cv"], 6) == 0.070686
    assert close(row["cv"], root(cv_squared([1500, 900, 450, 300], amounts)))
    assert close(row["mean"], sum(amounts) / 3150)
    met = published.row("school_indicator", county_code="100007", school_id=school_id(1), indicator_id="teaching_area_per_student")
    assert (met["status"], met["basis"]) == ("met", "records")  # 8700 / 1500 = 5.8 exactly
    primary = published.row("measure", county_code="100007", stage="primary", measure_id="teaching_area_m2")
    assert close(primary["value"], Fraction(6000 * 600, 930))
    gym = published.row("measure", county_code="100007", school_id=school_id(1), measure_id="sports_area_m2")
    assert gym["value"] == 900


@pytest.mark.parametrize("stage", HENAN_2017)
def test_the_definition_of_the_degree_fits_the_scale_of_a_province(published, stage):
    ratio, share, printed, threshold = HENAN_2017[stage]
    row = published.row("school_indicator", county_code="100009", stage=stage, indicator_id="teachers_above_required_degree_per_100")
    assert close(row["value"], share / ratio) and f"{row['value'] - 0.00005:.4f}" <= printed <= f"{row['value'] + 0.00005:.4f}"
    assert (row["threshold"], row["status"]) == (threshold, "met")
