"""The county is what it must be for the product's tests to mean something, whatever the seed."""

from __future__ import annotations

from collections import Counter
from datetime import date
from fractions import Fraction

import pytest

from sandbox.plan import make_plan
from sandbox.standard import CV_LIMIT, FLOOR_SHARE, INDICATORS, INDICATOR_OF_MEASURE, SPLIT_KINDS, STAGES_OF_KIND
from sandbox.truth import share_of_facilities, truth_of

KINDS = set(STAGES_OF_KIND)
SIZES = [(128, 86_000, seed) for seed in range(1, 6)] + [(20, 13_437, seed) for seed in range(1, 6)] + [(20, 9_000, 11), (1000, 671_875, 4), (60, 20_000, 2)]


@pytest.fixture(scope="module", params=SIZES, ids=lambda size: "-".join(map(str, size)))
def county(request):
    schools, students, seed = request.param
    return make_plan(schools, students, seed, date(2025, 9, 1))


@pytest.fixture(scope="module")
def truth(county):
    return truth_of(county)


def in_scope(truth):
    return [unit for unit in truth.units if unit.scope_reason is None]


def test_every_kind_of_school_and_every_reason_to_be_out_of_scope(county, truth):
    assert {school.kind for school in county.schools} == KINDS
    assert {unit.scope_reason for unit in truth.units} == {
        None, "special_education_school", "vocational_school", "teaching_point_under_50_students", "no_students",
    }  # fmt: skip
    assert any(unit.kind == "teaching_point" for unit in in_scope(truth))


def test_every_status_in_each_stage_and_every_verdict(truth):
    for stage in ("primary", "junior"):
        found = {status for unit in in_scope(truth) if unit.stage == stage for status in unit.statuses.values()}
        assert found == {"met", "within_floor", "below_floor"}
    assert {unit.verdict for unit in truth.units} == {"pass", "fail", "out_of_scope"}
    assert truth.verdict == "fail"


def test_coefficients_on_both_sides_of_both_limits(truth):
    for stage, limit in CV_LIMIT.items():
        squares = [row.cv_squared for row in truth.balance if row.stage == stage]
        assert len(squares) == 7
        assert min(squares) < limit**2 < max(squares)


def test_one_coefficient_stands_exactly_on_its_limit(truth):
    (row,) = [r for r in truth.balance if (r.stage, r.indicator_id) == ("primary", "equipment_value_per_student")]
    assert row.cv_squared == Fraction(1, 4) and row.status == "met"


def test_values_exactly_on_a_threshold_and_on_a_floor(truth):
    shares = Counter()
    for unit in in_scope(truth):
        for indicator in INDICATORS:
            shares[indicator.measure, unit.values[indicator.id] / indicator.threshold[unit.stage]] += 1
    on_threshold = {measure for measure, share in shares if share == 1}
    on_floor = {measure for measure, share in shares if share == FLOOR_SHARE}
    assert on_threshold >= {"teaching_area_m2", "sports_area_m2", "equipment_value_yuan", "backbone_teachers"}
    assert on_floor >= {"sports_area_m2", "equipment_value_yuan"}


def test_a_school_on_every_threshold_at_once_passes(county, truth):
    if county.schools[0].students != {"primary": 1000}:
        pytest.skip("this county's schools are too small for 1000 students")
    (unit,) = [u for u in truth.units if u.school_id == county.schools[0].school_id]
    assert {i.id: i.threshold["primary"] for i in INDICATORS} == unit.values and unit.verdict == "pass"


def test_shares_of_units_that_meet_all_or_miss_one_or_more(county, truth):
    if len(county.schools) < 128:
        pytest.skip("shares are those of a county of 128 schools or more")
    missed = Counter(min(2, 7 - unit.count("met")) for unit in in_scope(truth))
    share = {misses: count / len(in_scope(truth)) for misses, count in missed.items()}
    assert abs(share[0] - 0.55) < 0.05 and abs(share[1] - 0.30) < 0.05 and abs(share[2] - 0.15) < 0.05


def test_students_and_teachers_are_as_many_as_asked():
    county = make_plan(128, 86_000, 1, date(2025, 9, 1))
    kinds = Counter(school.kind for school in county.schools)
    assert kinds == {
        "primary_school": 77, "junior_school": 24, "nine_year_school": 11, "twelve_year_school": 1, "complete_secondary_school": 2,
        "special_school": 1, "vocational_school": 1, "teaching_point": 11,
    }  # fmt: skip
    assert abs(sum(sum(s.students.values()) for s in county.schools) - 86_000) < 500
    teachers = sum(t.full_time for s in county.schools for t in s.teachers.values())
    assert abs(teachers - 6_200) < 300


def test_codes_are_distinct(county):
    everything = [*county.schools, county.point, county.merged, *county.others]
    for name in ("school_id", "budget_unit_code", "credit_code", "name"):
        values = [getattr(school, name) for school in everything if getattr(school, name)]
        assert len(values) == len(set(values)), name
    assert {len(school.school_id) for school in county.schools} == {10}
    assert all(bool(s.credit_code) == (s.kind != "teaching_point") for s in county.schools)


def test_classes_hold_exactly_the_students(county):
    for school in county.schools:
        heads = Counter()
        for group in school.classes:
            heads[group.stage] += group.size
        assert heads == Counter(school.students)


def test_a_few_classes_are_crowded_and_most_are_not():
    county = make_plan(128, 86_000, 1, date(2025, 9, 1))
    sizes = [group.size for school in county.schools for group in school.classes if group.stage != "senior"]
    assert any(56 <= size <= 65 for size in sizes) and any(size >= 66 for size in sizes)
    assert sum(size > 50 for size in sizes) < len(sizes) / 20


def test_facilities_of_an_integrated_school_are_divided_without_rest(county):
    for school in county.schools:
        if school.kind in SPLIT_KINDS and "senior" not in school.students:
            assert sum(share_of_facilities(school, stage) for stage in school.students) == 1


def test_amounts_can_be_written_in_the_files(county):
    """m2 with four decimals, yuan with cents, rooms and people whole and not negative."""
    for school in county.schools:
        assert school.facilities["multimedia_classrooms"] % 1 == 0
        assert school.facilities["equipment_value_yuan"] * 100 % 1 == 0
        for measure in ("teaching_area_m2", "sports_area_m2"):
            assert school.facilities[measure] * 10_000 % 1 == 0
        for teachers in school.teachers.values():
            assert teachers.full_time >= max(teachers.above_degree, teachers.backbone, teachers.pe_arts) >= 0
        # a small point may have no multimedia room at all: zero is zero
        assert all(amount > 0 or measure == "multimedia_classrooms" for measure, amount in school.facilities.items())


def test_needed_is_the_amount_on_the_threshold():
    assert INDICATOR_OF_MEASURE["pe_arts_teachers"].needed("primary", 1000) == 9
