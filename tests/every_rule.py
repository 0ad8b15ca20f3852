"""Every rule of the standard and the sources that it rests on, as read from the clauses.

Here: the rules that the seed of indicators switches on, and what each source decides,
typed from the standard; the table of rules in the README, the counties of
test_every_indicator.py and the runs of test_sources_off.py are held to it.
Not here: what becomes of a county (those tests).
"""

from __future__ import annotations

import csv
from pathlib import Path

SEEDS = Path(__file__).parents[1] / "dbt_project" / "seeds"
RULE_SET = "cn-2017-6"
NO_DATA, NEEDS_EVIDENCE = "no_data", "needs_evidence"
PARTS = ("preconditions", "resource", "government", "quality", "social", "veto")


def seed(name: str) -> list[dict[str, str]]:
    """The rows of a seed that belong to the standard's rule set."""
    with (SEEDS / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return [row for row in csv.DictReader(file) if row["rule_set"] == RULE_SET]


RULES = {row["indicator_id"]: row["part"] for row in seed("indicators") if row["is_on"] == "true"}

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
            "special_ed_funding_per_student", "precondition_yearly_monitor",
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


def reasons_by_part(parts: dict[str, dict]) -> dict[str, tuple[str, list[str]]]:
    return {part: (row["verdict"], row["reasons"]) for part, row in parts.items()}


def reasons_without(source: str) -> dict[str, tuple[str, list[str]]]:
    """Verdict and reasons by part of a county that meets everything, as far as the other sources tell."""
    by_part: dict[str, list[str]] = {part: [] for part in PARTS}
    for name, status in RESTS_ON[source].items():
        by_part[RULES[name]].append(f"{name}:{status}")
    expected = {part: ("undecided" if reasons else "pass", sorted(reasons)) for part, reasons in by_part.items()}
    return expected | {"all": ("undecided", sorted(reason for reasons in by_part.values() for reason in reasons))}
