"""What documents decide: one county a scenario. As-of date 2025-09-01.

The order of the register says nothing: the latest day decides, of one day the worst conclusion.
"""

from __future__ import annotations

from datetime import date

import pytest

from dbt_project.world import World, conclusion, registered, school_id

A, B, C, EMPTY = (school_id(n) for n in range(1, 5))
D1, D2, FUTURE = date(2024, 5, 1), date(2025, 5, 1), date(2025, 9, 2)
SCHOOL_LEVEL = (
    "charter_and_informatization", "ict_teaching_use", "moral_education_campus_culture", "curriculum_fully_offered", "no_excess_homework",
)  # fmt: skip

# county -> rows of the register
REGISTERS = {
    # the county's own documents
    "310001": [conclusion("2.1", "符合", D1)],
    "310002": [conclusion("school_layout_plan", "符合", D1), conclusion("2.1", "不符合", D2)],
    "310003": [conclusion("2.1", "不符合", D1), conclusion("2.1", "符合", D2)],
    "310004": [conclusion("2.1", "符合", D2, document_title="甲"), conclusion("2.1", "不符合", D2, document_title="乙")],
    "310005": [conclusion("2.1", "符合", D1), conclusion("2.1", "不符合", FUTURE)],
    "310006": [conclusion("2.1", "符合", FUTURE)],
    "310007": [conclusion("2.1", "符合", D1), conclusion("2.1", "待核", D2)],
    "310008": [conclusion("2.1", "符合", D1, school=A)],  # a school's document is not the county's
    "310009": [conclusion("2.1", "合格", D1), conclusion("2.10", "不合格", D1)],
    "310010": [conclusion("2.1", "符合", D2, document_title="甲"), conclusion("2.1", "待核", D2, document_title="乙")],
    "310011": [conclusion("2.1", "存在", D1)],  # nothing that this clause asks for
    "310012": [
        conclusion("2.2", "符合", D1, component="unified_construction"), conclusion("2.2", "不符合", D1, component="unified_staffing"),
        conclusion("2.2", "符合", D1), conclusion("2.8", "符合", D1, component="performance_pay_approved"),
        conclusion("2.14", "符合", D1, component="rural_preference"), conclusion("2.15", "优秀", D1, component="left_behind_care"),
    ],
    # vetoes
    "310021": [conclusion("V1", "不存在", D1)],
    "310022": [conclusion("V1", "存在", D1), conclusion("veto_exam_admission", "不存在", D2)],
    "310023": [conclusion("V1", "不存在", D1), conclusion("v1", "存在", D2)],
    "310024": [conclusion("V1", "不存在", D2), conclusion("V1", "存在", D1, school=A)],  # of a school, and not cleared there
    "310025": [conclusion("V1", "不存在", D1), conclusion("V1", "存在", D1, school=A), conclusion("V1", "不存在", D2, school=A)],
    "310026": [conclusion("V1", "不存在", D1, school=school) for school in (A, B)],  # schools are not the county
    "310027": [conclusion("V1", "不存在", D2, document_title="甲"), conclusion("V1", "存在", D2, document_title="乙")],
    "310028": [conclusion("V1", "不存在", FUTURE)],
    "310029": [conclusion("V1", "符合", D1)],  # what conforms: that there is none, or that there is?
    "310030": [conclusion("V1", "存在", D1, component="初中"), conclusion("V1", "不存在", D1)],
    "310031": [conclusion("V1", "不存在", D1), conclusion("V1", "待核", D2)],
    # what is only to be verified lessens nothing that was found
    "310032": [conclusion("V1", "存在", D1), conclusion("V1", "待核", D2)],
    "310033": [conclusion("V1", "存在", D1), conclusion("V1", "待核", D2), conclusion("V1", "不存在", date(2025, 6, 1))],
    "310034": [conclusion("V1", "不存在", D1), conclusion("V1", "存在", D1, school=A), conclusion("V1", "待核", D2, school=A)],
    "310035": [conclusion("V1", "存在", D1), conclusion("V1", "不存在", D2), conclusion("V1", "待核", date(2025, 6, 1))],
    # recognition three years before
    "310041": [conclusion("precondition_recognised", "符合", date(2022, 9, 1))],
    "310042": [conclusion("precondition_recognised", "符合", date(2022, 9, 2))],
    "310043": [conclusion("precondition_recognised", "不符合", date(2013, 1, 1))],
    "310044": [conclusion("precondition_recognised", "待核", date(2013, 1, 1))],
    # confirmed anew: since the first time; once it was lost, since it was regained
    "310045": [conclusion("precondition_recognised", "符合", day) for day in (date(2013, 12, 20), date(2024, 12, 20))],
    "310046": [
        conclusion("precondition_recognised", said, day)
        for said, day in (("符合", date(2013, 12, 20)), ("不符合", date(2020, 1, 1)), ("符合", date(2022, 9, 2)), ("符合", date(2024, 12, 20)))
    ],
    "310047": [
        conclusion("precondition_recognised", said, day)
        for said, day in (("符合", date(2013, 12, 20)), ("不符合", date(2020, 1, 1)), ("符合", date(2022, 9, 1)), ("符合", date(2024, 12, 20)))
    ],
}  # fmt: skip

