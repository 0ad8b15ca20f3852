"""Every indicator of the standard: met by a county that meets everything, and by itself enough to fail.

The list of indicators is the standard's own (the seed of indicators), the parts they
belong to are typed here, and what each source decides is written from the standard's
clauses. One warehouse holds a county that meets everything, one for every indicator
that fails there alone, and one for every source that has nothing of it. They are read
and built past the gates (many_counties.py); a whole run of a county that meets
everything is in test_everything_met.py, so that the two can go side by side.
"""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from many_counties import Counties, judged_together
from sandbox.fulfilment import EVERYTHING
from sandbox.make import Order, make_counties
from sandbox.serve import serve
from sources.register import SOURCES

AS_OF = date(2025, 9, 1)
SIZE = {"schools": 12, "students": 1000}
SEEDS = Path(__file__).parents[2] / "dbt_project" / "seeds"
NO_DATA, NEEDS_EVIDENCE = "no_data", "needs_evidence"
PARTS = ("preconditions", "resource", "government", "quality", "social", "veto")


def rules() -> dict[str, str]:
    """Part by id of every indicator, veto and precondition that the standard switches on."""
    with (SEEDS / "indicators.csv").open(encoding="utf-8-sig", newline="") as file:
        return {
            row["indicator_id"]: {"precondition": "preconditions"}.get(row["part"], row["part"])
            for row in csv.DictReader(file)
            if row["rule_set"] == "cn-2017-6" and row["is_on"] == "true"
        }


RULES = rules()
INDICATORS = sorted(RULES)

PART_1 = (
    "teachers_above_required_degree_per_100", "backbone_teachers_per_100", "pe_arts_teachers_per_100", "teaching_area_per_student",
    "sports_area_per_student", "equipment_value_per_student", "multimedia_classrooms_per_100",
)  # fmt: skip
OF_TEACHERS, OF_FACILITIES = PART_1[:3], PART_1[3:]
VETOES = tuple(sorted(name for name, part in RULES.items() if part == "veto"))

# What cannot be decided any more when a source has nothing: read from the clauses (numerator, denominator, whom they
# ask). The county files nothing that records would tell, but for every fifth school.
RESTS_ON: dict[str, dict[str, str]] = {
    # whose a card, a budget or a teacher's unit is; who is private, boarding, of town or country
    "registry": dict.fromkeys(
        (
            "equipment_value_per_student", "resource_school_rule", "small_school_funding", "special_ed_funding_per_student",
            "teacher_pay_vs_civil_servants", "neighbourhood_enrolment", "teacher_training_budget_5pct", "precondition_yearly_monitor",
        ),
        NO_DATA,
    ),
    # students under every bar; classes, and how large they and the schools are
    "student_status": dict.fromkeys(
        (
            *PART_1, "resource_school_rule", "music_art_rooms", "school_size", "class_size", "small_school_funding",
            "special_ed_funding_per_student", "neighbourhood_enrolment", "precondition_yearly_monitor",
        ),
        NO_DATA,
    ),
    "hr_payroll": dict.fromkeys(
        (
            *OF_TEACHERS, "resource_school_rule", "teacher_pay_vs_civil_servants", "teacher_training_360h", "teacher_rotation",
            "teacher_certification", "precondition_yearly_monitor",
        ),
        NO_DATA,
    ),
    "finance_budget": dict.fromkeys(("small_school_funding", "special_ed_funding_per_student", "teacher_training_budget_5pct"), NO_DATA),
    "asset_register": dict.fromkeys((*OF_FACILITIES, "resource_school_rule", "music_art_rooms", "precondition_yearly_monitor"), NO_DATA),
    # standards, civil servants, zones, places, migrant children, the leaving cohort, budgets of private schools, books
    "declared": dict.fromkeys(
        (
            "unified_urban_rural_standards", "teacher_pay_vs_civil_servants", "neighbourhood_enrolment", "quality_high_school_quota",
            "left_behind_migrant_children", "junior_retention_3yr", "teacher_training_budget_5pct", "precondition_yearly_monitor",
        ),
        NO_DATA,
    ),
    # an empty register is not innocence
    "evidence": dict.fromkeys(
        (
            "school_layout_plan", "unified_urban_rural_standards", "teacher_pay_vs_civil_servants", "staffing_quota_allocation",
            "quality_high_school_quota", "left_behind_migrant_children", "charter_and_informatization", "ict_teaching_use",
            "moral_education_campus_culture", "curriculum_fully_offered", "no_excess_homework", "precondition_recognised", *VETOES,
        ),
        NEEDS_EVIDENCE,
    ),
    "survey": {"social_recognition": NO_DATA},
    "monitoring": {"national_monitoring_level_gap": NO_DATA},
    "special_education": {"disabled_children_enrolment": NO_DATA},
}  # fmt: skip


