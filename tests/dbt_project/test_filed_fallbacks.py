"""Where no record tells, forms do: the same indicators on the declared basis, and records before forms where both stand."""

from __future__ import annotations

from fractions import Fraction

import pytest

from dbt_project.fractions_of import close
from dbt_project.test_county_indicators import room, rotation
from dbt_project.world import AS_OF, Person, World, county_figure, filed, registered, school_id

A, B = school_id(1), school_id(2)
BANDS = {"classes_46_50": 0, "classes_51_55": 0, "classes_56_65": 0, "classes_66_up": 0}


def forms_world() -> World:
    world = World()
    pri, nine = "primary_school", "nine_year_school"
    # rooms, sizes and classes of schools that only file
    world.file("360001", [
        *filed(A, pri, "primary", students=600, classes=13, music_rooms=2, art_rooms=1, **{**BANDS, "classes_46_50": 2}),
        *filed(B, nine, "primary", students=1300, classes=20, **BANDS), *filed(B, nine, "junior", students=1201, classes=5, **BANDS),
        *filed(B, nine, "whole", music_rooms=3, art_rooms=3),
    ])  # fmt: skip
    # the roll knows A; only B is told by its form
    world.pull_roll("360002", {A: ("小学", {"primary": [45]})})
    world.deliver("asset_register", "rooms", [room(A, 1, "音乐教室", "96"), room(A, 2, "美术教室", "90")], county="360002")
    world.file("360002", filed(A, pri, "primary", students=9000, classes=90, music_rooms=0, art_rooms=0, **{**BANDS, "classes_66_up": 9})
               + filed(B, pri, "primary", students=40, classes=1, music_rooms=1, art_rooms=1, **BANDS))  # fmt: skip
    # a band is missing; a class in a band that the limit of junior (50) does not cut
    world.file("360003", filed(A, pri, "primary", students=50, classes=1, classes_51_55=0, classes_56_65=0, classes_66_up=0))
    world.file("360004", filed(A, "junior_school", "junior", students=50, classes=1, **{**BANDS, "classes_46_50": 1}))
    # integrated: one stage files no classes
    world.file("360005", filed(A, nine, "primary", students=50, classes=1) + filed(A, nine, "junior", students=50)
               + filed(A, nine, "whole", music_rooms=9, art_rooms=9))  # fmt: skip
    # a form alone tells of B, which is too large to be funded as a small school: 2.6 rests on records
    registered(world, "360006", (A, "211", "220", "县级教育部门"), (B, "211", "220", "县级教育部门"))
    world.pull_roll("360006", {A: ("小学", {"primary": [50]})})
    world.file("360006", filed(B, pri, "primary", students=400))
    budget = {"budget_unit_code": A, "fiscal_year": 2025, "line_id": "1", "economic_code": "30201", "amount_yuan": "72000",
              "function_code": "2050202", "is_deleted": "0", "updated_on": AS_OF}  # fmt: skip
    world.deliver("finance_budget", "budget_lines", [budget], county="360006")
    _staff(world)
    _special(world)
    return world


def _staff(world: World) -> None:
    pri = "primary_school"
    trained = lambda school, teachers, hours, certified: filed(  # noqa: E731
        school, pri, "primary", students=10, full_time_teachers=teachers, teachers_with_training_hours=hours, certified_teachers=certified
    )
    world.file("360011", trained(A, 10, 10, 10) + trained(B, 5, 5, 4))
    world.file("360012", trained(A, 10, 10, None) + trained(B, 5, None, 5))  # one school's figure is missing each time
    world.file("360013", trained(A, 10, 9, 11) + trained(B, 5, None, 5))  # one teacher is known to lack training; 11 of 10 is no figure
    world.file("360014", trained(A, 10, 10, 10) + trained(B, None, 5, 5))
    # records before forms; where the system holds no certificates the form tells, against its own teachers
    registered(world, "360015", (A, "211", "111", "县级教育部门"))
    world.pull_roll("360015", {A: ("小学", {"primary": [10]})})
    world.pull_staff("360015", [Person(A), Person(A)], units=(A,))
    world.deliver("hr_payroll", "training_hours", [{"person_key": "person-0", "training_year": 2024, "project": "培训", "hours": "360"}], county="360015")
    world.file("360015", trained(A, 10, 10, 9))
    figures = lambda *values: [  # noqa: E731
        county_figure(m, v) for m, v in zip(("rotation_eligible_teachers", "rotated_teachers", "rotated_backbone_teachers"), values, strict=True)
    ]
    world.file("360016", filed(A, pri, "primary", students=10))
    world.deliver("declared", "county_measures", figures(100, 10, 2), county="360016")
    world.file("360017", filed(A, pri, "primary", students=10))
    world.deliver("declared", "county_measures", figures(101, 10, 1), county="360017")
    # rotations on record decide, whatever the form says
    world.pull_roll("360018", {A: ("小学", {"primary": [10]})})
    world.pull_staff("360018", [Person(A) for _ in range(4)], units=(A,))
    world.deliver("hr_payroll", "rotations", [rotation(0, AS_OF.replace(year=2024))], county="360018")
    world.deliver("declared", "county_measures", figures(100, 1, 0), county="360018")


