"""A system's pulls beside files: what replaces what, and of whom nothing is known. One county a scenario."""

from __future__ import annotations

from datetime import date

import pytest

from dbt_project.world import GRADE, Person, World, school_id

A, B, C = (school_id(n) for n in (1, 2, 3))
MAY, JUNE, JULY = date(2025, 5, 31), date(2025, 6, 30), date(2025, 7, 31)


def roll(school: str, *sizes: int) -> list[dict]:
    """Students of one school, a class a size."""
    return [
        {"school_id": school, "student_key": f"{school}-{number}-{place}", "class_id": str(number), "grade": GRADE["primary"], "status": "在籍在读"}
        for number, size in enumerate(sizes)
        for place in range(size)
    ]


def listed(*schools: str) -> list[dict]:
    return [{"school_id": school, "school_name": school, "education_type": "211"} for school in schools]


def pay(person: str, month: str, amount: str, unit: str = "205001", kind: str | None = None) -> dict:
    return {"person_key": person, "pay_month": month, "budget_unit_code": unit, "gross_yuan": amount, "pay_kind": kind}


def files(world: World, county: str, name: str, table: str, rows: list[dict], day: date, order: int, source: str = "student_status", **more) -> None:
    """One table of a file; `name` is its place in the inbox."""
    world.deliver(source, table, rows, county=county, as_of=day, origin=f"{source}/{name}", order=order, is_pull=False, **more)


def person_rows(persons: dict[str, Person]) -> dict[str, list[dict]]:
    """Staff, degrees and courses of persons by key."""
    staff = [
        {
            "person_key": key, "work_unit_code": p.school, "staff_category": p.category, "employment": p.employment,
            "person_status": p.status, "teaching_status": p.teaching, "sex": p.sex, "birth_month": p.born, "teaching_since": p.teaching_since,
        }
        for key, p in persons.items()
    ]  # fmt: skip
    degrees = [{"person_key": key, "degree": degree, "graduated_month": "2010-07"} for key, p in persons.items() for degree in p.degrees]
    courses = [
        {"person_key": key, "term": term, "stage": stage, "course": course, "weekly_hours": hours}
        for key, p in persons.items()
        for term, stage, course, hours in p.courses
    ]
    return {"staff": staff, "degrees": degrees, "subjects_taught": courses}


def workbook(world: World, county: str, name: str, persons: dict[str, Person], day: date, order: int, without: tuple[str, ...] = ()) -> None:
    for table, rows in person_rows(persons).items():
        if table not in without:
            files(world, county, name, table, rows, day, order, "hr_payroll", digest=f"{county}{name}{order}")


