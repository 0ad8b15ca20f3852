"""The ids of every indicator, component, veto and precondition, typed a second time.

Here: the catalogue of 教督〔2017〕6号 as ids with their numbers and parts, what
evidence speaks of, and the city's plan as ids. Not here: thresholds (standard.py),
who meets what (fulfilment.py).
"""

from __future__ import annotations

# part 1 beside its seven indicators (standard.INDICATORS)
RESOURCE_SCHOOL_RULE = "resource_school_rule"

# part 2
SCHOOL_LAYOUT = "school_layout_plan"  # 2.1
UNIFIED_STANDARDS = "unified_urban_rural_standards"  # 2.2
MUSIC_ART_ROOMS = "music_art_rooms"  # 2.3
SCHOOL_SIZE = "school_size"  # 2.4
CLASS_SIZE = "class_size"  # 2.5
SMALL_SCHOOL_FUNDING = "small_school_funding"  # 2.6
SPECIAL_ED_FUNDING = "special_ed_funding_per_student"  # 2.7
TEACHER_PAY = "teacher_pay_vs_civil_servants"  # 2.8
TRAINING_360H = "teacher_training_360h"  # 2.9
STAFFING_QUOTA = "staffing_quota_allocation"  # 2.10
ROTATION = "teacher_rotation"  # 2.11
CERTIFICATION = "teacher_certification"  # 2.12
NEIGHBOURHOOD = "neighbourhood_enrolment"  # 2.13
HIGH_SCHOOL_QUOTA = "quality_high_school_quota"  # 2.14
LEFT_BEHIND = "left_behind_migrant_children"  # 2.15

# part 3
RETENTION = "junior_retention_3yr"  # 3.1
DISABLED_CHILDREN = "disabled_children_enrolment"  # 3.2
CHARTER = "charter_and_informatization"  # 3.3
TRAINING_BUDGET = "teacher_training_budget_5pct"  # 3.4
ICT_USE = "ict_teaching_use"  # 3.5
MORAL_EDUCATION = "moral_education_campus_culture"  # 3.6
CURRICULUM = "curriculum_fully_offered"  # 3.7
HOMEWORK = "no_excess_homework"  # 3.8
MONITORING = "national_monitoring_level_gap"  # 3.9

# part 4, preconditions
SOCIAL_RECOGNITION = "social_recognition"  # 4.1
RECOGNISED = "precondition_recognised"
YEARLY_MONITOR = "precondition_yearly_monitor"

# components
UNIFIED_CONSTRUCTION, UNIFIED_STAFFING, UNIFIED_EQUIPMENT = "unified_construction", "unified_staffing", "unified_equipment"
UNIFIED_FUNDING = "unified_funding_baseline"
MUSIC_ROOMS, ART_ROOMS = "music_rooms", "art_rooms"
PAY_RATIO, PERFORMANCE_PAY = "pay_ratio", "performance_pay_approved"
ROTATED_SHARE, BACKBONE_SHARE = "rotated_share", "backbone_share"
QUOTA_SHARE, RURAL_PREFERENCE = "quota_share", "rural_preference"
CARE, MIGRANT_SHARE = "left_behind_care", "migrant_share"
LEVEL, BETWEEN_SCHOOL_RATE = "level", "between_school_rate"
COMPONENTS = {
    UNIFIED_STANDARDS: (UNIFIED_CONSTRUCTION, UNIFIED_STAFFING, UNIFIED_FUNDING, UNIFIED_EQUIPMENT),
    MUSIC_ART_ROOMS: (MUSIC_ROOMS, ART_ROOMS),
    TEACHER_PAY: (PAY_RATIO, PERFORMANCE_PAY),
    ROTATION: (ROTATED_SHARE, BACKBONE_SHARE),
    HIGH_SCHOOL_QUOTA: (QUOTA_SHARE, RURAL_PREFERENCE),
    LEFT_BEHIND: (CARE, MIGRANT_SHARE),
    MONITORING: (LEVEL, BETWEEN_SCHOOL_RATE),
}

# number by id: evidence may name an indicator by either
GOVERNMENT = {
    SCHOOL_LAYOUT: "2.1", UNIFIED_STANDARDS: "2.2", MUSIC_ART_ROOMS: "2.3", SCHOOL_SIZE: "2.4", CLASS_SIZE: "2.5",
    SMALL_SCHOOL_FUNDING: "2.6", SPECIAL_ED_FUNDING: "2.7", TEACHER_PAY: "2.8", TRAINING_360H: "2.9", STAFFING_QUOTA: "2.10",
    ROTATION: "2.11", CERTIFICATION: "2.12", NEIGHBOURHOOD: "2.13", HIGH_SCHOOL_QUOTA: "2.14", LEFT_BEHIND: "2.15",
}  # fmt: skip
QUALITY = {
    RETENTION: "3.1", DISABLED_CHILDREN: "3.2", CHARTER: "3.3", TRAINING_BUDGET: "3.4", ICT_USE: "3.5", MORAL_EDUCATION: "3.6",
    CURRICULUM: "3.7", HOMEWORK: "3.8", MONITORING: "3.9",
}  # fmt: skip
SOCIAL = {SOCIAL_RECOGNITION: "4.1"}
VETOES = {
    "veto_exam_admission": "V1", "veto_illegal_school_choice": "V2", "veto_key_school_class": "V3",
    "veto_unfilled_posts_offroll_teachers": "V4", "veto_safety_discipline_incident": "V5", "veto_fraud": "V6",
}  # fmt: skip
VETO_SWITCHED_OFF = {"veto_offcampus_training_burden": "X1"}  # one city's addition; decides nothing
PRECONDITIONS = (RECOGNISED, YEARLY_MONITOR)
NUMBERS = GOVERNMENT | QUALITY | SOCIAL | VETOES | VETO_SWITCHED_OFF

# What documents decide: for the county (indicator, component), and school by school.
COUNTY_EVIDENCE = (
    (SCHOOL_LAYOUT, ""), (UNIFIED_STANDARDS, UNIFIED_CONSTRUCTION), (UNIFIED_STANDARDS, UNIFIED_STAFFING),
    (UNIFIED_STANDARDS, UNIFIED_EQUIPMENT), (TEACHER_PAY, PERFORMANCE_PAY), (STAFFING_QUOTA, ""),
    (HIGH_SCHOOL_QUOTA, RURAL_PREFERENCE), (LEFT_BEHIND, CARE),
)  # fmt: skip
SCHOOL_EVIDENCE = (CHARTER, ICT_USE, MORAL_EDUCATION, CURRICULUM, HOMEWORK)

# The city's own plan: what documents show of it.
PLAN_TASKS = (
    "t1_1", "t1_2", "t2_1", "t2_3", "t3_1", "t3_4", "t4_4", "t5_1", "t5_3", "t6_1", "t6_2", "t6_3", "t6_4", "t7_1", "t7_2",
    "goal_recognition",
)  # fmt: skip
PLAN_STAGE_DUTIES = (
    "s1_plan", "s1_leading_group", "s1_launch", "s2_unit_meetings", "s2_guidance", "s2_meetings", "s3_self_evaluation", "s3_rectify",
)  # fmt: skip
PLAN_GUARANTEES = ("g1_leadership", "g2_investment", "g3_supervision")
SUPERVISION_DUTIES = ("sup_process", "sup_special", "sup_continuous", "sup_regular_check", "sup_regular_report")
