"""The forms that the sandbox writes are read back figure by figure: schools, a sheet a school, the county."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from reading import read_file, read_one

from sandbox.form_workbooks import FormSchool, write_county_workbook, write_school_sheet, write_school_table

DAY = date(2025, 9, 1)
NINE_YEAR = FormSchool(
    "3141000001", "某九年一贯制学校", "nine_year_school",
    {
        ("primary", "zoned_students"): 301, ("junior", "zoned_students"): 148, ("primary", "certified_teachers"): 20,
        ("junior", "certified_teachers"): None, ("junior", "junior_graduates"): 95, ("junior", "junior_deaths"): 0,
        ("whole", "teaching_area_m2"): Decimal("4100.25"), ("whole", "sports_area_m2"): Decimal("9000.5"),
        ("whole", "equipment_value_yuan"): Decimal("1234567.89"), ("whole", "multimedia_classrooms"): 24, ("whole", "music_rooms"): 2,
        ("whole", "public_funds_budget_yuan"): Decimal("812345.6"),
    },
    {"primary": [25, 44, 45, 46, 60, 61, 66, 80], "junior": [50, 50, 51]},
    Decimal("300.75"),
)  # fmt: skip
PRIMARY = FormSchool("2141000002", "某小学", "primary_school", {("primary", "zoned_students"): 12, ("whole", "music_rooms"): 0})
BANDS = ("classes_up_to_25", "classes_26_30", "classes_31_35", "classes_36_40", "classes_41_45", "classes_46_50", "classes_51_55", "classes_56_65", "classes_66_up")
# counted by hand from the sizes above
COUNTED = {"primary": (8, 1, 0, 0, 0, 2, 1, 0, 2, 2), "junior": (3, 0, 0, 0, 0, 0, 2, 1, 0, 0)}


def expected() -> dict[tuple[str, str, str], Decimal | int | None]:
    figures = {(NINE_YEAR.school_id, *key): figure for key, figure in NINE_YEAR.figures.items()}
    for stage, (classes, *counts) in COUNTED.items():
        figures[NINE_YEAR.school_id, stage, "classes"] = classes
        figures |= {(NINE_YEAR.school_id, stage, band): count for band, count in zip(BANDS, counts, strict=True)}
    return figures


def read_back(path) -> dict:
    read = read_one("declared", path)
    assert not read.damages and read.delivery.as_of_date == DAY
    return {(row["school_id"], row["stage"], row["measure_id"]): row["value"] for row in read.rows}


def test_a_sheet_of_items_for_one_school(tmp_path):
    write_school_sheet(NINE_YEAR, tmp_path / "学校.xlsx", DAY)
    assert read_back(tmp_path / "学校.xlsx") == expected()


def test_a_table_of_schools(tmp_path):
    write_school_table([NINE_YEAR, PRIMARY], tmp_path / "学校填报表.xlsx", DAY)
    others = {(PRIMARY.school_id, "primary", "zoned_students"): 12, (PRIMARY.school_id, "primary", "music_rooms"): 0}
    assert read_back(tmp_path / "学校填报表.xlsx") == expected() | others


COUNTY = {
    ("primary", "urban", "funding_standard_yuan"): Decimal(720), ("primary", "rural", "funding_standard_yuan"): Decimal("719.5"),
    ("junior", "urban", "funding_standard_yuan"): Decimal(940), ("junior", "rural", "funding_standard_yuan"): Decimal(940),
    ("all", "", "special_school_public_funds_yuan"): Decimal("812345.67"), ("all", "", "special_school_students"): 101,
    ("all", "", "teacher_average_pay_yuan"): Decimal("98765.43"), ("all", "", "civil_servant_average_pay_yuan"): Decimal("98765.44"),
    ("all", "", "rotation_eligible_teachers"): 900, ("all", "", "rotated_teachers"): 91, ("all", "", "rotated_backbone_teachers"): 19,
    ("all", "", "quality_high_school_places"): 2400, ("all", "", "allocated_places"): 1200, ("all", "", "places_to_rural_schools"): 400,
    ("all", "", "migrant_children_eligible"): 1600, ("all", "", "migrant_children_public"): 1300, ("all", "", "migrant_children_purchased"): None,
    ("all", "", "disabled_children"): 80, ("all", "", "disabled_children_enrolled"): 79,
}  # fmt: skip
SURVEY = {("all", group, measure): count for group, count in (("student", 300), ("npc_deputy", 20), ("", 320)) for measure in ("survey_sent", "survey_returned", "survey_satisfied")}
WRITTEN = {"urban": "城市", "rural": "农村", "student": "学生", "npc_deputy": "人大代表", "": None}


@pytest.mark.parametrize("figures", [COUNTY, COUNTY | SURVEY])
def test_the_county_form(tmp_path, figures):
    write_county_workbook(figures, tmp_path / "县级填报表.xlsx", DAY)
    (read,) = read_file("declared", tmp_path / "县级填报表.xlsx")
    assert not read.damages and read.delivery.as_of_date == DAY
    back = {(row["stage"], row["category"], row["measure_id"]): row["value"] for row in read.rows}
    assert back == {(stage, WRITTEN[category], measure): figure for (stage, category, measure), figure in figures.items()}