def scenarios() -> World:
    world = World()
    # 300001: files of several schools side by side; one of them sent twice, the second time with a class less
    files(world, "300001", "a.xlsx", "students", roll(A, 30, 20), JUNE, 1)
    files(world, "300001", "b.xlsx", "students", roll(B, 40), JUNE, 2)
    files(world, "300001", "a again.xlsx", "students", roll(A, 30), JUNE, 3)
    # 300002: a county file; a school's own for a later day; the county file corrected in place, without school C
    files(world, "300002", "county.csv", "students", roll(A, 10) + roll(B, 11) + roll(C, 12), JUNE, 1)
    files(world, "300002", "a.xlsx", "students", roll(A, 25), JULY, 2)
    files(world, "300002", "county.csv", "students", roll(A, 14) + roll(B, 15), JUNE, 3)
    # 300003: a pull, then files of one school; 300004: files, then a pull that no longer knows school B
    world.pull_roll("300003", {A: ("211", {"primary": [10]}), B: ("211", {"primary": [11]})}, as_of=JUNE, order=1)
    files(world, "300003", "a.xlsx", "students", roll(A, 20), JULY, 2)
    files(world, "300004", "a.xlsx", "students", roll(A, 20), JUNE, 1)
    files(world, "300004", "b.xlsx", "students", roll(B, 21), JUNE, 2)
    world.pull_roll("300004", {A: ("211", {"primary": [10]})}, as_of=JULY, order=3)
    # 300005: a file of an older day arrives after the pull; 300006: of two pulls the later one counts, and it lacks B
    world.pull_roll("300005", {A: ("211", {"primary": [10]})}, as_of=JULY, order=1)
    files(world, "300005", "a.xlsx", "students", roll(A, 20), JUNE, 2)
    world.pull_roll("300006", {A: ("211", {"primary": [10]}), B: ("211", {"primary": [11]})}, as_of=JUNE, order=1)
    world.pull_roll("300006", {A: ("211", {"primary": [12]})}, as_of=JULY, order=2)
    # 300007: the county's school sheet names three schools; A's students came with a sheet of A and B, C's never came
    files(world, "300007", "schools.xlsx", "schools", listed(C), JUNE, 1)
    files(world, "300007", "ab.xlsx", "schools", listed(A, B), JUNE, 2, digest="ab")
    files(world, "300007", "ab.xlsx", "students", roll(A, 33), JUNE, 2, digest="ab")
    # 300011: A's workbook has all; B's lacks degrees; C's lacks courses; nobody sent titles
    teacher = {"a": Person(A), "a2": Person(A)}
    workbook(world, "300011", "a.xlsx", teacher, JUNE, 1)
    workbook(world, "300011", "b.xlsx", {"b": Person(B)}, JUNE, 2, without=("degrees",))
    workbook(world, "300011", "c.xlsx", {"c": Person(C)}, JUNE, 3, without=("subjects_taught",))
    # 300012: A's staff list again, a teacher gone; the bureau's list of titles names a teacher of A only
    workbook(world, "300012", "a.xlsx", teacher, JUNE, 1)
    workbook(world, "300012", "b.xlsx", {"b": Person(B)}, JUNE, 2)
    workbook(world, "300012", "a july.xlsx", {"a": Person(A)}, JULY, 3)
    title = {"person_key": "a", "title": "骨干教师", "level": "县级", "document_number": "1", "awarded_on": MAY}
    files(world, "300012", "titles.xlsx", "backbone_titles", [title], JUNE, 4, "hr_payroll")
    # 300013: two lists of degrees side by side; a newer one about one person replaces what was said of that person
    workbook(world, "300013", "ab.xlsx", {"a": Person(A), "b": Person(B)}, JUNE, 1, without=("degrees",))
    degree = {"degree": "21", "graduated_month": "2010-07"}
    files(world, "300013", "degrees a.xlsx", "degrees", [{"person_key": "a", **degree}], JUNE, 2, "hr_payroll")
    files(world, "300013", "degrees b.xlsx", "degrees", [{"person_key": "b", **degree}], JUNE, 3, "hr_payroll")
    files(world, "300013", "degrees b july.xlsx", "degrees", [{"person_key": "b", "degree": "41", "graduated_month": "2005-07"}], JULY, 4, "hr_payroll")
    # 300014: units by name: the register settles two of them; two schools share the third name, nobody has the fourth
    world.deliver(
        "registry", "schools",
        [
            {"school_id": A, "school_name": "东街小学（本部）", "former_name": "第一完小", "education_type": "211"},
            {"school_id": B, "school_name": "同名小学", "education_type": "211"},
            {"school_id": C, "school_name": "同名小学", "education_type": "211"},
        ],
        county="300014",
    )  # fmt: skip
    named = {"a": "东街小学(本部)", "a2": "第一完小", "b": "同名小学", "c": "东街小学", "d": A}
    workbook(world, "300014", "named.xlsx", {key: Person(unit) for key, unit in named.items()}, JUNE, 1)
    # 300015: B was merged into A in July: its list of June counts at A until A's own list of August holds everybody;
    # 300016: the same, and A's list is of June still
    merged = {"school_id": B, "education_type": "211", "school_name": "b", "closed_on": date(2025, 7, 15), "successor_school_id": A}
    for county, day in (("300015", date(2025, 8, 31)), ("300016", JUNE)):
        world.deliver("registry", "schools", [{"school_id": A, "school_name": "a", "education_type": "211"}, merged], county=county, as_of=JUNE)
        files(world, county, "a.xlsx", "students", roll(A, 50), day, 2)
        files(world, county, "b.xlsx", "students", roll(B, 20), JUNE, 1)
        workbook(world, county, "staff a.xlsx", {"a": Person(A), "b": Person(A)}, day, 2)
        workbook(world, county, "staff b.xlsx", {"b": Person(B), "left": Person(B)}, JUNE, 1)
    # 300021: months side by side, a month corrected for one unit, an award beside its month, a unit's own file
    files(world, "300021", "05.xlsx", "monthly_pay", [pay("p", "2025-05", "5000"), pay("q", "2025-05", "4000", "205002")], MAY, 1, "hr_payroll")
    files(world, "300021", "06.xlsx", "monthly_pay", [pay("p", "2025-06", "5100")], JUNE, 2, "hr_payroll")
    files(world, "300021", "05 corrected.xlsx", "monthly_pay", [pay("p", "2025-05", "5050")], MAY, 3, "hr_payroll")
    files(world, "300021", "award.xlsx", "monthly_pay", [pay("p", "2025-06", "9000", kind="年终奖")], JUNE, 4, "hr_payroll")
    return world


