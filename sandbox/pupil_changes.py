"""Pupils who come and go during the year: between schools, over the county's border, on leave.

Here: one day's moves, and what moves and the new school year share: seats in classes
and new rows of a roll. Not here: promotion and entrants (school_year.py).
"""

from __future__ import annotations

from collections import Counter

import numpy as np

from sandbox import codes, names
from sandbox.changes import Day
from sandbox.classes import GRADES
from sandbox.pupil_rows import (
    IN_SCHOOL, ON_LEAVE, TRANSFERRED, Persons, Pupils, as_texts, birth_days, entry_year, seconds_at, stage_of_grade,
)  # fmt: skip

_SCHOOL_DAYS = 215  # of a year
# of a hundred pupils in a year
_MOVES, _LEAVES, _ARRIVALS, _FALLS_ILL = 1.5, 1.0, 1.0, 0.3
_HOLIDAYS = (7, 8)  # months


def pupils_come_and_go(day: Day) -> None:
    """Moves of one day; none at weekends and in the summer holidays."""
    if day.day.weekday() >= 5 or day.day.month in _HOLIDAYS:
        return
    rng = day.random("pupils")
    pupils, schools = day.county.kept.pupils, day.county.schools
    # special schools and the point without a code keep theirs
    is_open = np.array([school.kind != "special_school" for school in schools])
    able = np.flatnonzero((pupils.status == IN_SCHOOL) & ~pupils.is_at_point & is_open[pupils.school])
    counts = rng.poisson([len(able) * share / 100 / _SCHOOL_DAYS for share in (_MOVES, _LEAVES, _FALLS_ILL, _ARRIVALS)])
    chosen = rng.choice(able, size=int(counts[:3].sum()), replace=False)
    moved, left, ill = np.split(chosen, np.cumsum(counts[:2]))
    beside = rng.choice(able, size=int(counts[3]), replace=False)  # those who arrive come into the classes of these
    take_off(day, "pupil_left", left, TRANSFERRED, rng)
    take_off(day, "pupil_on_leave", ill, ON_LEAVE, rng)
    _move(day, moved, rng)
    _arrive(day, beside, rng)


def take_off(day: Day, kind: str, rows: np.ndarray, status: int, rng: np.random.Generator) -> None:
    """The rows stay on the roll under another status and count no more."""
    pupils = day.county.kept.pupils
    pupils.status[rows] = status
    pupils.touched[rows] = moments(day, len(rows), rng)
    count(day, kind, pupils.school[rows], pupils.grade[rows], -1)


def count(day: Day, kind: str, school: np.ndarray, grade: np.ndarray, sign: int) -> None:
    """Bring pupils who came or went into the plan, by school and stage."""
    units = Counter(zip(school.tolist(), map(stage_of_grade, grade.tolist()), strict=True))
    for (place, stage), heads in sorted(units.items()):
        day.move_students(kind, place, stage, sign * heads)


def moments(day: Day, rows: int, rng: np.random.Generator) -> np.ndarray:
    """When clerks touched rows: in the office hours of the day."""
    return seconds_at(day.day, 8) + rng.integers(0, 9 * 3600, size=rows)


def _move(day: Day, rows: np.ndarray, rng: np.random.Generator) -> None:
    """To another school with that stage: the larger it is, the likelier; never to one whose roll has the pupil already."""
    pupils = day.county.kept.pupils
    going, target = [], []
    for row in rows.tolist():
        weights = _room_for(day, stage_of_grade(int(pupils.grade[row])))
        weights[pupils.school[pupils.person == pupils.person[row]]] = 0
        if weights.any():
            going.append(row)
            target.append(int(rng.choice(len(weights), p=weights / weights.sum())))
    rows, school = np.array(going, int), np.array(target, int)
    take_off(day, "pupil_moved", rows, TRANSFERRED, rng)
    enrol(day, "pupil_moved", pupils.person[rows], school, pupils.grade[rows], rng, as_before=rows)


