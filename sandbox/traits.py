"""Which schools are private, which board, and which have classes that are too large.

Here: three traits of a school that follow from its kind and its place in the plan.
Not here: how the students sit in classes (classes.py), the schools themselves (plan.py).
"""

from __future__ import annotations

import numpy as np

from sandbox.catalogue import CLASS_SIZE
from sandbox.classes import MANY, ONE_MORE
from sandbox.fulfilment import Wishes
from sandbox.sizes import Roll
from sandbox.standard import JUNIOR, PRIMARY


def is_boarding(kind: str, rng: np.random.Generator) -> bool:
    """Special and vocational schools are; of those with an ordinary junior part some."""
    if kind in ("junior_school", "nine_year_school"):
        return bool(rng.random() < 0.4)
    return kind in ("special_school", "vocational_school")


def private_schools(rolls: list[Roll]) -> set[int]:
    """A few schools of one stage; in a small county the last junior school."""
    of_one_stage = [place for place, roll in enumerate(rolls) if roll.kind in ("primary_school", "junior_school")]
    return {place for place in of_one_stage if place % 26 == 4} or {of_one_stage[-1]}


def crowded_schools(rolls: list[Roll], parent: int, seed: int, wished: Wishes) -> dict[int, str]:
    """Schools with classes that are too large, and how they are.

    Many by many students; in a balanced county a single class by a single student.
    """
    if CLASS_SIZE in wished.met:
        return {}
    if not wished.is_balanced:
        return {place: MANY for place in range(5, len(rolls), 9)}
    kind, stage = (("primary_school", PRIMARY), ("junior_school", JUNIOR))[seed % 2]
    able = [place for place, roll in enumerate(rolls) if roll.kind == kind and place != parent and roll.students[stage] > 55]
    return {able[-1]: ONE_MORE}
