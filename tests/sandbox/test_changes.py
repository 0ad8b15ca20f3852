"""What changed in a moved county: every kind of change happens, and the list explains every difference."""

from __future__ import annotations

import sqlite3
from collections import Counter
from datetime import timedelta
from fractions import Fraction

from moved_sandbox import DAYS, FACILITIES, FIRST, PEOPLE, changes, measures, truth

from sandbox.advance import advance_sandbox
from sandbox.changes import KINDS
from sandbox.make import make_sandbox, planned

COUNTED_KINDS = KINDS.keys() - {"form_corrected", "book_sent_again"}  # what was filed moves no record


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
