"""From source rows to measures: codes, closings, corrections, counting rules. One county a scenario."""

from __future__ import annotations

from datetime import date

import pytest

from dbt_project.world import AS_OF, Person, World, filed, school_id

A, B, C, D = (school_id(n) for n in (1, 2, 3, 4))
LAST_YEAR = date(2024, 9, 1)
BEFORE, AFTER = date(2025, 6, 30), date(2025, 8, 31)
CLOSED = date(2025, 7, 15)


def register_row(school: str | None, kind: str = "211", **more) -> dict:
    return {"school_id": school, "school_name": f"小学{school}", "education_type": kind, "opened_on": date(1990, 9, 1), **more}


def card(holder: str, number: int, value: str, **more) -> dict:
    return {
        "holder_code": holder, "card_id": str(number), "class_code": "2010105", "original_value_yuan": value,
        "use_direction": "教学", "use_status": "在用", **more,
    }  # fmt: skip


def building(school: str, number: int, kind: str, area: str, use: str = "自用") -> dict:
    return {"school_id": school, "building_id": str(number), "space_kind": kind, "area_m2": area, "use_status": use}


def room(school: str, number: int, multimedia: str = "是", use: str = "在用") -> dict:
    return {"school_id": school, "room_id": str(number), "room_kind": "普通教室", "area_m2": "60", "is_multimedia": multimedia, "use_status": use}


def scenarios() -> World:
    world = World()
    # 200001: a merger, a chain of successors, a closing without successor, shared and unknown codes
    world.deliver(
        "registry", "schools",
        [
            register_row(A, credit_code="12410183MN1000001X", budget_unit_code="205001"),
            register_row(B, closed_on=CLOSED, successor_school_id=C, budget_unit_code="205002"),
            register_row(C, closed_on=CLOSED, successor_school_id=A, budget_unit_code="205003"),
            register_row(D, closed_on=CLOSED, budget_unit_code="205004"),
            register_row(school_id(5), budget_unit_code="205005"),
            register_row(school_id(6), budget_unit_code="205005"),
            register_row(None, kind="教学点", parent_school_id=A, budget_unit_code="205007"),
            register_row(school_id(8), opened_on=date(2026, 9, 1), budget_unit_code="205008"),
            register_row(school_id(9), kind="342-高级中学"),
            register_row(school_id(10), kind="不知道"),
        ],
        county="200001",
    )  # fmt: skip
    world.deliver("asset_register", "asset_cards", [card("12410183MN1000001X", 1, "100"), card("205007", 2, "20")], county="200001", as_of=AFTER)
    world.deliver("asset_register", "asset_cards", [card("205002", 3, "3"), card("205004", 4, "5")], county="200001", as_of=BEFORE)
    world.deliver(
        "asset_register", "asset_cards",
        [card("205003", 5, "7"), card("205005", 6, "11"), card("999999", 7, "13"), card("205008", 8, "17")],
        county="200001", as_of=AFTER,
    )  # fmt: skip
    # 200002: crosswalk decisions, proposals, and codes without a register
    world.deliver(
        "registry", "crosswalk",
        [
            {"source_system": "asset_register", "source_code": "205001", "school_id": A, "match_method": "manual"},
            {"source_system": "asset_register", "source_code": "205002", "school_id": A, "match_method": "proposal"},
            {"source_system": "hr_payroll", "source_code": "205003", "school_id": A, "match_method": "manual"},
            {"source_system": "asset_register", "source_code": "205004", "school_id": A, "match_method": "code", "valid_to": BEFORE},
            {"source_system": "asset_register", "source_code": "205005", "school_id": A, "match_method": "code", "valid_from": BEFORE},
        ],
        county="200002",
    )  # fmt: skip
    world.pull_roll("200002", {A: ("小学", {"primary": [10]})})
    world.deliver(
        "asset_register", "asset_cards",
        [card(f"20500{n}", n, str(10**n)) for n in (1, 2, 3, 4, 5)] + [card(A, 9, "1")],
        county="200002", as_of=AFTER,
    )  # fmt: skip
    _teachers(world)
    _facilities(world)
    _deliveries(world)
    _students(world)
    return world


