"""Who works in the county's schools: the counted teachers, and those who must not count.

Here: one row a person with what decides whether and where the person counts.
Not here: the tables of the personnel database made from it (hr_tables.py).
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from sandbox import codes
from sandbox.plan import County
from sandbox.standard import JUNIOR, PRIMARY, SENIOR

STAGES = (PRIMARY, JUNIOR, SENIOR)
TEACHERS_AT_POINT = 3  # of the point without a code

# Roles. The first is a full-time teacher as planned; no other may be counted.
(TEACHER, RETIRED, SECONDED, SUBSTITUTE, PART_TIME, ADMINISTRATOR, LONG_SICK, NOT_TEACHING, FORMER_TEACHER, WORKER) = range(10)
# role -> persons of that role per counted teacher
_OTHERS = {
    RETIRED: 0.03, SECONDED: 0.008, SUBSTITUTE: 0.02, PART_TIME: 0.01, ADMINISTRATOR: 0.03,
    LONG_SICK: 0.004, NOT_TEACHING: 0.006, FORMER_TEACHER: 0.006, WORKER: 0.03,
}  # fmt: skip


@dataclass
class Staff:
    """Arrays of equal length, one entry a person.

    `stage` is a place in STAGES. `is_above`, `is_backbone`, `is_pe_arts`: what
    the person would count as; those of other roles are there to lead astray.
    """

    school: np.ndarray
    stage: np.ndarray
    role: np.ndarray
    is_above: np.ndarray
    is_backbone: np.ndarray
    is_pe_arts: np.ndarray
    is_at_point: np.ndarray  # works at the point without a code
    birth: np.ndarray  # datetime64[D]
    identity: np.ndarray  # 18-character numbers

    def __len__(self) -> int:
        return len(self.school)

    def is_teacher(self) -> np.ndarray:
        return self.role == TEACHER


def staff_of(county: County) -> Staff:
    """Everybody on the books, the counted teachers first; in a county that has moved whom it keeps."""
    if county.kept:
        return county.kept.staff
    rng = county.random("staff")
    counted = _counted(county, rng)
    others = _others(county, len(counted["school"]), rng)
    columns = {name: np.concatenate([counted[name], others[name]]) for name in counted}
    count = len(columns["school"])
    retired = columns["role"] == RETIRED
    age = np.where(retired, rng.integers(61 * 365, 70 * 365, size=count), rng.integers(24 * 365, 58 * 365, size=count))
    birth = np.datetime64(county.as_of, "D") - age
    at_point = np.zeros(count, dtype=bool)
    at_parent = np.flatnonzero((columns["school"] == county.point.parent) & (columns["role"] == TEACHER))
    # plain teachers first: nothing hangs on them where nobody knows whose point it is
    counts_as = columns["is_above"].astype(int) + columns["is_backbone"] + columns["is_pe_arts"]
    at_point[at_parent[np.argsort(counts_as[at_parent], kind="stable")][:TEACHERS_AT_POINT]] = True
    return Staff(**columns, is_at_point=at_point, birth=birth, identity=codes.identity_numbers(birth, codes.area(codes.STAFF_AREA, county.code)))


def _counted(county: County, rng: np.random.Generator) -> dict[str, np.ndarray]:
    parts: dict[str, list[np.ndarray]] = {name.name: [] for name in fields(Staff)[:6]}
    for place, school in enumerate(county.schools):
        for stage, teachers in school.teachers.items():
            count = teachers.full_time
            parts["school"].append(np.full(count, place))
            parts["stage"].append(np.full(count, STAGES.index(stage)))
            parts["role"].append(np.full(count, TEACHER))
            for name, of_them in (
                ("is_above", teachers.above_degree),
                ("is_backbone", teachers.backbone),
                ("is_pe_arts", teachers.pe_arts),
            ):
                parts[name].append(rng.permutation(count) < of_them)
    return {name: np.concatenate(arrays) for name, arrays in parts.items()}


def _others(county: County, teachers: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
    counts = [max(3, round(share * teachers)) for share in _OTHERS.values()]
    role = np.repeat(list(_OTHERS), counts)
    school = rng.integers(len(county.schools), size=len(role))
    first_stage = np.array([STAGES.index(next(iter(s.teachers))) for s in county.schools])
    return {
        "school": school,
        "stage": first_stage[school],
        "role": role,
        "is_above": rng.random(len(role)) < 0.8,
        "is_backbone": rng.random(len(role)) < 0.3,
        "is_pe_arts": rng.random(len(role)) < 0.4,
    }