@pytest.fixture(scope="module")
def published(build):
    return build(scenarios())


def students(published, county: str) -> dict[str, float]:
    rows = published.rows("measure", county_code=county, measure_id="students", stage="primary")
    return {row["school_id"]: row["value"] for row in rows if row["value"] is not None}


@pytest.mark.parametrize(
    ("county", "expected"),
    [
        ("300001", {A: 30, B: 40}),
        ("300002", {A: 25, B: 15}),
        ("300003", {A: 20, B: 11}),
        ("300004", {A: 10}),
        ("300005", {A: 10}),
        ("300006", {A: 12}),
        ("300007", {A: 33, B: 0}),
        ("300015", {A: 50}),
        ("300016", {A: 70}),
    ],
)
def test_which_roll_counts(published, county, expected):
    assert students(published, county) == expected


def staffing(published, county: str, measure: str) -> dict[str, float]:
    rows = published.rows("measure", county_code=county, measure_id=measure, stage="primary")
    return {row["school_id"]: row["value"] for row in rows if row["value"] is not None}


def test_a_table_that_a_workbook_lacks_is_not_known(published):
    assert staffing(published, "300011", "teachers_above_required_degree") == {A: 2}
    assert staffing(published, "300011", "pe_arts_teachers") == {A: 0, B: 0}
    assert staffing(published, "300011", "backbone_teachers") == {}


def test_who_left_is_gone_and_the_bureaus_list_speaks_for_all(published):
    assert staffing(published, "300012", "teachers_above_required_degree") == {A: 1, B: 1}
    assert staffing(published, "300012", "backbone_teachers") == {A: 1, B: 0}


def test_lists_of_persons_stand_side_by_side(published):
    assert staffing(published, "300013", "teachers_above_required_degree") == {A: 1, B: 0}


def test_a_merged_schools_list_ends_with_its_successors_next_one(published):
    assert staffing(published, "300015", "teachers_above_required_degree") == {A: 2}
    assert staffing(published, "300016", "teachers_above_required_degree") == {A: 3}
    assert fates(published, "300015", "students") == [("a.xlsx", 50, 0), ("b.xlsx", 0, 20)]


def test_a_name_counts_where_the_register_settles_it(published):
    assert staffing(published, "300014", "pe_arts_teachers") == {A: 0}
    assert staffing(published, "300014", "teachers_above_required_degree") == {A: 3}
    stopped = published.rows("quarantine", county_code="300014", table_name="staff")
    assert [(row["column_name"], row["rule"]) for row in stopped] == [("work_unit_code", "unknown_school")] * 2


def fates(published, county: str, table: str) -> list[tuple[str, int, int]]:
    rows = published.rows("delivery", county_code=county, table_name=table)
    return sorted((row["origin"].split("/")[1], row["rows_accepted"], row["rows_superseded"]) for row in rows if row["status"] != "missing")


def test_months_and_awards_add_up_and_a_corrected_month_replaces_its_own_unit(published):
    assert fates(published, "300021", "monthly_pay") == [("05 corrected.xlsx", 1, 0), ("05.xlsx", 1, 1), ("06.xlsx", 1, 0), ("award.xlsx", 1, 0)]


def test_no_row_gets_lost(published):
    for row in published.rows("delivery"):
        assert row["rows_delivered"] == row["rows_accepted"] + row["rows_quarantined"] + row["rows_superseded"] + row["rows_held"]
    assert fates(published, "300002", "students") == [("a.xlsx", 25, 0), ("county.csv", 0, 33), ("county.csv", 15, 14)]