def _special(world: World) -> None:
    figures = lambda funds, students: [  # noqa: E731
        county_figure("special_school_public_funds_yuan", funds), county_figure("special_school_students", students),
    ]
    world.pull_roll("360021", {A: ("514", {"primary": [5]})})
    world.deliver("declared", "county_measures", figures("79999.99", 10), county="360021")
    world.file("360022", filed(A, "primary_school", "primary", students=10))
    world.deliver("declared", "county_measures", figures(80_000, 10), county="360022")


CASES = [
    # county, indicator, component, stage, value, status, basis
    ("360001", "music_art_rooms", "music_rooms", "all", 0, "met", "declared"),
    ("360001", "music_art_rooms", "art_rooms", "all", 1, "not_met", "declared"),
    ("360001", "school_size", "", "all", 1, "not_met", "declared"),  # 2,501 in both stages
    ("360001", "class_size", "", "primary", 2, "not_met", "declared"),
    ("360001", "class_size", "", "junior", 0, "met", "declared"),
    ("360002", "music_art_rooms", "music_rooms", "all", 0, "met", "declared"),
    ("360002", "school_size", "", "all", 0, "met", "declared"),
    ("360002", "class_size", "", "primary", 0, "met", "declared"),
    ("360003", "class_size", "", "primary", None, "no_data", "none"),
    ("360004", "class_size", "", "junior", 0, "met", "declared"),
    ("360005", "music_art_rooms", "music_rooms", "all", None, "no_data", "none"),
    ("360006", "small_school_funding", "", "all", 0, "met", "records"),
    ("360006", "school_size", "", "all", 0, "met", "declared"),
    ("360011", "teacher_training_360h", "", "all", 100, "met", "declared"),
    ("360011", "teacher_certification", "", "all", Fraction(1400, 15), "not_met", "declared"),
    ("360012", "teacher_training_360h", "", "all", None, "no_data", "none"),
    ("360012", "teacher_certification", "", "all", None, "no_data", "none"),
    ("360013", "teacher_training_360h", "", "all", None, "not_met", "declared"),  # one lacks it, of five nobody knows
    ("360013", "teacher_certification", "", "all", None, "no_data", "none"),
    ("360014", "teacher_training_360h", "", "all", None, "no_data", "none"),
    ("360015", "teacher_training_360h", "", "all", 50, "not_met", "records"),
    ("360015", "teacher_certification", "", "all", 90, "not_met", "declared"),
    ("360016", "teacher_rotation", "rotated_share", "all", 10, "met", "declared"),
    ("360016", "teacher_rotation", "backbone_share", "all", 20, "met", "declared"),
    ("360017", "teacher_rotation", "rotated_share", "all", Fraction(1000, 101), "not_met", "declared"),
    ("360017", "teacher_rotation", "backbone_share", "all", 10, "not_met", "declared"),
    ("360018", "teacher_rotation", "rotated_share", "all", 25, "met", "records"),
    ("360021", "special_ed_funding_per_student", "", "all", Fraction("7999.999"), "not_met", "declared"),
    ("360022", "special_ed_funding_per_student", "", "all", 8000, "met", "declared"),
]  # fmt: skip


@pytest.fixture(scope="module")
def published(build):
    return build(forms_world())


@pytest.mark.parametrize("case", CASES, ids=lambda case: "-".join(case[:4]))
def test_forms_where_no_record_tells(published, case):
    county, indicator, component, stage, value, status, basis = case
    row = published.row("county_indicator", county_code=county, indicator_id=indicator, component=component, stage=stage)
    assert (row["status"], row["basis"]) == (status, basis), row
    assert row["value"] is None if value is None else close(row["value"], value), row


def test_findings_say_on_which_basis_they_rest(published):
    rows = {
        (r["school_id"], r["component"]): (r["status"], r["basis"], r["value"], r["threshold"])
        for r in published.rows("school_finding", county_code="360002", indicator_id="music_art_rooms")
    }
    assert rows[A, "music_rooms"] == ("met", "records", 1, 1) and rows[B, "music_rooms"] == ("met", "declared", 1, 1)


@pytest.mark.parametrize(
    ("county", "indicator", "component", "gap"),
    [
        ("360011", "teacher_certification", "", 1),  # 14 of 15, all are asked for
        ("360013", "teacher_training_360h", "", 1),  # 9 of 10, and of five nobody knows
        ("360017", "teacher_rotation", "rotated_share", Fraction(1, 10)),  # 10 of 101, a tenth is asked for
        ("360017", "teacher_rotation", "backbone_share", 1),  # 1 of 10, a fifth is asked for
    ],
)
def test_the_ledger_counts_the_people_whom_a_share_lacks(published, county, indicator, component, gap):
    item = published.row("rectification_ledger", county_code=county, school_id="", indicator_id=indicator, component=component)
    assert item["gap_unit"] == "persons" and close(item["gap"], gap), item