def county_of(spoilt: str | None) -> str:
    """The code of the county that fails `spoilt` alone, or has nothing in the source `spoilt`; of None of the one that passes."""
    return str(410183 + [None, *INDICATORS, *RESTS_ON].index(spoilt))


@pytest.fixture(scope="module")
def counties(tmp_path_factory) -> Counties:
    folder = tmp_path_factory.mktemp("every-indicator")
    orders = [Order(county_of(None), **SIZE, fulfilling=EVERYTHING)]
    orders += [Order(county_of(name), **SIZE, fulfilling=EVERYTHING - {name}, seed=seed) for seed, name in enumerate(INDICATORS)]
    orders += [Order(county_of(source), **SIZE, fulfilling=EVERYTHING, without=(source,)) for source in RESTS_ON]
    make_counties(folder / "sandbox", orders, as_of=AS_OF)
    with serve(folder / "sandbox") as settings:
        return judged_together(folder / "home", settings, AS_OF)


def reasons_by_part(parts: dict[str, dict]) -> dict[str, tuple[str, list[str]]]:
    return {part: (row["verdict"], row["reasons"]) for part, row in parts.items()}


def test_the_sandbox_and_the_tables_here_know_every_rule():
    assert set(INDICATORS) == EVERYTHING
    assert set(RULES.values()) == set(PARTS) and len(RULES) == 32 + 1 + 6 + 2  # the school rule beside the 32
    assert set(RESTS_ON) == {source.name for source in SOURCES}
    # every rule rests on some source
    assert {name for names in RESTS_ON.values() for name in names} == set(RULES)


def test_a_county_that_meets_everything_passes_in_every_part(counties):
    assert reasons_by_part(counties.compliance[county_of(None)]) == dict.fromkeys((*PARTS, "all"), ("pass", []))


@pytest.mark.parametrize("indicator", INDICATORS)
def test_one_indicator_alone_fails_the_county(counties, indicator):
    failed = ("fail", [f"{indicator}:not_met"])
    expected = dict.fromkeys(PARTS, ("pass", [])) | {RULES[indicator]: failed, "all": failed}
    assert reasons_by_part(counties.compliance[county_of(indicator)]) == expected


@pytest.mark.parametrize("indicator", INDICATORS)
def test_it_is_the_only_test_that_is_not_met(counties, indicator):
    found = counties.compliance[county_of(indicator)]["all"]
    assert (found["not_met"], found["undecided"]) == (1, 0)


@pytest.mark.parametrize("source", RESTS_ON)
def test_without_a_source_what_rests_on_it_is_undecided(counties, source):
    by_part: dict[str, list[str]] = {part: [] for part in PARTS}
    for name, status in RESTS_ON[source].items():
        by_part[RULES[name]].append(f"{name}:{status}")
    expected = {part: ("undecided" if reasons else "pass", sorted(reasons)) for part, reasons in by_part.items()}
    expected["all"] = ("undecided", sorted(reason for reasons in by_part.values() for reason in reasons))
    assert reasons_by_part(counties.compliance[county_of(source)]) == expected
