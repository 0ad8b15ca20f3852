"""A county that moves: the same days give the same county, and what lies in it is what the truth says."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import urllib.request
from collections import Counter
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from moved_sandbox import DAYS, FACILITIES, FIRST, PEOPLE, changes, digests, measures, truth
from recount_of_a_day import Recount

from sandbox.advance import advance_sandbox
from sandbox.make import Order, make_counties, make_sandbox, planned
from sandbox.pupil_rows import IN_SCHOOL
from sandbox.serve import serve
from sandbox.standard import SPLIT_WEIGHT
from sandbox.truth import truth_of


def small_county(folder: Path) -> Path:
    make_sandbox(folder, schools=14, students=2_500, seed=5, as_of=FIRST)
    return folder


@pytest.fixture(scope="module")
def thirty_days(tmp_path_factory) -> Path:
    folder = small_county(tmp_path_factory.mktemp("thirty") / "sandbox")
    advance_sandbox(folder, 30)
    return folder


# ---- the same days, the same county


def test_ten_days_and_twenty_are_thirty(thirty_days, tmp_path):
    other = small_county(tmp_path / "other")
    advance_sandbox(other, 10)
    advance_sandbox(other, 20, every=7)
    assert digests(other) == digests(thirty_days)
    assert {path.name for path in (other / "truth/days").iterdir()} == {str(FIRST + timedelta(days=day)) for day in (0, 10, 17, 24, 30)}


def test_the_same_bytes_in_another_process_and_zone(thirty_days, tmp_path):
    folder = small_county(tmp_path / "again")
    code = f"from pathlib import Path; from sandbox.advance import advance_sandbox; advance_sandbox(Path({str(folder)!r}), 30)"
    other = os.environ | {"PYTHONHASHSEED": "7", "TZ": "America/Sao_Paulo", "LC_ALL": "C"}
    subprocess.run([sys.executable, "-c", code], env=other, check=True)
    assert digests(folder, leave_out=" ") == digests(thirty_days, leave_out=" ")


def test_a_year_in_one_step_and_in_two(tmp_path):
    """Over the new budget, the merger and the new school year."""
    one, two = small_county(tmp_path / "one"), small_county(tmp_path / "two")
    advance_sandbox(one, 380)
    for days in (200, 180):
        advance_sandbox(two, days)
    assert digests(one) == digests(two)


def test_made_again_begins_anew(tmp_path):
    folder = small_county(tmp_path / "again")
    before = digests(folder)
    advance_sandbox(folder, 3)
    assert digests(small_county(folder), leave_out=" ") == before


def test_several_counties_move_together(tmp_path):
    make_counties(tmp_path / "two", [Order(code, schools=12, students=1_000, seed=4) for code in ("410183", "410184")], as_of=FIRST)
    advance_sandbox(tmp_path / "two", 60)
    assert {row["county_code"] for row in changes(tmp_path / "two")} == {"410183", "410184"}
    exports = [path.parent.name for path in (tmp_path / "two/inbox/asset_register").rglob("资产卡片*2025-10-31.csv")]
    assert sorted(exports) == ["410183", "410184"]


@pytest.mark.parametrize(("days", "every"), [(0, None), (5, 0)])
def test_time_does_not_stand_still_or_go_back(thirty_days, days, every):
    with pytest.raises(ValueError, match="at least one day"):
        advance_sandbox(thirty_days, days, every=every)


def test_where_there_is_no_sandbox(tmp_path):
    with pytest.raises(FileNotFoundError, match="junheng sandbox make"):
        advance_sandbox(tmp_path, 1)


# ---- what the county's systems and files say of the day


def test_the_systems_speak_of_the_day(long_moved):
    day = str(FIRST + timedelta(days=DAYS))
    with sqlite3.connect(long_moved / "systems" / "hr_payroll.sqlite") as database:
        assert database.execute("select as_of_date from system_state").fetchall() == [(day,)]
    database.close()
    with serve(long_moved) as settings:
        request = urllib.request.Request(
            settings["JUNHENG_STUDENT_STATUS_URL"] + "/v1/state", headers={"Authorization": f"Bearer {settings['JUNHENG_STUDENT_STATUS_TOKEN']}"}
        )
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as answer:
            assert json.load(answer)["as_of_date"] == day


def test_the_plan_of_the_day_can_be_made_again(long_moved):
    county = planned(long_moved)
    written = [(row["school_id"], row["stage"], int(row["students"])) for row in truth(long_moved, "school_unit")]
    assert written == [(unit.school_id, unit.stage, unit.students) for unit in truth_of(county).units]
    for school in county.schools:
        heads = Counter()
        for group in school.classes:
            heads[group.stage] += group.size
        assert heads == Counter({stage: count for stage, count in school.students.items() if count})
    pupils = county.kept.pupils
    in_school = pupils.person[pupils.status == IN_SCHOOL]
    assert len(in_school) == len(set(in_school.tolist())), "a pupil sits in two schools"


def test_students(long_moved, recount):
    found = recount.students()
    assert {unit: Fraction(found[unit]) for unit in measures(long_moved)["students"]} == measures(long_moved)["students"]
    assert {school for school, _ in found} <= {school for school, _ in measures(long_moved)["students"]}


def test_rolls_have_no_row_twice_and_sit_in_classes_that_exist(recount):
    rows = recount.items("students")
    keys = [(row["学校标识码"], row["全国学籍号"]) for row in rows]
    assert keys == sorted(set(keys))
    classes = {(row["学校标识码"], row["班号"]): row["年级"] for row in recount.items("classes")}
    assert all(classes[row["学校标识码"], row["班号"]] == row["年级"] for row in rows)


def test_teachers_and_their_marks(long_moved, recount):
    found, true = recount.teachers(), measures(long_moved)
    for measure in PEOPLE[2:]:
        assert {unit: Fraction(found[measure][unit]) for unit in true[measure]} == true[measure], measure


def test_areas_equipment_and_rooms(long_moved, recount):
    found, students, true = recount.facilities(), recount.students(), measures(long_moved)
    for measure in FACILITIES:
        for (school, stage), value in true[measure].items():
            weighted = {of: SPLIT_WEIGHT[of] * students[school, of] for of in SPLIT_WEIGHT}
            share = Fraction(1) if sum(weighted.values()) in (0, weighted[stage]) else weighted[stage] / sum(weighted.values())
            assert found[measure][school] * share == value, (measure, school, stage)


def test_earlier_files_stay_and_new_ones_lie_beside_them(long_moved):
    before = json.loads((long_moved / "inbox_before.json").read_text(encoding="utf-8"))
    after = digests(long_moved / "inbox")
    assert {name: after.get(name) for name in before} == before
    new = after.keys() - before.keys()
    months = [FIRST.replace(year=year, month=month) - timedelta(days=1) for year, month in [(2025, 10), (2026, 1), (2026, 10)]]
    assert {f"asset_register/资产卡片_模拟数据_{day}.csv" for day in months} <= new
    assert {"finance_budget/410183/部门预算表_2026年.xlsx", "finance_budget/410183/预算指标_2026_模拟数据.csv"} <= new
    assert {"registry/学校名录_2026-04-20.xlsx", "registry/学校名录_2026-07-10.xlsx"} <= new
    assert {"declared/填报数据_模拟数据_2026.csv", "declared/教育事业统计_2026.xlsx", "declared/填报数据_更正_模拟数据_2025-11-12.csv"} <= new


def test_marks_of_change_are_newer_where_something_changed_and_as_they_were_elsewhere(tmp_path):
    folder = small_county(tmp_path / "marks")
    rows = []
    for days in (0, 30):
        if days:
            advance_sandbox(folder, days)
        rows.append({(row["学校标识码"], row["全国学籍号"]): row for row in Recount(folder, FIRST).items("students")})
    first, later = rows
    changed = {key for key in first if first[key] != later[key]}
    assert changed and all(later[key]["updated_at"] > f"{FIRST}T" > first[key]["updated_at"] for key in changed)
    assert all(later[key]["updated_at"] > f"{FIRST}T" for key in later.keys() - first.keys())
    assert first.keys() <= later.keys(), "a row vanished within a school year"


def test_a_pupil_keeps_the_number_for_life(tmp_path):
    """Over the new school year: whoever leaves primary school is found in a junior school, a grade higher."""
    folder = small_county(tmp_path / "life")
    numbers = []
    for days in (0, 365):
        if days:
            advance_sandbox(folder, days)
        in_school = [row for row in Recount(folder, FIRST).items("students") if row["学籍状态"] == "在籍在读"]
        numbers.append({row["全国学籍号"]: STAGES.index(grade_of(row["年级"])) for row in in_school})
    first, later = numbers
    both = first.keys() & later.keys()
    assert len(both) > len(first) * 0.7
    assert all(later[number] - first[number] in (0, 1) for number in both)
    assert sum(first[number] == 5 and later[number] == 6 for number in both) > 0.9 * sum(grade == 5 for grade in first.values())


STAGES = range(12)


def grade_of(text: str) -> int:
    """0-11."""
    numerals = "一二三四五六七八九"
    if text.isdigit():
        return int(text) - 1
    if text[0] in "初高":
        return numerals.index(text[1]) + {"初": 6, "高": 9}[text[0]]
    return numerals.index(text[0])
