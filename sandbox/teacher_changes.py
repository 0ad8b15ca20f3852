"""Teachers who come and go: retired, hired, rotated to another school.

Here: who it is, the rows of the personnel database, and the counts of the plan.
Not here: what teachers get while they stay (career_changes.py).
"""

from __future__ import annotations

import math

import numpy as np

from sandbox import codes, names
from sandbox import staff as roles
from sandbox.changes import Day
from sandbox.people_rows import added, changed, rows_of
from sandbox.pupils import coded
from sandbox.staff import STAGES
from sandbox.standard import JUNIOR, PRIMARY, SENIOR

_RETIRING_AGE = {"男": 60, "女": 55}
_GO_EACH_MONTH = 1 / 12  # of those who are old enough: not everybody at once
_ROTATE = 0.04  # of the teachers, at the beginning of a school year
_LEAST_TO_ROTATE = 6  # teachers of a stage of which one may go
_TEACHERS_PER_STUDENT = {PRIMARY: 0.063, JUNIOR: 0.077, SENIOR: 0.080}
_MOST_HIRED = 0.08  # of the teachers of a stage, at a time
_ABOVE = 0.95  # of those hired
_STAGE_TEXT = {PRIMARY: "小学", JUNIOR: "初中", SENIOR: "高中"}
_CERTIFICATE = {PRIMARY: "小学", JUNIOR: "初级中学", SENIOR: "高级中学"}
_DEGREE = {PRIMARY: ("21", "41"), JUNIOR: ("21", "31"), SENIOR: ("21", "31")}  # above the required one, not above
_DEGREE_LABEL = {"21": "本科毕业", "31": "专科毕业", "41": "中专毕业"}


def count(day: Day, kind: str, persons: np.ndarray, sign: int) -> None:
    """Bring full-time teachers (places in the staff) who came or went into the plan, by school and stage."""
    staff = day.county.kept.staff
    for place, stage in sorted(set(zip(staff.school[persons].tolist(), staff.stage[persons].tolist(), strict=True))):
        here = persons[(staff.school[persons] == place) & (staff.stage[persons] == stage)]
        day.move_teachers(
            kind, place, STAGES[stage], full_time=sign * len(here), above_degree=sign * int(staff.is_above[here].sum()),
            backbone=sign * int(staff.is_backbone[here].sum()), pe_arts=sign * int(staff.is_pe_arts[here].sum()),
        )  # fmt: skip


def teachers_retire(day: Day) -> None:
    """On the last day of a month, some of those who are old enough."""
    if not day.is_last_of_month:
        return
    kept = day.county.kept
    staff, rng = kept.staff, day.random("retirement")
    sex = np.array(kept.people["staff"]["sex"].to_pylist())
    age = np.where(sex == "男", _RETIRING_AGE["男"], _RETIRING_AGE["女"])
    is_old = (np.datetime64(day.day, "D") - staff.birth).astype(int) >= age * 365.25
    able = np.flatnonzero(staff.is_teacher() & is_old)
    going = able[rng.random(len(able)) < _GO_EACH_MONTH]
    if not len(going):
        return
    count(day, "teacher_retired", going, -1)
    staff.role[going] = roles.RETIRED
    kept.people["staff"] = changed(kept.people["staff"], going, {"person_status": "退休", "status_since": day.day})
    posts = kept.people["posts"]
    held = rows_of(posts, staff.identity[going])
    still = held[posts["ended_on"].is_null().to_numpy()[held]]
    kept.people["posts"] = changed(posts, still, {"ended_on": day.day})


def teachers_rotate(day: Day) -> None:
    """On 1 September, between public schools that have the stage; the post stays where it was."""
    kept, schools = day.county.kept, day.county.schools
    staff, rng = kept.staff, day.random("rotation")
    takes_part = np.array([not school.is_private and school.kind not in ("special_school", "vocational_school") for school in schools])
    at_work = np.array(kept.people["staff"]["person_status"].to_pylist()) == "在岗"
    able = np.flatnonzero(staff.is_teacher() & at_work & takes_part[staff.school] & ~staff.is_at_point)
    going, target = [], []
    leaving: dict[tuple[int, int], int] = {}
    for person in rng.permutation(able)[: math.ceil(len(able) * _ROTATE)].tolist():
        place, stage = int(staff.school[person]), int(staff.stage[person])
        others = [p for p, s in enumerate(schools) if p != place and takes_part[p] and s.students.get(STAGES[stage])]
        gone = leaving.get((place, stage), 0)
        if others and schools[place].teachers[STAGES[stage]].full_time - gone >= _LEAST_TO_ROTATE:
            leaving[place, stage] = gone + 1
            going.append(person)
            target.append(others[int(rng.integers(len(others)))])
    if not going:
        return
    persons, to = np.array(going), np.array(target)
    code = np.array([school.school_id for school in schools])
    source = code[staff.school[persons]]
    count(day, "teacher_rotated", persons, -1)
    staff.school[persons] = to
    count(day, "teacher_rotated", persons, +1)
    since = {"person_status": "交流", "status_since": day.day, "joined_on": day.day}
    kept.people["staff"] = changed(kept.people["staff"], persons, since | {"work_unit_code": code[to]})
    kept.people["rotations"] = added(
        kept.people["rotations"],
        {
            "id_number": staff.identity[persons], "rotation_kind": "定期交流", "from_unit_code": source, "to_unit_code": code[to],
            "started_on": day.day,
        },
        len(persons),
    )  # fmt: skip


