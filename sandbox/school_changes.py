"""Schools that end or change: a merger in the summer, a rename in spring, an opening put off.

Here: which school it is, and everything that goes with it to the school that takes it
over. Not here: the register as a file (register.py).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sandbox.changes import WHOLE, Day
from sandbox.people_rows import changed
from sandbox.places import short_township
from sandbox.plan import County, FormerSchool, School
from sandbox.pupil_changes import count, moments, refresh_classes
from sandbox.pupil_rows import IN_SCHOOL, Pupils
from sandbox.register import retired_budget_code
from sandbox.standard import FACILITY_MEASURES, PRIMARY
from sandbox.teacher_changes import count as count_teachers

_SCHOOLS_FOR_EACH_MERGER, _SCHOOLS_FOR_EACH_RENAME = 60, 80
_SMALL = 0.5  # of the usual primary school: at most so many students
_DAYS_BEFORE_AN_OPENING = 12
_LEAST_OF_A_KIND = 2  # schools of a kind of which one may go
_NEW_NAMES = ("实验", "外国语", "中心", "第一", "新城", "附属", "育英", "光明")


def schools_merge(day: Day) -> None:
    """On 10 July one small school, more in a large county, goes into another of its kind or of primary schools."""
    rng = day.random("merger")
    for _ in range(max(1, len(day.county.schools) // _SCHOOLS_FOR_EACH_MERGER)):
        able = _small_schools(day.county)
        if not able:
            return
        place = able[int(rng.integers(len(able)))]
        _merge(day, place, _successor(day.county, place, rng), rng)
    refresh_classes(day)


def _small_schools(county: County) -> list[int]:
    """Primary schools and points that may go: public, small, not alone of their kind, not entangled with another change."""
    kept, schools = county.kept, county.schools
    primary = [school.students[PRIMARY] for school in schools if school.kind == "primary_school"]
    usual = sum(primary) / len(primary)
    former = (county.point, county.merged, *county.others)
    bound = {former.parent for former in former} | {former.successor for former in former}
    renumbered = retired_budget_code(kept.first)[1].school_id

    def may_go(place: int, school: School) -> bool:
        return (
            school.kind in ("primary_school", "teaching_point")
            and not school.is_private
            and 0 < school.students[PRIMARY] <= _SMALL * usual
            and place not in bound
            and school.school_id != renumbered
            and sum(other.kind == school.kind for other in schools) >= _LEAST_OF_A_KIND
        )

    return [place for place, school in enumerate(schools) if may_go(place, school)]


def _successor(county: County, place: int, rng: np.random.Generator) -> int:
    """An ordinary public primary school, of the same township where there is one."""
    able = [
        other
        for other, school in enumerate(county.schools)
        if other != place and school.kind == "primary_school" and not school.is_private and school.students[PRIMARY]
    ]
    near = [other for other in able if county.schools[other].township == county.schools[place].township]
    return (near or able)[int(rng.integers(len(near or able)))]


def _merge(day: Day, place: int, heir: int, rng: np.random.Generator) -> None:
    county = day.county
    gone, takes = county.schools[place], county.schools[heir]
    about = (f"{gone.name}并入{takes.name}", f"{gone.school_id} into {takes.school_id}")
    day.note("school_merged", gone, detail_zh=about[0], detail_en=about[1])
    _pupils_follow(day, place, heir, rng)
    _people_follow(day, place, heir)
    for measure in FACILITY_MEASURES:
        amount = gone.facilities[measure]
        day.move_facility("school_merged", place, measure, -amount)
        day.move_facility("school_merged", heir, measure, amount)
    there = gone.computers
    day.move_computers("school_merged", place, -there)
    day.move_computers("school_merged", heir, there)
    books = county.kept.books
    holders = {gone.holder_code, gone.budget_unit_code}
    books.in_csv = [card for card in books.in_csv if card.holder_code not in holders]
    books.in_workbook = [card for card in books.in_workbook if card.holder_code not in holders]
    county.kept.heirs |= {gone.school_id: takes.school_id, gone.budget_unit_code: takes.budget_unit_code}
    closed = FormerSchool(
        gone.school_id, gone.name, gone.kind, gone.township, gone.budget_unit_code, gone.credit_code, gone.opened_on,
        closed_on=day.day, successor=heir, change_kind="合并", document_number=f"新密教字〔{day.day.year}〕{30 + len(county.others)}号",
    )  # fmt: skip
    county.others.append(closed)
    _take_out(county, place)


def _pupils_follow(day: Day, place: int, heir: int, rng: np.random.Generator) -> None:
    """Rows go over with their status, save those of pupils whom the other roll has already; classes stay together."""
    pupils = day.county.kept.pupils
    _leave_one_row_each(pupils, place, heir)
    rows = np.flatnonzero(pupils.school == place)
    counted = rows[pupils.status[rows] == IN_SCHOOL]
    count(day, "school_merged", pupils.school[counted], pupils.grade[counted], -1)
    for grade in np.unique(pupils.grade[rows]).tolist():
        here = rows[pupils.grade[rows] == grade]
        of_heir = (pupils.school == heir) & (pupils.grade == grade)
        pupils.number[here] += pupils.number[of_heir].max(initial=0)
    pupils.school[rows] = heir
    pupils.touched[rows] = moments(day, len(rows), rng)
    count(day, "school_merged", pupils.school[counted], pupils.grade[counted], +1)


def _leave_one_row_each(pupils: Pupils, place: int, heir: int) -> None:
    """A pupil who has moved between the two schools is on both rolls: the row in school stays."""
    both = np.isin(pupils.school, (place, heir))
    rows = np.flatnonzero(both)
    order = rows[np.lexsort((pupils.school[rows] != heir, pupils.status[rows] != IN_SCHOOL, pupils.person[rows]))]
    is_again = np.r_[False, pupils.person[order][1:] == pupils.person[order][:-1]]
    keep = np.ones(len(pupils), bool)
    keep[order[is_again]] = False
    for name, values in pupils.columns().items():
        setattr(pupils, name, values[keep])


def _people_follow(day: Day, place: int, heir: int) -> None:
    """Everybody on the books works for the other school from this day on."""
    kept, schools = day.county.kept, day.county.schools
    staff, code = kept.staff, schools[heir].school_id
    persons = np.flatnonzero(staff.school == place)
    counted = persons[staff.is_teacher()[persons]]
    count_teachers(day, "school_merged", counted, -1)
    staff.school[persons] = heir
    count_teachers(day, "school_merged", counted, +1)
    table = kept.people["staff"]
    table = changed(table, persons, {"work_unit_code": code, "joined_on": day.day})
    posted = np.flatnonzero(np.array(table["post_unit_code"].to_pylist()) == schools[place].school_id)
    kept.people["staff"] = changed(table, posted, {"post_unit_code": code})


def _take_out(county: County, gone: int) -> None:
    """The school is none of the plan any more; places behind it move up."""

    def up(place: int) -> int:
        return place - (place > gone)

    del county.schools[gone]
    county.point = replace(county.point, parent=up(county.point.parent))
    county.merged = replace(county.merged, successor=up(county.merged.successor))
    county.others = [replace(former, parent=up(former.parent), successor=up(former.successor)) for former in county.others]
    kept = county.kept
    kept.pupils.school -= kept.pupils.school > gone
    kept.staff.school -= kept.staff.school > gone


def schools_are_renamed(day: Day) -> None:
    """On 20 April one school, more in a large county, gets another name; its codes stay."""
    county, rng = day.county, day.random("rename")
    able = [school for school in county.schools if school.kind in ("primary_school", "junior_school") and not school.former_name]
    for school in (able[place] for place in rng.permutation(len(able))[: max(1, len(county.schools) // _SCHOOLS_FOR_EACH_RENAME)]):
        ending = "小学" if school.kind == "primary_school" else "初级中学"
        taken = {other.name for other in county.schools}
        names = [f"{county.name}{short_township(school.township)}{word}{ending}" for word in _NEW_NAMES]
        free = [name for name in names if name not in taken]
        if free:
            school.former_name, school.name = school.name, free[int(rng.integers(len(free)))]
            school.change_kind, school.document_number = "更名", f"新密教字〔{day.day.year}〕{10 + len(county.others)}号"
            day.note("school_renamed", school, WHOLE, detail_zh=f"{school.former_name} → {school.name}", detail_en=school.school_id)


def openings_are_postponed(day: Day) -> None:
    """Shortly before a school of the register would open, its opening is put off by a year: it is not built yet."""
    county = day.county
    for place, former in enumerate(county.others):
        waits = former.closed_on is None and former.parent < 0
        if waits and 0 < (former.opened_on - day.day).days <= _DAYS_BEFORE_AN_OPENING:
            county.others[place] = replace(former, opened_on=former.opened_on.replace(year=former.opened_on.year + 1))
            day.note("opening_postponed", detail_zh=former.name, detail_en=former.school_id)