CASES = [
    ("310001", "school_layout_plan", "", "met"),
    ("310001", "staffing_quota_allocation", "", "needs_evidence"),
    ("310001", "veto_exam_admission", "", "needs_evidence"),
    ("310001", "precondition_recognised", "", "needs_evidence"),
    ("310002", "school_layout_plan", "", "not_met"),
    ("310003", "school_layout_plan", "", "met"),
    ("310004", "school_layout_plan", "", "not_met"),
    ("310005", "school_layout_plan", "", "met"),
    ("310006", "school_layout_plan", "", "needs_evidence"),
    ("310007", "school_layout_plan", "", "needs_evidence"),
    ("310008", "school_layout_plan", "", "needs_evidence"),
    ("310009", "school_layout_plan", "", "met"),
    ("310009", "staffing_quota_allocation", "", "not_met"),
    ("310010", "school_layout_plan", "", "needs_evidence"),
    ("310011", "school_layout_plan", "", "needs_evidence"),
    ("310012", "unified_urban_rural_standards", "unified_construction", "met"),
    ("310012", "unified_urban_rural_standards", "unified_staffing", "not_met"),
    ("310012", "unified_urban_rural_standards", "unified_equipment", "needs_evidence"),
    ("310012", "teacher_pay_vs_civil_servants", "performance_pay_approved", "met"),
    ("310012", "quality_high_school_quota", "rural_preference", "met"),
    ("310012", "left_behind_migrant_children", "left_behind_care", "met"),
    ("310021", "veto_exam_admission", "", "met"),
    ("310021", "veto_fraud", "", "needs_evidence"),
    ("310022", "veto_exam_admission", "", "met"),
    ("310023", "veto_exam_admission", "", "not_met"),
    ("310024", "veto_exam_admission", "", "not_met"),
    ("310025", "veto_exam_admission", "", "met"),
    ("310026", "veto_exam_admission", "", "needs_evidence"),
    ("310027", "veto_exam_admission", "", "not_met"),
    ("310028", "veto_exam_admission", "", "needs_evidence"),
    ("310029", "veto_exam_admission", "", "needs_evidence"),
    ("310030", "veto_exam_admission", "", "not_met"),
    ("310031", "veto_exam_admission", "", "needs_evidence"),
    ("310032", "veto_exam_admission", "", "not_met"),
    ("310033", "veto_exam_admission", "", "met"),
    ("310034", "veto_exam_admission", "", "not_met"),
    ("310035", "veto_exam_admission", "", "needs_evidence"),
    ("310045", "precondition_recognised", "", "met"),
    ("310046", "precondition_recognised", "", "not_met"),
    ("310047", "precondition_recognised", "", "met"),
    ("310041", "precondition_recognised", "", "met"),
    ("310042", "precondition_recognised", "", "not_met"),
    ("310043", "precondition_recognised", "", "not_met"),
    ("310044", "precondition_recognised", "", "needs_evidence"),
]


