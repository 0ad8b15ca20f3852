"""Break a rule of parts 2 to 4 on purpose: its county must turn red. Each edit is one that a tired hand could make."""

from __future__ import annotations

import shutil
from functools import cache

import pytest

from dbt_project import test_evidence, test_filed_fallbacks, test_pay, test_retention, test_survey, test_zones
from dbt_project.world import Published, dbt
from warehouse.candidate import close_dbt

WORLDS = {
    "evidence": test_evidence.evidence_world, "survey": test_survey.surveyed_world, "money": test_pay.money_world,
    "cohorts": test_retention.cohorts_world, "zones": test_zones.zones_world, "forms": test_filed_fallbacks.forms_world,
}  # fmt: skip

# name -> (world, node, old, new), the county and indicator whose row must change
BREAKAGES = {
    "of one day the best conclusion stands": (
        "evidence", "fct_evidence_conclusion", "when 'not_conform' then 0", "when 'not_conform' then 3", ("310004", "school_layout_plan"),
    ),
    "a document of tomorrow counts": (
        "evidence", "fct_evidence_conclusion", "where items.dated_on <= run.as_of_date", "", ("310006", "school_layout_plan"),
    ),
    "a veto found in a school is the school's own affair": (
        "evidence", "int_county_evidence", "when said.kind = 'veto' and said.schools_against > 0 then 'not_met'", "", ("310024", "veto_exam_admission"),
    ),
    "an empty register is innocence": (
        "evidence", "int_county_evidence", "is distinct from 'conform' then 'needs_evidence'", "is null then 'met'", ("310001", "veto_exam_admission"),
    ),
    "a recognition of yesterday is one of three years": (
        "evidence", "int_county_evidence", "to_years(cast(run.recognition_least_years as integer))", "to_years(0)", ("310042", "precondition_recognised"),
    ),
    "schools without a document have one": (
        "evidence", "int_evidence_check", "else 'needs_evidence'", "else 'met'", ("310052", "charter_and_informatization"),
    ),
    "fairly satisfied is satisfied": (
        "survey", "survey_result", "answer_meaning = 'satisfied')", "answer_meaning in ('satisfied', 'somewhat_satisfied'))", ("320002", "social_recognition"),
    ),
    "a blank sheet is a valid answer": (
        "survey", "survey_result", "count(answer_meaning) filter", "count(*) filter", ("320001", "social_recognition"),
    ),
    "any survey decides": (
        "survey", "int_county_imported", "not surveys.is_forecast or", "true or", ("320005", "social_recognition"),
    ),
    "the last survey decides, whoever asked": (
        "survey", "int_county_imported", "order by is_forecast, last", "order by last", ("320004", "social_recognition"),
    ),
    "a report of four years ago is good": (
        "survey", "int_county_imported", ">= year(run.as_of_date) - run.monitoring_valid_years", "> 0", ("320025", "national_monitoring_level_gap"),
    ),
    "exactly 0.15 is below 0.15": (
        "survey", "int_county_imported", "when not ({{ stands('comparison', 'amount - threshold') }})",
        "when amount <> threshold and not ({{ stands('comparison', 'amount - threshold') }})", ("320022", "national_monitoring_level_gap"),
    ),
    "the best subject stands for all": (
        "survey", "int_county_imported", "max(between_school_rate)", "min(between_school_rate)", ("320022", "national_monitoring_level_gap"),
    ),
    "a subject of unknown level is none": (
        "survey", "int_county_imported", "when unknown > 0 then 'no_data'", "when false then 'no_data'", ("320029", "national_monitoring_level_gap"),
    ),
    "an answer that no list knows is none": (
        "survey", "survey_result", "count(*) filter (where is_unknown)", "count(*) filter (where false)", ("320011", "social_recognition"),
    ),
    "what is to be verified clears a veto": (
        "evidence", "fct_evidence_conclusion", "where not (kind = 'veto'", "where not (false", ("310032", "veto_exam_admission"),
    ),
    "recognition begins with its last confirmation": (
        "evidence", "int_county_evidence", "and said.conform_since >", "and said.dated_on >", ("310045", "precondition_recognised"),
    ),
    "a recognition that was lost never was": (
        "evidence", "fct_evidence_conclusion", "dated_on > coalesce(last_against, date '0001-01-01')", "true", ("310046", "precondition_recognised"),
    ),
    "who stands in no pay row earns the average": (
        "money", "int_county_measure", "persons_of_unknown_schools + teachers_without_pay", "persons_of_unknown_schools",
        ("330014", "teacher_pay_vs_civil_servants"),
    ),
    "a child in an unknown place is schooled": (
        "cohorts", "int_placement", "placements.meaning = 'schooling'", "coalesce(placements.meaning = 'schooling', true)",
        ("340028", "disabled_children_enrolment"),
    ),
    "a part may be more than its whole": (
        "cohorts", "int_county_count", "amount * coalesce(base_whole, 1) > base * whole", "false", ("340033", "disabled_children_enrolment"),
    ),
    "last month's zone stands against today's roll": (
        "zones", "int_zone_unit", "case when is_known then students_of_filing else students end as students", "students",
        ("350042", "neighbourhood_enrolment"),
    ),
    "private schools are paid by the county": (
        "money", "fct_county_pay", "where coalesce(ownership <> 'private', true)", "", ("330005", "teacher_pay_vs_civil_servants"),
    ),
    "eleven months are a year": (
        "money", "fct_county_pay", "coalesce(counted.months, 0) as months", "months_of_year as months", ("330003", "teacher_pay_vs_civil_servants"),
    ),
    "who is paid by two units is two": (
        "money", "fct_county_pay", "count(distinct (person_key, pay_month))", "count(distinct (person_key, pay_month, budget_unit_code))",
        ("330006", "teacher_pay_vs_civil_servants"),
    ),
    "town and country may differ": (
        "money", "int_county_filed", "unnest([urban <> rural, urban", "unnest([urban < 0, urban", ("330022", "unified_urban_rural_standards"),
    ),
    "more are kept than there were": (
        "cohorts", "int_retention", "least(junior_graduates, junior_entrants", "greatest(junior_graduates, junior_entrants", ("340001", "junior_retention_3yr"),
    ),
    "a school that files no cohort had none": (
        "cohorts", "int_retention", "where coalesce(students > 0, true)", "where junior_entrants is not null", ("340007", "junior_retention_3yr"),
    ),
    "an institution is a school": (
        "cohorts", "int_placement", "placements.meaning = 'schooling'", "placements.meaning is not null", ("340022", "disabled_children_enrolment"),
    ),
    "boarding schools have zones": (
        "zones", "int_zone_unit", "and not schools.is_boarding", "", ("350003", "neighbourhood_enrolment"),
    ),
    "more of the zone than at school is the better": (
        "zones", "int_zone_unit", "coalesce(zoned_students <= students_of_filing, false)", "true", ("350050", "neighbourhood_enrolment"),
    ),
    "half of the migrants' places will do": (
        "zones", "int_county_filed", "having count(value) = 2", "", ("350033", "left_behind_migrant_children"),
    ),
    "a school that files no training has it": (
        "forms", "int_county_teacher_count", "coalesce({{ figure }} > full_time_teachers, true)", "false", ("360012", "teacher_training_360h"),
    ),
    "a form outranks the records": (
        "forms", "int_county_measure", "basis = max(basis) over", "basis = min(basis) over", ("360018", "teacher_rotation"),
    ),
    "a missing band is an empty one": (
        "forms", "int_class_size_check", "then filed.value is not null else", "then true else", ("360003", "class_size"),
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def sound(build):
    """Each world as it is built by the project as it is; built when first asked for."""
    return cache(lambda name: build(WORLDS[name]()))


def said(published: Published, county: str, indicator: str) -> list[tuple]:
    rows = published.rows("county_indicator", county_code=county, indicator_id=indicator)
    return [(row["component"], row["stage"], row["status"], row["value"]) for row in rows]


@pytest.mark.parametrize("name", BREAKAGES)
def test_a_broken_rule_turns_its_county_red(manifest, sound, tmp_path, name):
    world, node, old, new, place = BREAKAGES[name]
    before = sound(world)
    broken = manifest.deepcopy()
    model = broken.nodes[f"model.junheng.{node}"]
    assert old in model.raw_code, f"{node} no longer says: {old}"
    model.raw_code = model.raw_code.replace(old, new)
    close_dbt()
    home = tmp_path / "home"
    shutil.copytree(before.home, home)
    dbt(home, "run", "--select", f"{node}+,+county_indicator", manifest=broken)
    assert said(Published(home), *place) != said(before, *place)