def _teachers(world: World) -> None:
    """200003: who is a full-time teacher, in which stage, with what."""
    term, last, older = "2025-2026-1", "2024-2025-2", "2024-2025-1"
    title = ("县级", date(2020, 1, 1), None)
    persons = [
        Person(A),
        Person(A, status="交流", category="行政人员", posts=(("专业技术-教师", date(2020, 1, 1)),)),
        Person(A, status="病休", since=date(2025, 3, 2)),
        Person(A, status="病休", since=date(2025, 3, 1)),  # half a year is not under half a year
        Person(A, status="退休"),
        Person(A, status="借出"),
        Person(A, employment="代课"),
        Person(A, employment="兼任"),
        Person(A, category="行政人员"),
        Person(A, teaching="未任教"),
        Person(A, degrees=("31", "41-中等专科毕业"), courses=((term, "小学", "音乐", "8"), (term, "小学", "数学", "7"))),
        Person(A, degrees=("22",), courses=((last, "小学", "体育", "9"), (older, "初中", "语文", "20"))),
        Person(A, degrees=("31",), courses=((term, "初中", "语文", "10"), (term, "小学", "语文", "6"), ("2025-2026-2", "小学", "语文", "30"))),
        Person(A, courses=((term, "高中", "语文", "10"),)),
        Person(A, titles=(title, ("省级", date(2021, 1, 1), None))),
        Person(A, titles=(("校级", date(2020, 1, 1), None), ("县级", date(2019, 1, 1), date(2025, 8, 31)), ("县级", date(2025, 9, 2), None))),
        Person(A, titles=(("县级", date(2019, 1, 1), AS_OF),), courses=((term, "小学", "语文", "5"), (term, "小学", "体育与健康", "5"))),
    ]
    world.pull_roll("200003", {A: ("小学", {"primary": [100], "junior": [1]}), B: ("小学", {"primary": [40]})})
    world.pull_staff("200003", persons, units=(A, B))
    # a degree that no list knows: of A's two teachers one may be above the bar; of B's the other degree is enough
    world.pull_roll("200011", {A: ("小学", {"primary": [100]}), B: ("小学", {"primary": [40]})})
    world.pull_staff("200011", [Person(A), Person(A, degrees=("国学大师",)), Person(B, degrees=("国学大师", "21-大学本科毕业"))], units=(A, B))


def _facilities(world: World) -> None:
    """200004: which space, which room, which card counts."""
    world.pull_roll("200004", {A: ("小学", {"primary": [50]}), B: ("小学", {"primary": [50]})})
    world.deliver(
        "asset_register", "buildings",
        [
            building(A, 1, "普通教室", "100.25"), building(A, 2, "图书阅览室", "50"), building(A, 3, "室内体育用房", "30.5"),
            building(A, 4, "运动场地", "400"), building(A, 5, "学生宿舍", "999"), building(A, 6, "普通教室", "888", "出租"),
            building(A, 7, "飞船", "777"), building(B, 1, "食堂", "10"),
        ],
        county="200004", as_of=AFTER,
    )  # fmt: skip
    world.deliver("asset_register", "rooms", [room(A, 1), room(A, 2, "否"), room(A, 3, use="闲置"), room(A, 4, "1")], county="200004", as_of=AFTER)
    world.deliver(
        "asset_register", "asset_cards",
        [
            card(A, 1, "1000.50"), card(A, 2, "0.25", class_code="A02010105"), card(A, 3, "0.125".rstrip("5"), class_code="2410300"),
            card(A, 4, "5000", class_code="2020100"), card(A, 5, "6000", class_code="A0501"), card(A, 6, "7000", use_direction="行政"),
            card(A, 7, "0.05", use_direction=""), card(A, 8, "8000", use_status="待报废"), card(A, 9, "9000", class_code="2420000"),
        ],
        county="200004", as_of=AFTER,
    )  # fmt: skip