def _room_for(day: Day, stage: str) -> np.ndarray:
    """Pupils of the stage, by place, in the schools that take some."""
    return np.array([0 if school.kind == "special_school" else school.students.get(stage, 0) for school in day.county.schools], float)


def _arrive(day: Day, beside: np.ndarray, rng: np.random.Generator) -> None:
    pupils = day.county.kept.pupils
    school, grade = pupils.school[beside], pupils.grade[beside]
    enrol(day, "pupil_arrived", new_persons(day, grade, rng), school, grade, rng)


def new_persons(day: Day, grade: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Persons whom the county has not known, of the age of their grade; returns their places."""
    known = day.county.kept.pupils.persons
    if not len(grade):
        return np.empty(0, int)
    birth = birth_days(day.county.calendar.school_year, grade, rng)
    identity = codes.identity_numbers(birth, codes.area(codes.STUDENT_AREA, day.county.code), known.birth)
    came = Persons(
        identity, np.char.add("G", identity), np.ones(len(birth), bool), birth,
        as_texts(names.person_names(len(birth), rng)), as_texts(names.phone_numbers(len(birth), rng)),
    )  # fmt: skip
    for name, values in vars(came).items():
        setattr(known, name, np.concatenate([getattr(known, name), values]))
    return np.arange(len(known.birth) - len(birth), len(known.birth))


def enrol(
    day: Day, kind: str, person: np.ndarray, school: np.ndarray, grade: np.ndarray, rng: np.random.Generator,
    *, as_before: np.ndarray | None = None, number: np.ndarray | None = None,
) -> None:  # fmt: skip
    """New rows in school, each in the smallest class of its grade unless `number` says which.

    `as_before`: rows whose marks go along; others get marks by chance.
    """
    pupils, heads = day.county.kept.pupils, len(person)
    if number is None:
        number = np.array([_smallest_class(pupils, *seat) for seat in zip(school.tolist(), grade.tolist(), strict=True)], int)
    township = np.array([of.township for of in day.county.schools])[school]
    if as_before is None:
        left_behind, migrant = rng.choice(3, size=heads, p=[0.88, 0.08, 0.04]), rng.random(heads) < 0.06
    else:
        left_behind, migrant = pupils.left_behind[as_before], pupils.migrant[as_before]
    rows = {
        "school": school, "grade": grade, "number": number, "is_at_point": np.zeros(heads, bool),
        "entered": entry_year(day.county.calendar.school_year, grade), "status": np.full(heads, IN_SCHOOL), "person": person,
        "boards": rng.random(heads) < 0.15, "left_behind": left_behind, "migrant": migrant,
        "address": as_texts(names.addresses(township, rng)), "touched": moments(day, heads, rng),
    }  # fmt: skip
    for name, values in rows.items():
        setattr(pupils, name, np.concatenate([getattr(pupils, name), values]))
    count(day, kind, school, grade, +1)


def _smallest_class(pupils: Pupils, school: int, grade: int) -> int:
    here = (pupils.school == school) & (pupils.grade == grade) & (pupils.status == IN_SCHOOL) & ~pupils.is_at_point
    numbers, sizes = np.unique(pupils.number[here], return_counts=True)
    return int(numbers[sizes.argmin()]) if len(numbers) else 1


def in_new_classes(unit: np.ndarray, grade: int) -> np.ndarray:
    """Class numbers for a new year of pupils: by unit, as few even classes as the usual size allows."""
    most = GRADES[stage_of_grade(grade)][2]
    number = np.empty(len(unit), int)
    for place in np.unique(unit):
        here = np.flatnonzero(unit == place)
        number[here] = np.arange(len(here)) % -(-len(here) // most) + 1
    return number


def refresh_classes(day: Day) -> None:
    """The classes of the plan as the rolls have them now."""
    county = day.county
    for school, classes in zip(county.schools, county.kept.pupils.classes_by_school(len(county.schools)), strict=True):
        school.classes = classes