def evidence_world() -> World:
    world = World()
    for county, rows in REGISTERS.items():
        world.pull_roll(county, {A: ("小学", {"primary": [5]}), B: ("小学", {"primary": [5]})})
        world.deliver("evidence", "items", rows, county=county)
    _schools(world)
    _faults(world)
    return world


def _schools(world: World) -> None:
    def county(code: str, *rows: dict) -> None:
        registered(
            world, code, (A, "211", "111", "县级教育部门"), (B, "218", "220", "县级教育部门"),
            (C, "514", "111", "县级教育部门"), (EMPTY, "211", "220", "县级教育部门"),
        )  # fmt: skip
        world.pull_roll(code, {A: ("小学", {"primary": [5]}), B: ("教学点", {"primary": [3]}), C: ("514", {"primary": [2]}), EMPTY: ("小学", {})})
        world.deliver("evidence", "items", list(rows), county=code)

    every = [conclusion("3.3", "符合", D1, school=school) for school in (A, B, C)]
    county("310051", *every, *(conclusion("3.6", grade, D1, school=s) for grade, s in (("优秀", A), ("良好", B), ("合格", C))))
    # a point and a special school are asked like any other; the school without students is not
    county("310052", *every[:2], conclusion("3.6", "优秀", D1))
    county("310053", *every, conclusion("3.3", "不符合", D2, school=B), conclusion("3.5", "不合格", D1, school=A), conclusion("3.5", "合格", D1, school=B))
    county("310054", conclusion("3.7", "不符合", D1, school=A), conclusion("3.8", "待核", D1, school=A))
    county("310055", *every, conclusion("3.3", "不符合", D2, school=EMPTY))
    # nobody knows whether the last school has students
    registered(world, "310056", (A, "211", "111", "县级教育部门"), (B, "211", "111", "县级教育部门"))
    world.pull_roll("310056", {A: ("小学", {"primary": [5]})})
    world.deliver("evidence", "items", [conclusion("3.3", "符合", D1, school=A)], county="310056")


SCHOOL_CASES = [
    # county, indicator, value, status, schools asked
    ("310051", "charter_and_informatization", 0, "met", 3),
    ("310051", "moral_education_campus_culture", 1, "not_met", 3),  # 合格 is below 良好
    ("310051", "ict_teaching_use", None, "needs_evidence", 3),
    ("310052", "charter_and_informatization", None, "needs_evidence", 3),
    ("310052", "moral_education_campus_culture", None, "needs_evidence", 3),  # a row of the county stands for no school
    ("310053", "charter_and_informatization", 1, "not_met", 3),
    ("310053", "ict_teaching_use", 1, "not_met", 3),
    ("310054", "curriculum_fully_offered", 1, "not_met", 3),  # one is enough, whatever is missing
    ("310054", "no_excess_homework", None, "needs_evidence", 3),
    ("310055", "charter_and_informatization", 0, "met", 3),
    ("310056", "charter_and_informatization", None, "needs_evidence", 2),
]


def _faults(world: World) -> None:
    world.pull_roll("410183", {A: ("小学", {"primary": [5]})})
    registered(world, "410183", (A, "211", "111", "县级教育部门"))
    world.deliver(
        "evidence", "items",
        [
            conclusion("2.16", "符合", D1), conclusion("V1", "大概没有", D1), conclusion("3.3", "符合", D1, school=school_id(99)),
            conclusion("2.2", "符合", D1, component="unified_weather"), conclusion("t2_3", "符合", D1), conclusion("goal_recognition", "待核", D1),
            conclusion("s2_meetings", "符合", D1), conclusion("sup_process", "符合", D1, school=A), conclusion("X1", "不存在", D1),
            conclusion("2.1", "符合", D1, item_kind="传真"), conclusion("2.10", "符合", D1, school=" "),
        ],
        county="410183",
    )  # fmt: skip
    # the plan is that of another county
    world.pull_roll("310062", {A: ("小学", {"primary": [5]})})
    world.deliver("evidence", "items", [conclusion("t2_3", "符合", D1)], county="310062")
    world.deliver(
        "evidence", "inspections",
        [
            {"inspection_kind": "督查", "subject_id": "2.16", "held_on": D1, "conclusion": "符合"},
            {"inspection_kind": "走访", "subject_id": "2.5", "school_id": school_id(99), "held_on": D1, "conclusion": "符合"},
            {"inspection_kind": "督查", "subject_id": "2.5", "school_id": A, "held_on": D1, "conclusion": "尚可"},
            {"inspection_kind": "督查", "subject_id": "2.5", "school_id": A, "held_on": D2, "conclusion": "不符合", "finding": "两个班超员"},
        ],
        county="410183",
    )  # fmt: skip


