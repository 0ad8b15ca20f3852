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


@dataclass(frozen=True)
class SchoolClass:
    """One class: its stage, grade (1-12), number in the grade, students in school."""

    stage: str
    grade: int
    number: int
    size: int
    is_of_point: bool = False


def classes_of(roll: Roll, is_crowded: bool, has_point: bool, rng: np.random.Generator) -> list[SchoolClass]:
    """All classes of a school, the first grade of a stage crowded or not; their sizes add up to its students by stage."""
    result: list[SchoolClass] = []
    for stage, students in roll.students.items():
        first, grades, most = GRADES[stage]
        outside = POINT_CLASS * len(POINT_GRADES) if has_point and stage == PRIMARY else 0
        heads = rng.multinomial(students - outside, [1 / grades] * grades)
        for offset, head in enumerate(heads.tolist()):
            grade = first + offset
            sizes = _crowded(head, most) if is_crowded and offset == 0 else _even(head, most)
            result += [SchoolClass(stage, grade, i + 1, size) for i, size in enumerate(sizes)]
            if outside and grade in POINT_GRADES:
                result.append(SchoolClass(stage, grade, len(sizes) + 1, POINT_CLASS, is_of_point=True))
    return result


def _even(heads: int, most: int) -> list[int]:
    count = math.ceil(heads / most)
    return [heads // count + (i < heads % count) for i in range(count)] if count else []


def _crowded(heads: int, most: int) -> list[int]:
    """One class of 60 and one of 67 where there are enough, the rest as usual."""
    large = [60, 67] if heads > 150 else [60] if heads > 75 else []
    return large + _even(heads - sum(large), most)
