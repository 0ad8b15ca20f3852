"""A county that moves: the same days give the same county, and what lies in it is what the truth says."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import sqlite3
import subprocess
import sys
import urllib.request
from collections import Counter, defaultdict
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from recount_of_a_day import Recount

from sandbox.advance import advance_sandbox
from sandbox.changes import KINDS
from sandbox.make import Order, make_counties, make_sandbox, planned
from sandbox.pupil_rows import IN_SCHOOL
from sandbox.serve import serve
from sandbox.standard import SPLIT_WEIGHT
from sandbox.truth import truth_of

FIRST = date(2025, 9, 1)
DAYS = 400
PEOPLE = ("students", "full_time_teachers", "teachers_above_required_degree", "backbone_teachers", "pe_arts_teachers")
FACILITIES = ("teaching_area_m2", "sports_area_m2", "equipment_value_yuan", "multimedia_classrooms")


def digests(folder: Path, *, leave_out: str = "truth/days") -> dict[str, str]:
    files = {str(path.relative_to(folder)): path for path in sorted(folder.rglob("*")) if path.is_file()}
    return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items() if not name.startswith(leave_out)}


def changes(folder: Path) -> list[dict[str, str]]:
    with (folder / "truth" / "changes.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def truth(folder: Path, name: str, day: int | None = None) -> list[dict[str, str]]:
    of_day = folder / "truth" if day is None else folder / "truth" / "days" / str(FIRST + timedelta(days=day))
    with (of_day / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def measures(folder: Path, day: int | None = None) -> dict[str, dict[tuple[str, str], Fraction]]:
    found: dict[str, dict] = defaultdict(dict)
    for row in truth(folder, "measure", day):
        found[row["measure_id"]][row["school_id"], row["stage"]] = Fraction(row["value"])
    return found


def small_county(folder: Path) -> Path:
    make_sandbox(folder, schools=14, students=2_500, seed=5, as_of=FIRST)
    return folder


@pytest.fixture(scope="module")
def thirty_days(tmp_path_factory) -> Path:
    folder = small_county(tmp_path_factory.mktemp("thirty") / "sandbox")
    advance_sandbox(folder, 30)
    return folder


@pytest.fixture(scope="module", params=[(20, 3), (20, 8)], ids=lambda county: f"{county[0]}-schools-seed-{county[1]}")
def long_moved(request, tmp_path_factory) -> Path:
    """A county of 20 schools after 400 days, with the truths of days 100, 200 and 300 kept."""
    schools, seed = request.param
    folder = tmp_path_factory.mktemp("long") / "sandbox"
    make_sandbox(folder, schools=schools, seed=seed, as_of=FIRST)
    before = digests(folder / "inbox")
    advance_sandbox(folder, DAYS, every=100)
    (folder / "inbox_before.json").write_text(json.dumps(before), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def recount(long_moved) -> Recount:
    return Recount(long_moved, FIRST)


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


# ---- what changed


def test_every_kind_of_change_within_400_days(long_moved):
    possible = KINDS.keys() - {"music_art_room_built"}  # only where a school has too few
    assert possible <= {row["kind"] for row in changes(long_moved)}


def test_every_kind_of_change_within_a_year_of_the_default_county(tmp_path):
    make_sandbox(tmp_path / "default")
    advanced = advance_sandbox(tmp_path / "default", 365)
    assert KINDS.keys() - {"book_sent_again"} == advanced.changes.keys()  # that waits for the book of the second school year
    students = sum(county.students for county in advanced.counties)
    assert abs(students - 86_000) < 4_000


def test_changes_are_dated_worded_and_hold_no_person(long_moved):
    rows = changes(long_moved)
    days = [row["date"] for row in rows]
    assert days == sorted(days) and str(FIRST) < days[0] and days[-1] <= str(FIRST + timedelta(days=DAYS))
    schools = {row["school_id"] for day in (0, DAYS) for row in truth(long_moved, "school_unit", day)}
    for row in rows:
        assert row["what_zh"] and row["what_en"] and row["what_zh"] != row["what_en"]
        assert not row["school_id"] or row["school_id"] in schools
        assert row["kind"] in KINDS
    with sqlite3.connect(long_moved / "systems" / "hr_payroll.sqlite") as database:
        names = {name for pair in database.execute("select id_number, name from staff") for name in pair}
    database.close()
    text = (long_moved / "truth" / "changes.csv").read_text(encoding="utf-8")
    assert not [name for name in names if len(name) > 2 and name in text]


def test_changes_explain_the_students_and_teachers_of_every_day(long_moved):
    """Of each school and stage: the first day's number and the changes until then are the day's number."""
    first = measures(long_moved, 0)
    for day in (100, 200, 300, DAYS):
        until, later = str(FIRST + timedelta(days=day)), measures(long_moved, day)
        for measure in ("students", *PEOPLE[2:]):
            moved = Counter()
            for row in changes(long_moved):
                if row["measure_id"] == measure and row["date"] <= until and row["stage"] != "senior" and row["kind"] in COUNTED_KINDS:
                    moved[row["school_id"], row["stage"]] += Fraction(row["after"]) - Fraction(row["before"])
            units = first[measure].keys() | later[measure].keys()
            assert {u: later[measure].get(u, 0) - first[measure].get(u, 0) for u in units} == {u: moved[u] for u in units}, (day, measure)


def test_changes_explain_the_areas_of_every_day(long_moved):
    """Of each school, over its stages; senior stages have their part of a facility too, and are left out."""
    with_senior = {school.school_id for school in planned(long_moved).schools if "senior" in school.students}
    first = measures(long_moved, 0)
    for day in (100, 300, DAYS):
        until, later = str(FIRST + timedelta(days=day)), measures(long_moved, day)
        for measure in FACILITIES:
            moved, found = Counter(), Counter()
            for row in changes(long_moved):
                if row["measure_id"] == measure and row["date"] <= until and row["stage"] == "whole" and row["kind"] in COUNTED_KINDS:
                    moved[row["school_id"]] += Fraction(row["after"]) - Fraction(row["before"])
            for sign, values in ((-1, first[measure]), (1, later[measure])):
                for (school, _), value in values.items():
                    found[school] += sign * value
            listed = {school for school, _ in first[measure]} - with_senior
            assert {s: found[s] for s in listed} == {s: moved[s] for s in listed}, (day, measure)


COUNTED_KINDS = KINDS.keys() - {"form_corrected", "book_sent_again"}  # what was filed moves no record


def test_each_change_begins_where_the_last_one_ended(long_moved):
    standing: dict[tuple[str, ...], str] = {}
    for row in changes(long_moved):
        if row["kind"] in COUNTED_KINDS and row["measure_id"] in (*PEOPLE, *FACILITIES):
            about = (row["school_id"], row["stage"], row["measure_id"])
            assert standing.get(about, row["before"]) == row["before"] != row["after"], row
            standing[about] = row["after"]


def test_a_merger_moves_rows_and_leaves_the_register_as_witness(long_moved, recount):
    gone = {row["school_id"] for row in changes(long_moved) if row["kind"] == "school_merged" and not row["measure_id"]}
    assert gone and gone <= recount.closed.keys()
    assert not gone & {school for school, _ in measures(long_moved)["students"]}
    for resource in ("schools", "campuses", "classes", "students"):
        assert not gone & {row["学校标识码"] for row in recount.items(resource)}
    with sqlite3.connect(long_moved / "systems" / "hr_payroll.sqlite") as database:
        units = {unit for (unit,) in database.execute("select work_unit_code from staff union select unit_code from units")}
    database.close()
    assert not gone & units
    for school in gone:
        heir = recount.closed[school]
        of_heir = {row["school_id"]: row for row in changes(long_moved) if row["kind"] == "school_merged" and row["measure_id"] == "students"}
        assert int(of_heir[school]["after"]) == 0 and int(of_heir[heir]["after"]) - int(of_heir[heir]["before"]) == int(of_heir[school]["before"])


def test_schools_stay_of_a_believable_size(long_moved):
    first, later = measures(long_moved, 0)["students"], measures(long_moved)["students"]
    heirs = {row["school_id"] for row in changes(long_moved) if row["kind"] == "school_merged"}
    for unit in first.keys() & later.keys():
        if first[unit] > 100 and unit[0] not in heirs:
            assert Fraction(2, 3) < later[unit] / first[unit] < Fraction(3, 2), unit
