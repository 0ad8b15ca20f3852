"""Computers from asset cards, teachers of middle rank from posts, books as filed."""

from __future__ import annotations

from datetime import date

import pytest

from dbt_project.world import Person, World, filed, school_id

COUNTY, SILENT = "500101", "500102"
SCHOOL, NINE, VAGUE = school_id(1), school_id(2), school_id(3)
# class, use, status, pieces; what counts
CARDS = [
    ("2010104", "教学", "在用", 30, True), ("2010105", "", "自用", 5, True), ("A02010108", "教学", "在用", 4, True),
    ("A02010105", "教学", "闲置", 7, False), ("2010104", "行政", "在用", 9, False),
    ("2010601", "教学", "在用", 11, False), ("2010000", "教学", "在用", 13, False),
]  # fmt: skip
# rank of the current post -> whether it counts
RANKS = {
    "一级教师": True, "高级教师": True, "正高级教师": True, "中学一级": True, "小学高级": True, "副高级": True, "中级": True,
    "二级教师": False, "三级教师": False, "小学一级": False, "助理级": False, "员级": False, "未定职级": False, "": False, None: False,
}  # fmt: skip


def post(world: World, county: str, posts: list[tuple[int, str | None, date, date | None]]) -> None:
    rows = [
        {"person_key": f"person-{person}", "post_category": "专业技术-教师", "professional_rank": rank, "started_on": start, "ended_on": end}
        for person, rank, start, end in posts
    ]
    world.deliver("hr_payroll", "posts", rows, county=county, order=5)


@pytest.fixture(scope="module")
def published(build):
    world = World()
    roll = {SCHOOL: ("小学", {"primary": [40]}), NINE: ("九年一贯制学校", {"primary": [30], "junior": [20]}), VAGUE: ("小学", {"primary": [10]})}
    world.pull_roll(COUNTY, roll)
    cards = [
        {"holder_code": school, "card_id": f"{school}-{number}", "class_code": code, "use_direction": use or None, "use_status": status,
         "quantity": pieces, "original_value_yuan": "1"}
        for school in (SCHOOL, NINE)
        for number, (code, use, status, pieces, _) in enumerate(CARDS)
    ]  # fmt: skip
    nameless = {"holder_code": VAGUE, "card_id": "1", "class_code": "2010104", "use_status": "在用", "quantity": None, "original_value_yuan": "1"}
    world.deliver("asset_register", "asset_cards", [*cards, nameless], county=COUNTY)
    world.file(COUNTY, filed(NINE, "nine_year_school", "whole", books=520))
    long_ago, today = date(2015, 9, 1), world.as_of
    teachers = [Person(SCHOOL) for _ in RANKS] + [Person(SCHOOL), Person(SCHOOL), Person(NINE), Person(VAGUE), Person(VAGUE)]
    world.pull_staff(COUNTY, teachers)
    posts = [(number, rank, long_ago, None) for number, rank in enumerate(RANKS)]
    n = len(RANKS)
    posts += [(n, "一级教师", long_ago, date(2024, 8, 31)), (n, "二级教师", date(2024, 9, 1), None)]  # held no longer
    posts += [(n + 1, "二级教师", long_ago, None), (n + 1, "一级教师", today, None)]  # since today, beside an old row
    posts += [(n + 2, "一级教师", date(2025, 9, 2), None)]  # from tomorrow
    posts += [(n + 3, "特级匠师", long_ago, None), (n + 4, "一级教师", long_ago, None)]  # a rank that no list knows
    post(world, COUNTY, posts)
    world.pull_roll(SILENT, {SCHOOL: ("小学", {"primary": [40]})})
    world.pull_staff(SILENT, [Person(SCHOOL)])
    world.ledger[:] = [r for r in world.ledger if (r["county_code"], r["table_name"]) != (SILENT, "posts")]
    return build(world)


def value(published, county, school, measure, stage="primary"):
    rows = published.rows("measure", county_code=county, school_id=school, measure_id=measure, stage=stage)
    return (rows[0]["value"], rows[0]["basis"], rows[0]["source"]) if rows else None


def test_computers_are_the_pieces_in_use_for_teaching_of_the_computer_classes(published):
    counted = sum(pieces for *_, pieces, counts in CARDS if counts)
    assert value(published, COUNTY, SCHOOL, "computers") == (counted, "records", "asset_register")
    primary, junior = (value(published, COUNTY, NINE, "computers", stage)[0] for stage in ("primary", "junior"))
    assert (primary, junior) == pytest.approx((counted * 30 / 52, counted * 22 / 52), rel=1e-12)


def test_a_card_that_does_not_say_how_many_leaves_the_school_unknown(published):
    assert value(published, COUNTY, VAGUE, "computers") is None
    assert value(published, COUNTY, VAGUE, "equipment_value_yuan")[0] == 1


def test_ranks_of_the_day_from_the_middle_up_are_counted(published):
    assert value(published, COUNTY, SCHOOL, "mid_rank_teachers") == (sum(RANKS.values()) + 1, "records", "hr_payroll")
    assert value(published, COUNTY, NINE, "mid_rank_teachers") == (0, "records", "hr_payroll")
    assert value(published, COUNTY, SCHOOL, "full_time_teachers")[0] == len(RANKS) + 2


def test_a_rank_that_no_list_knows_leaves_the_unit_unknown_and_so_does_a_county_without_posts(published):
    assert value(published, COUNTY, VAGUE, "mid_rank_teachers") is None
    assert value(published, COUNTY, VAGUE, "full_time_teachers")[0] == 2
    assert value(published, SILENT, SCHOOL, "mid_rank_teachers") is None


def test_filed_books_are_split_like_any_facility_and_all_stand_in_the_wide_table(published):
    # no students are filed: the roll's 30 and 20, weighted 30 and 22, split the books
    assert value(published, COUNTY, NINE, "books") == (300, "declared", "declared")
    assert value(published, COUNTY, NINE, "books", "junior") == (220, "declared", "declared")
    row = published.row("school_fact", county_code=COUNTY, school_id=SCHOOL, stage="primary")
    assert (row["computers"], row["mid_rank_teachers"], row["books"]) == (39, sum(RANKS.values()) + 1, None)