def _deliveries(world: World) -> None:
    """200005: later-dated, corrected, refused and held deliveries, and a newer pull."""
    world.file("200005", filed(A, "primary_school", "primary", LAST_YEAR, students=90, pe_arts_teachers=1), origin="2024.csv")
    world.file("200005", filed(A, "primary_school", "primary", students=100), origin="2025.csv", order=1)
    world.file("200005", filed(A, "primary_school", "primary", students=120), origin="2025.csv", order=2)
    world.file("200005", filed(A, "primary_school", "primary", date(2026, 9, 1), students=999), origin="2026.csv", order=3)
    world.file("200005", filed(A, "primary_school", "primary", students=1), origin="bad.csv", order=4, outcome="refused")
    world.file("200005", filed(A, "primary_school", "primary", students=2), origin="odd.csv", order=5, outcome="held")
    world.file("200005", filed(A, "primary_school", "primary", backbone_teachers=3), origin="gate.csv", order=6, stopped={0: ("value", "not_a_number")})
    # 200009: a stopped row is closed when its file was corrected, or its scope came again later
    world.file("200009", filed(A, "primary_school", "primary", students=1), origin="mended.csv", stopped={0: ("value", "not_a_number")})
    world.file("200009", filed(A, "primary_school", "primary", students=70), origin="mended.csv", order=1)
    world.file("200009", filed(B, "primary_school", "primary", LAST_YEAR, students=1), origin="old.csv", stopped={0: ("value", "not_a_number")})
    world.file("200009", filed(B, "primary_school", "primary", students=80), origin="new.csv", order=1)
    world.file("200009", filed(C, "primary_school", "primary", students=1), origin="still.csv", stopped={0: ("value", "not_a_number")})
    # the newer pull of a system brings an empty table: nobody is left, not the old rows
    world.pull_roll("200006", {A: ("小学", {"primary": [30]}), B: ("小学", {"primary": [20]})}, as_of=LAST_YEAR, origin="http://roll")
    world.pull_roll("200006", {A: ("小学", {"primary": [31]})}, origin="http://roll")
    world.pull_staff("200006", [Person(A, titles=(("县级", date(2020, 1, 1), None),))], as_of=LAST_YEAR)
    world.pull_staff("200006", [Person(A)])
    # filed by a closed school: beside its successor on the same day, outdated by the successor's later figure
    world.deliver("registry", "schools", [register_row(A), register_row(B, closed_on=CLOSED, successor_school_id=A)], county="200007")
    summer = date(2025, 7, 1)
    world.file("200007", filed(A, "primary_school", "primary", summer, students=100, pe_arts_teachers=2, backbone_teachers=4)
               + filed(B, "primary_school", "primary", summer, students=50, pe_arts_teachers=1))  # fmt: skip
    world.file("200007", filed(A, "primary_school", "primary", students=160))
    # 200010: a file a stage, one corrected figure, and a later figure for the whole school
    nine = "nine_year_school"
    world.file("200010", filed(A, nine, "primary", students=300, backbone_teachers=3, sports_area_m2=900), origin="小学.csv")
    world.file("200010", filed(A, nine, "junior", students=200, backbone_teachers=2, sports_area_m2=800), origin="初中.csv", order=1)
    world.file("200010", filed(A, nine, "primary", backbone_teachers=5), origin="更正.csv", order=2)
    world.file("200010", filed(A, nine, "whole", sports_area_m2=5200), origin="全校.csv", order=3)


def _students(world: World) -> None:
    """200008: spellings of grades and states, sizes of classes, unknown codes."""
    rows = [
        {"school_id": A, "student_key": str(n), "class_id": "1", "grade": grade, "status": status}
        for n, (grade, status) in enumerate(
            [("一年级", "在籍在读"), ("6", "1"), ("06", "1-在籍在读"), ("七年级", "在籍在读"), ("初二", "在籍在读"), ("9", "在籍在读"),
             ("10", "在籍在读"), ("一年级", "休学"), ("一年级", "转出"), ("十九年级", "在籍在读"), ("一年级", "出逃")]
        )
    ]  # fmt: skip
    sizes = {"2": 55, "3": 56, "4": 65, "5": 66}
    rows += [
        {"school_id": B, "student_key": f"{name}-{n}", "class_id": name, "grade": "三年级", "status": "在籍在读"}
        for name, size in sizes.items()
        for n in range(size)
    ]
    world.deliver("student_status", "schools", [{"school_id": s, "school_name": s, "education_type": "小学"} for s in (A, B, C)], county="200008")
    world.deliver("student_status", "students", rows, county="200008")


@pytest.fixture(scope="module")
def published(build):
    return build(scenarios())


def value(published, county, measure, school=A, stage="primary", basis="records"):
    found = published.rows("measure", county_code=county, school_id=school, stage=stage, measure_id=measure, basis=basis)
    return found[0]["value"] if found else None


def faults(published, county):
    return {(row["table_name"], row["column_name"], row["rule"]) for row in published.rows("quarantine", county_code=county)}


def test_only_existing_schools_of_compulsory_education_stand(published):
    assert [r["school_id"] for r in published.rows("school", county_code="200001")] == [A, school_id(5), school_id(6)]