@pytest.fixture(scope="module")
def published(build):
    return build(evidence_world())


@pytest.mark.parametrize("case", CASES, ids=lambda case: "-".join(case[:3]))
def test_what_documents_decide(published, case):
    county, indicator, component, status = case
    row = published.row("county_indicator", county_code=county, indicator_id=indicator, component=component)
    assert (row["status"], row["value"], row["basis"]) == (status, None, "records" if status in ("met", "not_met") else "none")


@pytest.mark.parametrize("case", SCHOOL_CASES, ids=lambda case: "-".join(case[:2]))
def test_what_every_school_must_show(published, case):
    county, indicator, value, status, asked = case
    row = published.row("county_indicator", county_code=county, indicator_id=indicator)
    assert (row["status"], row["value"]) == (status, value)
    assert f"schools={asked};" in row["detail"]
    schools = published.rows("school_finding", county_code=county, indicator_id=indicator)
    assert len(schools) == asked and {row["item_kind"] for row in schools} == {"school"}
    if value is not None:
        assert sum(row["status"] == "not_met" for row in schools) == value


def test_a_finding_of_evidence_lacks_one_document(published):
    rows = {r["school_id"]: r for r in published.rows("school_finding", county_code="310051", indicator_id="moral_education_campus_culture")}
    assert {s: (r["status"], r["gap"], r["unit"]) for s, r in rows.items()} == {
        A: ("met", 0, "documents"), B: ("met", 0, "documents"), C: ("not_met", 1, "documents"),
    }  # fmt: skip
    missing = published.rows("school_finding", county_code="310051", indicator_id="ict_teaching_use")
    assert {(r["status"], r["gap"], r["basis"]) for r in missing} == {("needs_evidence", 1, "none")}


def test_a_veto_in_a_school_is_a_finding_of_the_school(published):
    (row,) = published.rows("school_finding", county_code="310024", indicator_id="veto_exam_admission")
    assert (row["school_id"], row["status"], row["stage"]) == (A, "not_met", "all")


@pytest.mark.parametrize("indicator", SCHOOL_LEVEL)
def test_an_empty_register_is_not_innocence(published, indicator):
    assert published.row("county_indicator", county_code="310021", indicator_id=indicator)["status"] == "needs_evidence"


def test_the_local_veto_stays_off(published):
    assert published.rows("county_indicator", indicator_id="veto_offcampus_training_burden") == []


def test_rows_that_lead_nowhere_are_quarantined(published):
    found = {(r["table_name"], r["position"], r["column_name"], r["rule"]) for r in published.rows("quarantine", county_code="410183")}
    assert found == {
        ("items", 0, "subject_id", "unknown_subject"), ("items", 1, "conclusion", "unknown_code"),
        ("items", 2, "school_id", "unknown_school"), ("items", 3, "component", "unknown_component"),
        ("inspections", 0, "subject_id", "unknown_subject"), ("inspections", 1, "school_id", "unknown_school"),
        ("inspections", 2, "conclusion", "unknown_code"),
    }  # fmt: skip
    assert [r["rule"] for r in published.rows("quarantine", county_code="310062")] == ["unknown_subject"]
    row = published.row("county_indicator", county_code="410183", indicator_id="staffing_quota_allocation")
    assert row["status"] == "met"  # a blank school is none


def test_conclusions_on_the_plan_stand_beside_those_on_indicators(published):
    stands = {(r["subject"], r["school_id"]): r["outcome"] for r in published.rows("fct_evidence_conclusion", county_code="410183")}
    assert stands["t2_3", ""] == stands["s2_meetings", ""] == stands["sup_process", A] == "conform"
    assert stands["goal_recognition", ""] == "open"