def teachers_hired(day: Day) -> None:
    """On 1 September and 1 March, where a stage has fewer teachers than its students need."""
    rng = day.random("hiring")
    place, stage = [], []
    for number, school in enumerate(day.county.schools):
        for name, students in school.students.items():
            have = school.teachers[name].full_time
            lacking = math.ceil(students * _TEACHERS_PER_STUDENT[name]) - have
            hired = min(lacking, max(2, math.ceil(have * _MOST_HIRED)))
            if students and hired > 0:
                place += [number] * hired
                stage += [STAGES.index(name)] * hired
    if place:
        _take_on(day, np.array(place), np.array(stage), rng)


def _take_on(day: Day, place: np.ndarray, stage: np.ndarray, rng: np.random.Generator) -> None:
    kept, schools, heads = day.county.kept, day.county.schools, len(place)
    staff = kept.staff
    birth = np.datetime64(day.day, "D") - rng.integers(22 * 366, 28 * 365, size=heads)
    new = {
        "school": place, "stage": stage, "role": np.full(heads, roles.TEACHER), "is_above": rng.random(heads) < _ABOVE,
        "is_backbone": np.zeros(heads, bool), "is_pe_arts": rng.random(heads) < 0.15, "is_at_point": np.zeros(heads, bool),
        "birth": birth, "identity": codes.identity_numbers(birth, codes.area(codes.STAFF_AREA, day.county.code), staff.birth),
    }  # fmt: skip
    for name, values in new.items():
        setattr(staff, name, np.concatenate([getattr(staff, name), values]))
    persons = np.arange(len(staff) - heads, len(staff))
    count(day, "teacher_hired", persons, +1)
    unit = np.array([school.school_id for school in schools])[place]
    stage_name = [STAGES[number] for number in stage.tolist()]
    month, identity = day.day.strftime("%Y-%m"), new["identity"]
    rows = {
        "staff": {
            "name": names.person_names(heads, rng), "phone": names.phone_numbers(heads, rng),
            "home_address": names.addresses(np.array([school.township for school in schools])[place], rng),
            "work_unit_code": unit, "post_unit_code": unit, "staff_category": "专任教师", "employment": "在编",
            "person_status": "在岗", "status_since": day.day, "teaching_status": "任教",
            "sex": np.where(rng.random(heads) < 0.62, "女", "男"), "birth_month": birth.astype("datetime64[M]").astype(str),
            "teaching_since": month, "joined_on": day.day,
        },
        "posts": {"post_category": "专业技术-教师", "post_grade": "11", "professional_rank": "助理级", "started_on": day.day},
        "degrees": {
            "degree": [
                coded(schools[p].style, code := _DEGREE[s][not above], _DEGREE_LABEL[code])
                for p, s, above in zip(place.tolist(), stage_name, new["is_above"].tolist(), strict=True)
            ],
            "graduated_month": f"{day.day.year}-01" if day.day.month < 7 else f"{day.day.year}-07",
        },
        "certificates": {
            "certificate_kind": [_CERTIFICATE[s] for s in stage_name], "subject": np.where(new["is_pe_arts"], "体育与健康", "语文"),
            "issued_on": day.day,
        },
        "subjects_taught": {
            "term": day.county.calendar.term, "stage": [_STAGE_TEXT[s] for s in stage_name],
            "course": np.where(new["is_pe_arts"], rng.choice(["音乐", "美术", "体育与健康"], size=heads), "语文"),
            "weekly_hours": rng.integers(10, 16, size=heads).astype(float),
        },
    }  # fmt: skip
    for table, columns in rows.items():
        kept.people[table] = added(kept.people[table], {"id_number": identity, **columns}, heads)
