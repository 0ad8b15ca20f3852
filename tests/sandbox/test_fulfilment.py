"""A county that meets what it is asked to meet, and fails in nothing else than it is asked to."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from county_rows import BEYOND_PART_1, rows_of, statuses

from sandbox.county_truth import PARTS, county_truth_of, parts_of
from sandbox.fulfilment import EVERYTHING
from sandbox.make import Order, make_counties, make_sandbox, planned
from sandbox.plan import make_plan
from sandbox.truth import truth_of

AS_OF = date(2025, 9, 1)
PART_OF = {indicator: part for part, indicators in PARTS.items() for indicator in indicators}


@pytest.mark.parametrize("indicator", sorted(BEYOND_PART_1))
def test_a_county_that_meets_one_chosen_indicator_alone(indicator):
    found = statuses(rows_of(make_plan(20, 13_437, 2, AS_OF, fulfilling={indicator})))
    assert {name for name in BEYOND_PART_1 if found[name] == {"met"}} == {indicator}


@pytest.mark.parametrize("size", [(12, 1_000, 1), (16, 1_600, 2), (20, 13_437, 3), (128, 86_000, 1)])
def test_a_county_that_meets_everything(size):
    county = make_plan(*size, AS_OF, fulfilling=EVERYTHING)
    assert {status for _, status in rows_of(county).values()} == {"met"}
    assert all(unit.count("met") == 7 for unit in truth_of(county).units if unit.scope_reason is None)


@pytest.mark.parametrize("size", [(12, 1_000, 1), (12, 1_000, 2), (16, 1_600, 3), (20, 13_437, 4)], ids=str)
@pytest.mark.parametrize("indicator", sorted(EVERYTHING))
def test_a_county_that_meets_everything_but_one(indicator, size):
    county = make_plan(*size, AS_OF, fulfilling=EVERYTHING - {indicator})
    rows = county_truth_of(county, truth_of(county))
    assert {row.indicator_id for row in rows if row.status != "met"} == {indicator}
    assert {row.status for row in rows} == {"met", "not_met"}
    failing = {part.part: part.reasons for part in parts_of(rows) if part.verdict != "pass"}
    assert failing == ({} if indicator == "precondition_recognised" else {PART_OF[indicator]: [f"{indicator}:not_met"]})


def test_a_coefficient_alone_fails_while_every_school_meets_its_thresholds():
    truth = truth_of(make_plan(20, 13_437, 1, AS_OF, fulfilling=EVERYTHING - {"teaching_area_per_student"}))
    assert {unit.verdict for unit in truth.units} == {"pass", "out_of_scope"}
    assert [(row.indicator_id, row.status) for row in truth.balance if row.status != "met"] == [("teaching_area_per_student", "not_met")]


def test_the_smallest_misses():
    """One student, one class, one cent, one person, one hair beside the line."""
    def value(indicator: str, component: str = "", stage: str = "all", seeds=range(1, 9)):
        rows = [rows_of(make_plan(12, 1_000, seed, AS_OF, fulfilling=EVERYTHING - {indicator})) for seed in seeds]
        return [row[indicator, component, stage][0] for row in rows if row[indicator, component, stage][1] == "not_met"]

    sizes = [sum(s.students.values()) for s in make_plan(12, 1_000, 1, AS_OF, fulfilling=EVERYTHING - {"school_size"}).schools]
    assert sizes.count(2001) == 1 and max(sizes) == 2001
    classes = {g.size for s in make_plan(12, 1_000, 2, AS_OF, fulfilling=EVERYTHING - {"class_size"}).schools for g in s.classes}
    assert max(classes) == 46
    assert set(value("national_monitoring_level_gap", "between_school_rate")) == {Fraction("0.15")}
    assert all(1 - ratio < Fraction(1, 10**6) for ratio in value("teacher_pay_vs_civil_servants", "pay_ratio"))
    assert {Fraction(95) > share > 94 for share in value("junior_retention_3yr", "", "junior")} == {True}


def test_a_sandbox_remembers_what_was_asked(tmp_path):
    make_sandbox(tmp_path / "asked", schools=12, students=2_000, fulfilling={"teacher_certification"})
    assert planned(tmp_path / "asked").wishes.met == {"teacher_certification"}


def test_an_indicator_that_nothing_decides_is_refused(tmp_path):
    with pytest.raises(ValueError, match="precondition_yearly_monitor.*choose among"):
        make_sandbox(tmp_path / "none", schools=12, fulfilling={"precondition_yearly_monitor"})
    assert not (tmp_path / "none").exists()


def test_too_many_students_for_schools_of_permitted_size_are_refused():
    with pytest.raises(ValueError, match="do not fit"):
        make_plan(12, 60_000, 1, AS_OF, fulfilling=EVERYTHING)


def test_counties_of_one_sandbox_share_no_school_and_no_person(tmp_path):
    orders = [Order("410183", 12, 1_000), Order("410184", 12, 1_000), Order("419999", 12, 1_000, without=("student_status",))]
    made = make_counties(tmp_path / "three", orders, as_of=AS_OF)
    assert [county.county_code for county in made] == ["410183", "410184", "419999"]
    plans = [make_plan(12, 1_000, 1, AS_OF, code=order.county_code) for order in orders]
    codes = [{school.school_id for school in plan.schools} for plan in plans]
    assert len(set.union(*codes)) == 36
    folders = {path.name for path in (tmp_path / "three/inbox/asset_register").iterdir()}
    assert folders == {"410183", "410184", "419999"}


def test_one_code_for_two_counties_is_refused(tmp_path):
    with pytest.raises(ValueError, match="own code"):
        make_counties(tmp_path / "two", [Order(), Order()], as_of=AS_OF)