def test_rows_of_a_closed_school_go_to_its_successor_until_the_closing(published):
    # 100 by credit code, 20 by the point without a code, 3 through two successors; 7 came after the closing
    assert value(published, "200001", "equipment_value_yuan") == 123


def test_codes_that_lead_nowhere_are_quarantined_with_the_reason(published):
    assert faults(published, "200001") == {
        ("asset_cards", "holder_code", "school_closed"),
        ("asset_cards", "holder_code", "ambiguous_code"),
        ("asset_cards", "holder_code", "unknown_school"),
        ("schools", "education_type", "unknown_code"),
    }
    rules = sorted(row["rule"] for row in published.rows("quarantine", county_code="200001", table_name="asset_cards"))
    assert rules == ["ambiguous_code", "school_closed", "school_closed", "unknown_school", "unknown_school"]
    assert all(row["message_zh"] and row["message_en"] for row in published.rows("quarantine", county_code="200001"))


def test_decisions_outrank_and_hold_for_their_system_and_their_days(published):
    # 10 by decision, 100000 by a decision that holds on the day, 1 because a school code stands for itself
    assert value(published, "200002", "equipment_value_yuan") == 100_011


def test_who_is_a_full_time_teacher_and_where(published):
    assert {m: value(published, "200003", m) for m in ("full_time_teachers", "teachers_above_required_degree", "backbone_teachers", "pe_arts_teachers")} == {
        "full_time_teachers": 8, "teachers_above_required_degree": 7, "backbone_teachers": 2, "pe_arts_teachers": 3,
    }  # fmt: skip
    # the junior teacher has a college degree, which is not above the bar there
    assert value(published, "200003", "full_time_teachers", stage="junior") == 1
    assert value(published, "200003", "teachers_above_required_degree", stage="junior") == 0
    # known to the personnel system, without teachers: zero, not missing
    assert value(published, "200003", "pe_arts_teachers", school=B) == 0
    # the unit's stage that the kind of school does not have, but the rows do
    assert [u["stage"] for u in published.rows("school_unit", county_code="200003", school_id=A)] == ["junior", "primary"]


def test_a_degree_that_no_list_knows_leaves_the_count_of_its_unit_open(published):
    rows = {r["school_id"]: r["value"] for r in published.rows("measure", county_code="200011", measure_id="teachers_above_required_degree")}
    assert rows == {B: 1}
    row = published.row("school_indicator", county_code="200011", school_id=A, indicator_id="teachers_above_required_degree_per_100")
    assert (row["value"], row["status"]) == (None, "no_data")
    assert faults(published, "200011") == {("degrees", "degree", "unknown_code")}


def test_which_space_room_and_card_counts(published):
    assert value(published, "200004", "teaching_area_m2") == 150.25
    assert value(published, "200004", "sports_area_m2") == 430.5
    assert value(published, "200004", "multimedia_classrooms") == 2
    assert value(published, "200004", "equipment_value_yuan") == pytest.approx(1000.50 + 0.25 + 0.12 + 0.05, rel=1e-15)
    assert ("buildings", "space_kind", "unknown_code") in faults(published, "200004")


def test_zero_of_a_listed_school_and_nothing_of_an_unlisted_one(published):
    assert value(published, "200004", "sports_area_m2", school=B) == 0
    assert value(published, "200004", "multimedia_classrooms", school=B) is None
    row = published.row("school_indicator", county_code="200004", school_id=B, indicator_id="multimedia_classrooms_per_100")
    assert (row["status"], row["value"], row["basis"]) == ("no_data", None, "none")
    zero = published.row("school_indicator", county_code="200004", school_id=B, indicator_id="sports_area_per_student")
    assert (zero["status"], zero["value"], zero["gap_to_threshold"], zero["gap_to_floor"]) == ("below_floor", 0, 375, 318.75)


def test_each_scope_uses_its_latest_delivery_of_the_day(published):
    found = {m: value(published, "200005", m, basis="declared") for m in ("students", "pe_arts_teachers", "backbone_teachers")}
    # last year's teachers are no figure beside this year's students: one snapshot, or no data
    assert found == {"students": 120, "pe_arts_teachers": None, "backbone_teachers": None}


