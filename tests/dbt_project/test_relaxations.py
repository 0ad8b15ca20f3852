"""Limits that depend on a school's age or its students: by the relaxed rule set, and by ours, which has none."""

from __future__ import annotations

from datetime import date

import pytest

from dbt_project.world import RULE_SET, World, school_id

COUNTY, RELAXED = "410183", "cn-2017-6-relaxed"
LARGE, ROOMS = 2300, {"音乐教室": "75", "美术教室": "70"}
# school -> first day, students, migrant workers' children, short of rooms by the relaxed set, too large by it
SCHOOLS = {
    school_id(1): (date(2010, 12, 31), LARGE, 0, False, False),
    school_id(2): (date(2011, 1, 1), LARGE, 0, False, True),
    school_id(3): (date(2017, 1, 1), LARGE, LARGE // 2 + 1, True, False),
    school_id(4): (date(2017, 1, 1), LARGE, LARGE // 2, True, True),
    school_id(5): (None, LARGE, 0, True, True),
    school_id(6): (date(1990, 9, 1), 2401, 0, False, True),
}


def facts(rule_set: str) -> World:
    world = World(rule_set=rule_set)
    register = [
        {"school_id": school, "school_name": school, "education_type": "小学", "opened_on": opened}
        for school, (opened, *_) in SCHOOLS.items()
    ]
    world.deliver("registry", "schools", register, county=COUNTY)
    world.deliver("student_status", "schools", [{"school_id": s, "school_name": s, "education_type": "小学"} for s in SCHOOLS], county=COUNTY)
    students = [
        {"school_id": school, "student_key": f"{school}-{place}", "class_id": str(place % 12), "grade": "三年级", "status": "在籍在读",
         "migrant_child": "1-是" if place < migrants else "否"}
        for school, (_, count, migrants, *_) in SCHOOLS.items()
        for place in range(count)
    ]  # fmt: skip
    world.deliver("student_status", "students", students, county=COUNTY)
    rooms = [
        {"school_id": school, "room_id": kind, "room_kind": kind, "area_m2": area, "is_multimedia": "否", "use_status": "在用"}
        for school in SCHOOLS
        for kind, area in ROOMS.items()
    ]
    world.deliver("asset_register", "rooms", rooms, county=COUNTY)
    return world


@pytest.fixture(scope="module")
def judged(build):
    return {rule_set: build(facts(rule_set)) for rule_set in (RULE_SET, RELAXED)}


def violations(published, indicator: str) -> set[float]:
    return {row["value"] for row in published.rows("county_indicator", county_code=COUNTY, indicator_id=indicator)}


def test_our_rule_set_knows_no_relaxation(judged):
    assert violations(judged[RULE_SET], "school_size") == {len(SCHOOLS)}
    assert violations(judged[RULE_SET], "music_art_rooms") == {len(SCHOOLS)}


def test_old_schools_and_schools_of_migrant_children_may_be_larger(judged):
    assert violations(judged[RELAXED], "school_size") == {sum(too_large for *_, too_large in SCHOOLS.values())}


def test_old_schools_may_have_smaller_rooms(judged):
    assert violations(judged[RELAXED], "music_art_rooms") == {sum(short for *_, short, _ in SCHOOLS.values())}


def test_schools_are_named_with_the_limit_that_they_are_held_to(judged):
    rows = judged[RELAXED].rows("school_finding", indicator_id="school_size")
    asked = {row["school_id"]: row["threshold"] for row in rows if row["status"] == "not_met"}
    assert asked == {school_id(2): 2000, school_id(4): 2000, school_id(5): 2000, school_id(6): 2400}


def test_conditions_stand_in_the_indicator_table(judged):
    (limits,) = [row["limits"] for row in judged[RULE_SET].rows("indicator", id="music_art_rooms", rule_set=RELAXED)]
    assert "music_room_least_m2 = 73.0 m2 opened_until 2016-12-31" in limits and "music_room_least_m2 = 96.0 m2" in limits
