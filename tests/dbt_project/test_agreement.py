"""Records and forms side by side: grades on and beside the tolerance, and what looks made. One county a scenario."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from dbt_project.fractions_of import close
from dbt_project.world import Person, World, filed, school_id

A, B, C, D = (school_id(n) for n in (1, 2, 3, 4))
DAY = date(2025, 8, 31)


def building(school: str, number: int, use: str, area: str) -> dict:
    return {"school_id": school, "building_id": str(number), "space_kind": use, "area_m2": area, "use_status": "自用"}


def card(school: str, value: str) -> dict:
    return {
        "holder_code": school, "card_id": "1", "class_code": "2010000", "use_direction": "教学", "use_status": "自用",
        "original_value_yuan": value,
    }  # fmt: skip


def primary(school: str, **measures) -> list[dict]:
    return filed(school, "primary_school", "primary", **measures)


def school(code: str) -> dict:
    return {"school_id": code, "school_name": code, "education_type": "小学"}


def pupil(school: str, number: int, **more: str) -> dict:
    return {"school_id": school, "student_key": f"pupil-{number}", "class_id": "1", "grade": "三年级", "status": "在籍在读", **more}


def counties() -> World:
    world = World()
    # students 300 by the roll: tolerance max(3, 1 %) = 3, grave beyond 5 %; one county a filed figure
    for county, students in (("600001", 300), ("600002", 303), ("600003", 304), ("600004", 315), ("600005", 316), ("600006", 296)):
        world.pull_roll(county, {A: ("小学", {"primary": [30] * 10})})
        world.file(county, primary(A, students=students))
    # areas: 4,000 m2 on the ledger
    for county, area in (("600011", "4000"), ("600012", "4500"), ("600013", "4100.5"), ("600014", "3900"), ("600015", "4020"), ("600016", "4000.25")):
        world.deliver("asset_register", "buildings", [building(A, 1, "普通教室", "4000")], county=county, as_of=DAY)
        world.file(county, primary(A, teaching_area_m2=area))
    # money: 万元 taken for 元, and the other way round
    for county, value in (("600021", "1234567.89"), ("600022", "123.46"), ("600023", "12345678900"), ("600024", "1300000")):
        world.deliver("asset_register", "asset_cards", [card(A, "1234567.89")], county=county, as_of=DAY)
        world.file(county, primary(A, equipment_value_yuan=value))
    # a nine-year school: its whole figure is split as the records' is, whatever students were filed
    world.pull_roll("600031", {B: ("九年一贯制学校", {"primary": [40] * 5, "junior": [40] * 5})})
    world.deliver("asset_register", "buildings", [building(B, 1, "普通教室", "4200")], county="600031", as_of=DAY)
    world.file("600031", filed(B, "nine_year_school", "whole", teaching_area_m2="4700") + filed(B, "nine_year_school", "primary", students=207))
    # classes: the form says none above the limit, the roll has three; then the roll is evened out and the form is not
    bands = dict.fromkeys(("classes_46_50", "classes_51_55", "classes_56_65", "classes_66_up"), 0)
    world.pull_roll("600041", {A: ("小学", {"primary": [44, 47, 48, 49, 40, 41]})})
    world.file("600041", primary(A, **bands, classes_41_45=5, classes_36_40=1))
    world.pull_roll("600042", {A: ("小学", {"primary": [44, 45, 45, 45, 40, 41]})})
    world.file("600042", primary(A, **{**bands, "classes_46_50": 2}))
    world.pull_roll("600043", {A: ("小学", {"primary": [44, 46, 45, 45, 40, 41]})})
    world.file("600043", primary(A, **bands))  # one class apart is what a pupil makes who moved
    world.file("600044", primary(A, **{name: None for name in bands}, classes_41_45=5))
    world.pull_roll("600044", {A: ("小学", {"primary": [44, 46, 45, 45, 40, 41]})})
    # the roll alone: 11 of 12 classes at 45; 9 of 10; all of three; junior classes of 50 are at their limit, of 45 are not
    world.pull_roll("600051", {A: ("小学", {"primary": [45] * 11 + [20]}), B: ("小学", {"primary": [45] * 9 + [20]}), C: ("小学", {"primary": [45] * 3})})
    world.pull_roll("600052", {A: ("初级中学", {"junior": [50] * 4}), B: ("初级中学", {"junior": [45] * 12})})
    # teachers: one who stands in two schools, one who has left the other one
    world.pull_staff(
        "600061",
        [Person(A), Person(A), Person(B), Person(C), Person(D)],
        units=(A, B, C, D),
    )
    world.pull_staff("600062", [Person(A), Person(B), Person(C)], units=(A, B, C))
    second = {"staff_category": "专任教师", "employment": "在编", "teaching_status": "任教", "sex": "女", "birth_month": "1985-05"}
    world.deliver(
        "hr_payroll", "staff",
        [
            {**second, "person_key": "person-0", "work_unit_code": A, "person_status": "在岗"},
            {**second, "person_key": "person-1", "work_unit_code": A, "person_status": "在岗"},
            {**second, "person_key": "person-1", "work_unit_code": B, "person_status": "在岗"},
            {**second, "person_key": "person-2", "work_unit_code": B, "person_status": "在岗"},
            {**second, "person_key": "person-3", "work_unit_code": C, "person_status": "在岗"},
            {**second, "person_key": "person-3", "work_unit_code": D, "person_status": "离职"},
        ],
        county="600061", order=9,
    )  # fmt: skip
    # nothing in the records, something on the form
    world.pull_roll("600071", {A: ("小学", {})})
    world.file("600071", primary(A, students=30))
    world.pull_roll("600072", {A: ("小学", {"primary": [30]})})  # no form at all
    world.file("600073", primary(A, students=30))  # no records at all
    # two of seven indicators, one of them on the roll's students and the form's area
    world.pull_roll("600080", {A: ("小学", {"primary": [40] * 5})})
    world.file("600080", primary(A, teaching_area_m2="900", equipment_value_yuan="500000"))
    # households: one of four ticked pupils at school is of this county; a school whose roll does not say; none
    home, away = {"migrant_child": "1", "household_division": "600091"}, {"migrant_child": "是", "household_division": "410183"}
    pupils = [
        pupil(A, 1, **home), pupil(A, 2, **away), pupil(A, 3, **home, status="休学"), pupil(A, 4, household_division="600091"),
        pupil(B, 1, migrant_child="1"), pupil(C, 1, **away),
    ]  # fmt: skip
    world.deliver("student_status", "schools", [school(code) for code in (A, B, C)], county="600091")
    world.deliver("student_status", "students", pupils, county="600091")
    # on two rolls: one of A and B at once, one who is only on leave at B; C stands apart
    twice = [pupil(A, 1), pupil(B, 1), pupil(A, 2), pupil(B, 2, status="休学"), pupil(C, 3)]
    world.deliver("student_status", "schools", [school(code) for code in (A, B, C)], county="600092")
    world.deliver("student_status", "students", twice, county="600092")
    # class lists: A lacks one class on its roll and one holds a pupil on leave; B has all; C has no list
    world.deliver("student_status", "schools", [school(code) for code in (A, B, C)], county="600093")
    listed = [{"school_id": code, "class_id": number, "grade": "三年级"} for code, numbers in ((A, "123"), (B, "1")) for number in numbers]
    world.deliver("student_status", "classes", listed, county="600093")
    world.deliver("student_status", "students", [pupil(A, 1), pupil(A, 2, class_id="2", status="休学"), pupil(B, 1), pupil(C, 1)], county="600093")
    return world


@pytest.fixture(scope="module")
def published(build):
    return build(counties())


def row(published, county: str, measure: str, school: str = A, stage: str = "primary") -> dict:
    return published.row("agreement", county_code=county, measure_id=measure, school_id=school, stage=stage)


@pytest.mark.parametrize(
    ("county", "difference", "grade"),
    [("600001", 0, "equal"), ("600002", 3, "within_tolerance"), ("600003", 4, "differs"), ("600004", 15, "differs"), ("600005", 16, "grave"), ("600006", -4, "differs")],
)  # fmt: skip
def test_on_the_tolerance_is_within_it(published, county, difference, grade):
    found = row(published, county, "students")
    assert (found["records_value"], found["declared_value"], found["difference"], found["tolerance"]) == (300, 300 + difference, difference, 3)
    assert close(found["relative_difference"], Fraction(difference, 300)) and (found["grade"], found["finding"]) == (grade, "")
    assert found["unit"] == "persons"


@pytest.mark.parametrize(
    ("county", "grade", "finding"),
    [
        ("600011", "equal", ""), ("600012", "grave", "raised_by_round_number"), ("600013", "differs", ""), ("600014", "differs", ""),
        ("600015", "within_tolerance", ""), ("600016", "within_tolerance", ""),
    ],
)  # fmt: skip
def test_an_area_raised_by_a_round_number(published, county, grade, finding):
    found = row(published, county, "teaching_area_m2")
    assert (found["grade"], found["finding"]) == (grade, finding)


@pytest.mark.parametrize(("county", "grade", "finding"), [("600021", "equal", ""), ("600022", "grave", "other_unit"), ("600023", "grave", "other_unit"), ("600024", "differs", "")])
def test_a_factor_of_ten_thousand(published, county, grade, finding):
    found = row(published, county, "equipment_value_yuan")
    assert (found["grade"], found["finding"]) == (grade, finding)


def test_a_whole_figure_is_split_as_the_records_are(published):
    weighted = Fraction(200) + Fraction("1.1") * 200
    for stage, share in (("primary", Fraction(200) / weighted), ("junior", Fraction("1.1") * 200 / weighted)):
        found = row(published, "600031", "teaching_area_m2", B, stage)
        assert close(found["records_value"], 4200 * share) and close(found["declared_value"], 4700 * share)
        assert close(found["difference"], 500 * share) and close(found["relative_difference"], Fraction(500, 4200))
        assert found["finding"] == "raised_by_round_number"
    assert row(published, "600031", "students", B)["grade"] == "differs"  # 200 and 207


def test_class_sizes_that_were_evened_out(published):
    form, roll, close_by = (row(published, county, "classes_over_limit") for county in ("600041", "600042", "600043"))
    assert (form["records_value"], form["declared_value"], form["grade"], form["finding"]) == (3, 0, "grave", "evened_out_on_form")
    assert (roll["records_value"], roll["declared_value"], roll["grade"], roll["finding"]) == (0, 2, "grave", "evened_out_on_form")
    assert (close_by["difference"], close_by["grade"], close_by["finding"]) == (-1, "within_tolerance", "")
    assert published.rows("agreement", county_code="600044", measure_id="classes_over_limit") == []  # a band is not filed
    bands = {r["measure_id"]: (r["records_value"], r["declared_value"]) for r in published.rows("agreement", county_code="600041")}
    assert (bands["classes_46_50"], bands["classes_41_45"], bands["classes_36_40"]) == ((3, 0), (2, 5), (1, 1))


def test_classes_at_the_limit_of_the_roll_alone(published):
    found = {r["school_id"]: (r["records_value"], r["declared_value"], r["finding"]) for r in published.rows("agreement", county_code="600051", measure_id="classes_at_limit", stage="primary")}
    assert found == {A: (11, None, "evened_out_on_roll"), B: (9, None, ""), C: (3, None, "")}
    junior = {r["school_id"]: (r["records_value"], r["finding"]) for r in published.rows("agreement", county_code="600052", measure_id="classes_at_limit", stage="junior")}
    assert junior == {A: (4, "evened_out_on_roll"), B: (0, "")}


def test_a_teacher_in_two_schools_is_told_of_both(published):
    found = {r["school_id"]: (r["records_value"], r["grade"], r["finding"]) for r in published.rows("agreement", county_code="600061", measure_id="teachers_in_two_schools")}
    assert found == {A: (1, "grave", "in_two_schools"), B: (1, "grave", "in_two_schools"), C: (0, "equal", ""), D: (0, "equal", "")}
    others = published.rows("agreement", county_code="600062", measure_id="teachers_in_two_schools")
    assert [(r["school_id"], r["records_value"]) for r in others] == [(A, 0), (B, 0), (C, 0)]


def test_only_what_both_tell_is_compared(published):
    nothing = row(published, "600071", "students")
    assert (nothing["records_value"], nothing["declared_value"], nothing["relative_difference"], nothing["grade"]) == (0, 30, None, "grave")
    assert published.rows("agreement", county_code="600072", measure_id="students") == []
    assert published.rows("agreement", county_code="600073") == []


def test_every_measure_has_a_tolerance(published):
    known = {r["measure_id"] for r in published.rows("agreement_tolerances")}
    whole = {r["measure_id"] for r in published.rows("measures") if not r["measure_id"].endswith("_budget_yuan")}
    assert whole | {r["measure_id"] for r in published.rows("county_measures")} <= known


def test_a_county_sees_how_much_of_its_verdict_rests_on_filed_figures(published):
    parts = {r["part"]: (r["results_on_records"], r["results_on_declared"]) for r in published.rows("county_compliance", county_code="600031")}
    assert parts["resource"] == (4, 0)  # teaching and sports area of both stages: the ledger and the roll
    filed_alone = {r["part"]: (r["results_on_records"], r["results_on_declared"]) for r in published.rows("county_compliance", county_code="600080")}
    assert filed_alone["resource"] == (0, 2)
    assert filed_alone["all"] == tuple(sum(counts) for counts in zip(*(c for part, c in filed_alone.items() if part != "all"), strict=True))
    rows = [r for r in published.rows("school_indicator", county_code="600080") if r["basis"] == "declared"]
    assert len(rows) == 2


@pytest.mark.parametrize(
    ("county", "measure", "counts", "finding"),
    [
        ("600091", "migrants_of_this_county", {A: 1, C: 0}, "migrant_of_this_county"),
        ("600092", "students_in_two_schools", {A: 1, B: 1, C: 0}, "in_two_schools"),
        ("600093", "classes_without_students", {A: 1, B: 0}, "class_without_students"),
    ],
)  # fmt: skip
def test_what_a_roll_says_against_itself(published, county, measure, counts, finding):
    found = {row["school_id"]: row for row in published.rows("agreement", county_code=county, measure_id=measure)}
    assert {code: row["records_value"] for code, row in found.items()} == counts
    assert {code: (row["grade"], row["finding"]) for code, row in found.items()} == {
        code: ("grave", finding) if count else ("equal", "") for code, count in counts.items()
    }