def test_the_journal_says_what_became_of_every_delivery(published):
    rows = {row["origin"]: row for row in published.rows("delivery", county_code="200005") if row["status"] != "missing"}
    counts = ("rows_delivered", "rows_accepted", "rows_quarantined", "rows_superseded", "rows_held")
    corrected = [r for r in published.rows("delivery", county_code="200005") if r["origin"] == "2025.csv"]
    assert sorted((r["status"], *(r[c] for c in counts)) for r in corrected) == [("in_use", 1, 1, 0, 0, 0), ("superseded", 1, 0, 0, 1, 0)]
    assert {o: (r["status"], *(r[c] for c in counts)) for o, r in rows.items() if o != "2025.csv"} == {
        "2024.csv": ("superseded", 2, 0, 0, 2, 0),
        "2026.csv": ("not_yet_due", 1, 0, 0, 0, 1),
        "bad.csv": ("refused", 1, 0, 0, 0, 0),
        "odd.csv": ("held", 1, 0, 0, 0, 1),
        "gate.csv": ("in_use", 1, 0, 1, 0, 0),
    }
    (stopped,) = published.rows("quarantine", county_code="200005")
    assert (stopped["column_name"], stopped["rule"], stopped["stopped_by"], stopped["status"]) == ("value", "not_a_number", "gate", "open")


def test_a_stopped_row_is_closed_by_what_replaces_it_and_stays_on_the_list(published):
    rows = {row["origin"]: row["status"] for row in published.rows("quarantine", county_code="200009")}
    assert rows == {"mended.csv": "closed", "old.csv": "closed", "still.csv": "open"}
    assert {r["school_id"]: r["students"] for r in published.rows("school_unit", county_code="200009")} == {A: 70, B: 80}


def test_a_newer_pull_replaces_the_county_even_with_nothing(published):
    assert value(published, "200006", "students") == 31
    assert value(published, "200006", "backbone_teachers") == 0
    assert [r["school_id"] for r in published.rows("school", county_code="200006")] == [A]
    titles = {r["as_of_date"]: r["status"] for r in published.rows("delivery", county_code="200006", table_name="backbone_titles")}
    assert titles == {LAST_YEAR: "superseded", AS_OF: "in_use"}


def test_what_a_closed_school_filed_is_not_counted_twice(published):
    assert value(published, "200007", "students", basis="declared") == 160
    assert value(published, "200007", "pe_arts_teachers", basis="declared") == 3


def test_what_one_part_of_a_merged_school_did_not_file_is_missing(published):
    assert value(published, "200007", "backbone_teachers", basis="declared") is None


def test_a_file_a_stage_and_one_corrected_figure_stand_side_by_side(published):
    found = {
        (stage, measure): value(published, "200010", measure, stage=stage, basis="declared")
        for stage in ("primary", "junior")
        for measure in ("students", "backbone_teachers", "sports_area_m2")
    }
    # 300 + 1.1 * 200 = 520 weighted students share 5200 m2: ten each, the figures by stage gave way
    assert found == {
        ("primary", "students"): 300, ("primary", "backbone_teachers"): 5, ("primary", "sports_area_m2"): 3000,
        ("junior", "students"): 200, ("junior", "backbone_teachers"): 2, ("junior", "sports_area_m2"): 2200,
    }  # fmt: skip


def test_spellings_states_and_stages_of_students(published):
    assert value(published, "200008", "students") == 3
    assert value(published, "200008", "students", stage="junior") == 3
    assert value(published, "200008", "students", school=C) == 0
    unit = published.row("school_unit", county_code="200008", school_id=C)
    assert (unit["students"], unit["is_in_scope"], unit["scope_reason"]) == (0, False, "no_students")
    assert faults(published, "200008") == {("students", "grade", "unknown_code"), ("students", "status", "unknown_code")}


def test_classes_by_size(published):
    unit = published.row("school_unit", county_code="200008", school_id=B)
    assert (unit["students"], unit["classes"], unit["classes_56_65"], unit["classes_66_up"]) == (242, 4, 2, 1)


def test_a_verdict_for_every_county_of_the_data(published):
    counties = {row["county_code"] for row in published.rows("county_compliance")}
    assert counties == {f"2000{n:02d}" for n in range(1, 12)}
    for county in counties:
        parts = {row["part"]: row["verdict"] for row in published.rows("county_compliance", county_code=county)}
        assert set(parts) == {"preconditions", "resource", "government", "quality", "social", "veto", "all"}
        assert parts["government"] in ("fail", "undecided") and parts["all"] in ("fail", "undecided")
        assert len(published.rows("county_balance", county_code=county)) == 14
        assert len(published.rows("county_indicator", county_code=county)) == 60
