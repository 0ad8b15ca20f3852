"""Grades and classes of a school.

Here: how the students of a stage sit in classes, mostly within 45 (primary) and
50 (junior), a few crowded ones. Not here: the students themselves (pupils.py).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sandbox.sizes import Roll
from sandbox.standard import JUNIOR, PRIMARY, SENIOR

# stage -> first grade, number of grades, usual most students of a class
GRADES = {PRIMARY: (1, 6, 45), JUNIOR: (7, 3, 50), SENIOR: (10, 3, 55)}
POINT_CLASS = 14  # students of each class of the point without a code
POINT_GRADES = (1, 2)
MANY, ONE_MORE = "many", "one more"  # how a school's first grade is crowded


@dataclass(frozen=True)
class SchoolClass:
    """One class: its stage, grade (1-12), number in the grade, students in school."""

    stage: str
    grade: int
    number: int
    size: int
    is_of_point: bool = False


def classes_of(roll: Roll, crowd: str | None, has_point: bool, rng: np.random.Generator) -> list[SchoolClass]:
    """All classes of a school; their sizes add up to its students by stage.

    `crowd`: the first grade of a stage holds classes of 60 and 67 where there are
    enough students (MANY), or one class with one student too many (ONE_MORE).
    """
    result: list[SchoolClass] = []
    for stage, students in roll.students.items():
        first, grades, most = GRADES[stage]
        outside = POINT_CLASS * len(POINT_GRADES) if has_point and stage == PRIMARY else 0
        heads = rng.multinomial(students - outside, [1 / grades] * grades)
        if crowd == ONE_MORE and heads[0] <= most:
            heads = np.r_[most + 1, rng.multinomial(students - outside - most - 1, [1 / (grades - 1)] * (grades - 1))]
        for offset, head in enumerate(heads.tolist()):
            grade = first + offset
            sizes = _crowded(head, most, crowd) if crowd and offset == 0 else _even(head, most)
            result += [SchoolClass(stage, grade, i + 1, size) for i, size in enumerate(sizes)]
            if outside and grade in POINT_GRADES:
                result.append(SchoolClass(stage, grade, len(sizes) + 1, POINT_CLASS, is_of_point=True))
    return result


def _even(heads: int, most: int) -> list[int]:
    count = math.ceil(heads / most)
    return [heads // count + (i < heads % count) for i in range(count)] if count else []


def _crowded(heads: int, most: int, crowd: str) -> list[int]:
    """Large classes where there are enough students, the rest as usual."""
    if crowd == ONE_MORE:
        large = [most + 1]
    else:
        large = [60, 67] if heads > 150 else [60] if heads > 75 else []
    return large + _even(heads - sum(large), most)
