"""What schools, classes and rooms are found to be under the county's indicators; values worked out by hand.

The counties are those of test_county_indicators.py; here each finding stands alone, with value, demand and gap.
"""

from __future__ import annotations

import pytest

from dbt_project.test_county_indicators import A, B, C, D, E, G, scenarios

# county, indicator, component, school, stage, kind, item, status, value, threshold, gap, unit
FINDINGS = [
    ("300001", "music_art_rooms", "music_rooms", A, "all", "school", "", "met", 2, 2, 0, "rooms"),
    ("300001", "music_art_rooms", "art_rooms", A, "all", "school", "", "not_met", 1, 2, 1, "rooms"),
    ("300001", "music_art_rooms", "art_rooms", A, "all", "room", "4", "not_met", 89.9999, 90, pytest.approx(0.0001), "m2"),
    ("300001", "music_art_rooms", "music_rooms", C, "all", "school", "", "met", 1, 1, 0, "rooms"),
    ("300001", "music_art_rooms", "music_rooms", D, "all", "school", "", "not_met", 0, 1, 1, "rooms"),
    ("300001", "music_art_rooms", "music_rooms", D, "all", "room", "1", "not_met", 100, 96, 0, "m2"),
    ("300002", "music_art_rooms", "music_rooms", B, "all", "school", "", "no_data", None, 1, None, "rooms"),
    ("300004", "school_size", "", A, "all", "school", "", "met", 2500, 2500, 0, "persons"),
    ("300004", "school_size", "", C, "all", "school", "", "not_met", 2001, 2000, 1, "persons"),
    ("300004", "school_size", "", D, "all", "school", "", "not_met", 2501, 2500, 1, "persons"),
    ("300005", "class_size", "", A, "primary", "school", "", "not_met", 1, 0, 1, "classes"),
    ("300005", "class_size", "", A, "primary", "class", "primary1", "not_met", 46, 45, 1, "persons"),
    ("300005", "class_size", "", B, "junior", "class", "junior1", "not_met", 51, 50, 1, "persons"),
    ("300005", "class_size", "", B, "primary", "school", "", "met", 0, 0, 0, "classes"),
    ("300006", "small_school_funding", "", A, "all", "school", "", "met", 72000, 72000, 0, "yuan"),
    ("300006", "small_school_funding", "", B, "all", "school", "", "not_met", 71999.99, 72000, pytest.approx(0.01), "yuan"),
    ("300006", "small_school_funding", "", G, "all", "school", "", "not_met", 50000, 72000, 22000, "yuan"),
    ("300020", "teacher_training_budget_5pct", "", A, "all", "school", "", "met", 50, 50, 0, "yuan"),
    ("300020", "teacher_training_budget_5pct", "", B, "all", "school", "", "not_met", 50, 50.0005, pytest.approx(0.0005), "yuan"),
    ("300024", "teacher_training_budget_5pct", "", C, "all", "school", "", "not_met", 4.99, 5, pytest.approx(0.01), "yuan"),
]  # fmt: skip


@pytest.fixture(scope="module")
def published(build):
    return build(scenarios())


def found(published, county, indicator, component, school, stage, kind, item="") -> dict:
    return published.row(
        "school_finding", county_code=county, indicator_id=indicator, component=component, school_id=school,
        stage=stage, item_kind=kind, item=item,
    )  # fmt: skip


@pytest.mark.parametrize("case", FINDINGS, ids=lambda case: "-".join(str(part) for part in case[:7]))
def test_findings(published, case):
    *place, status, value, threshold, gap, unit = case
    row = found(published, *place)
    assert (row["status"], row["value"], row["threshold"], row["gap"], row["unit"]) == (status, value, threshold, gap, unit)


def test_a_room_that_is_let_says_so(published):
    assert found(published, "300001", "music_art_rooms", "music_rooms", D, "all", "room", "1")["detail"] == "not_in_use"


def test_what_a_rule_does_not_speak_of_has_no_finding(published):
    def schools(county: str, indicator: str) -> set[str]:
        return {row["school_id"] for row in published.rows("school_finding", county_code=county, indicator_id=indicator)}

    assert B not in schools("300001", "music_art_rooms")  # a teaching point
    assert schools("300006", "small_school_funding") == {A, B, C, G}  # neither D, not small, nor E, not a village school
    assert E not in schools("300006", "small_school_funding")


def test_classes_and_rooms_stand_only_where_they_fail(published):
    rows = [row for row in published.rows("school_finding") if row["item_kind"] != "school"]
    assert rows and {row["status"] for row in rows} == {"not_met"}
    # A has two music rooms of sufficient area: its smaller rooms need not be told
    assert not [r for r in rows if (r["county_code"], r["school_id"], r["component"]) == ("300001", A, "music_rooms")]


def test_the_basis_of_a_finding(published):
    def basis(county: str, school: str, indicator: str) -> str:
        return published.row("school_finding", county_code=county, school_id=school, indicator_id=indicator, item_kind="school")["basis"]

    assert basis("300017", A, "school_size") == "records"
    assert basis("300017", B, "school_size") == "declared"
    assert basis("300024", C, "teacher_training_budget_5pct") == "declared"
    assert basis("300025", C, "teacher_training_budget_5pct") == "none"
