"""The first of September: classes move up, graduates leave, a new year enters.

Here: pupils alone. Primary schools take about as many as leave, junior schools share
the county's primary graduates as their own graduates make room, senior stages take
some of the junior ones. Not here: lessons and teachers (teacher_changes.py).
"""

from __future__ import annotations

import numpy as np

from sandbox.changes import Day
from sandbox.pupil_changes import count, enrol, in_new_classes, moments, new_persons, refresh_classes, take_off
from sandbox.pupil_rows import GRADUATED, IN_SCHOOL, ON_LEAVE, Pupils
from sandbox.standard import JUNIOR, PRIMARY, SENIOR

_LEAVE_THE_COUNTY = 0.015  # of the primary graduates
_FEWER_EACH_YEAR = (0.92, 1.02)  # entrants for each pupil of a usual primary grade
_POINT_ENTRANTS = (10, 17)


def begin_school_year(day: Day) -> None:
    rng = day.random("school year")
    pupils = day.county.kept.pupils
    _strike_off(pupils)
    stay = _return(day, rng)
    by_stage = {stage: np.array([school.students.get(stage, 0) for school in day.county.schools]) for stage in (PRIMARY, JUNIOR, SENIOR)}
    graduates = np.flatnonzero((pupils.status == IN_SCHOOL) & np.isin(pupils.grade, (6, 9, 12)) & ~stay)
    up = np.flatnonzero((pupils.status == IN_SCHOOL) & ~np.isin(pupils.grade, (6, 9, 12)) & ~stay)
    take_off(day, "pupil_graduated", graduates, GRADUATED, rng)
    pupils.grade[up] += 1
    pupils.touched[up] = moments(day, len(up), rng)
    _come_from_the_point(pupils)
    _sit_with_the_younger(pupils, np.flatnonzero(stay))
    of_grade = {grade: graduates[pupils.grade[graduates] == grade] for grade in (6, 9, 12)}
    _fill(day, of_grade[6], 7, by_stage[JUNIOR], of_grade[9], rng)
    _fill(day, of_grade[9], 10, by_stage[SENIOR], of_grade[12], rng)
    _enter_primary(day, by_stage[PRIMARY], rng)
    refresh_classes(day)


def _strike_off(pupils: Pupils) -> None:
    """The roll of the new year begins without those who left in the old one."""
    keep = (pupils.status == IN_SCHOOL) | (pupils.status == ON_LEAVE)
    for name, values in pupils.columns().items():
        setattr(pupils, name, values[keep])


def _return(day: Day, rng: np.random.Generator) -> np.ndarray:
    """Who was on leave comes back into the grade that was left; which rows those are."""
    pupils = day.county.kept.pupils
    back = pupils.status == ON_LEAVE
    rows = np.flatnonzero(back)
    pupils.status[rows] = IN_SCHOOL
    pupils.entered[rows] += 1
    pupils.touched[rows] = moments(day, len(rows), rng)
    count(day, "pupil_returned", pupils.school[rows], pupils.grade[rows], +1)
    return back


def _come_from_the_point(pupils: Pupils) -> None:
    """The point has two grades; its third-graders join the classes of the parent, the others' class number stays unlike theirs."""
    third = np.flatnonzero(pupils.is_at_point & (pupils.grade > 2))
    pupils.is_at_point[third] = False
    _spread(pupils, third)
    for grade in (1, 2):
        there = pupils.is_at_point & (pupils.grade == grade)
        if there.any():
            beside = (pupils.school == pupils.school[there][0]) & (pupils.grade == grade) & ~pupils.is_at_point
            pupils.number[there] = pupils.number[beside].max(initial=0) + 1


def _sit_with_the_younger(pupils: Pupils, rows: np.ndarray) -> None:
    _spread(pupils, rows[~pupils.is_at_point[rows]])


def _spread(pupils: Pupils, rows: np.ndarray) -> None:
    """Into the classes that their grade has without them, one after the other; into one of their own where it has none."""
    waiting = np.zeros(len(pupils), bool)
    waiting[rows] = True
    units = np.unique(np.stack([pupils.school[rows], pupils.grade[rows]]), axis=1).T
    for school, grade in units.tolist():
        of_grade = (pupils.school == school) & (pupils.grade == grade) & (pupils.status == IN_SCHOOL) & ~pupils.is_at_point
        numbers = np.unique(pupils.number[of_grade & ~waiting])
        here = np.flatnonzero(of_grade & waiting)
        pupils.number[here] = np.resize(numbers, len(here)) if len(numbers) else 1


def _fill(
    day: Day, graduates: np.ndarray, grade: int, before: np.ndarray, made_room: np.ndarray, rng: np.random.Generator
) -> None:
    """The next stage takes those of its own school first, then others as its graduates made room.

    `before`: pupils of the stage by place in the old year; a stage without any takes none.
    """
    pupils, schools = day.county.kept.pupils, day.county.schools
    room = np.bincount(pupils.school[made_room], minlength=len(schools)) * (before > 0)
    own = graduates[before[pupils.school[graduates]] > 0]
    if grade == 10:  # the stage is not compulsory: only as many as there is room for
        own = np.concatenate([rng.permutation(own[pupils.school[own] == place])[: room[place]] for place in range(len(schools))])
    is_special = np.array([school.kind == "special_school" for school in schools])
    others = rng.permutation(np.setdiff1d(graduates[~is_special[pupils.school[graduates]]], own))
    left = np.maximum(room - np.bincount(pupils.school[own], minlength=len(schools)), 0) * ~is_special
    stay = round(len(others) * (1 - _LEAVE_THE_COUNTY)) if grade == 7 else int(left.sum())
    others = others[:stay] if left.any() else others[:0]
    going = rng.choice(len(schools), size=len(others), p=left / left.sum()) if len(others) else np.empty(0, int)
    school = np.concatenate([pupils.school[own], going])
    # whoever stays in the school keeps the row
    pupils.status[own], pupils.grade[own], pupils.entered[own] = IN_SCHOOL, grade, day.day.year
    number = in_new_classes(school, grade)
    pupils.number[own] = number[: len(own)]
    count(day, "pupil_entered", school[: len(own)], pupils.grade[own], +1)
    enrol(
        day, "pupil_entered", pupils.person[others], going, np.full(len(others), grade), rng,
        as_before=others, number=number[len(own) :],
    )  # fmt: skip


def _enter_primary(day: Day, before: np.ndarray, rng: np.random.Generator) -> None:
    """New first-graders; some of those of the parent go to the point."""
    usual = before / 6 * rng.uniform(*_FEWER_EACH_YEAR, size=len(before))
    entrants = np.where(before > 0, np.maximum(1, np.rint(usual)), 0).astype(int)
    parent = day.county.point.parent
    at_point = int(rng.integers(*_POINT_ENTRANTS))
    entrants[parent] = max(entrants[parent], at_point + 1)
    school = np.repeat(np.arange(len(before)), entrants)
    goes_to_point = np.zeros(len(school), bool)
    goes_to_point[np.flatnonzero(school == parent)[:at_point]] = True
    number = np.ones(len(school), int)
    number[~goes_to_point] = in_new_classes(school[~goes_to_point], 1)
    number[goes_to_point] = number[(school == parent) & ~goes_to_point].max() + 1
    grade = np.ones(len(school), int)
    enrol(day, "pupil_entered", new_persons(day, grade, rng), school, grade, rng, number=number)
    pupils = day.county.kept.pupils
    pupils.is_at_point[len(pupils) - len(school) :] = goes_to_point
