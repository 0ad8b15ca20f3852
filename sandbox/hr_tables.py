"""The tables of the personnel and payroll database, as Arrow, from the staff of the county.

Here: posts, degrees, lessons, titles and so on, in odd but legal forms, and the
rows that lead a careless count astray (expired titles, degrees not completed, a
second subject, last term's lessons). Not here: who the persons are (staff.py),
training, rotation and pay (hr_service.py), how tables are stored (hr_database.py).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa

from sandbox import hr_service, names
from sandbox import staff as roles
from sandbox.careers import careers_of, teaching_since
from sandbox.catalogue import CERTIFICATION
from sandbox.hr_columns import AMOUNT, days_before, elsewhere, months, styles, text, work_units
from sandbox.plan import County
from sandbox.pupils import coded
from sandbox.staff import STAGES, Staff, staff_of
from sandbox.standard import JUNIOR, PRIMARY, SENIOR

_P, _J, _S = (STAGES.index(stage) for stage in (PRIMARY, JUNIOR, SENIOR))
_STAGE_TEXT = ("小学", "初中", "高中")
_PE_ARTS = ("体育与健康", "音乐", "美术", "艺术", "体育")
_OTHER_COURSES = (
    ("语文", "数学", "英语", "道德与法治", "科学", "信息科技", "劳动", "综合实践活动"),
    ("语文", "数学", "英语", "道德与法治", "物理", "化学", "历史", "地理", "生物学"),
    ("语文", "数学", "英语", "思想政治", "物理", "化学", "历史", "地理", "生物学"),
)
# degree of GB/T 4658 -> label; only the completed ones (11, 14, 21, 31, 41) count
_DEGREES = {
    "11": "博士毕业", "14": "硕士毕业", "21": "本科毕业", "22": "本科结业", "23": "本科肄业",
    "31": "专科毕业", "32": "专科结业", "33": "专科肄业", "41": "中专毕业",
}  # fmt: skip
COUNTED_LEVELS = ("县级", "市级", "省级", "国家级")
_TITLES = ("骨干教师", "学科带头人", "名师")


def hr_tables(county: County) -> dict[str, pa.Table]:
    """Every table of the database; dates as date32, amounts as decimals."""
    staff = staff_of(county)
    tables = {"system_state": _state(county), "units": units(county)}
    for name in _TABLES:
        columns = planned_columns(county, staff, name)
        rows = len(columns["id_number"])
        tables[name] = pa.table({"county_code": pa.array([county.code] * rows), **columns})
    return tables


def planned_columns(county: County, staff: Staff, table: str) -> dict[str, pa.Array]:
    """The columns of one table of persons; the same each time, and in a county that has moved those it keeps."""
    if county.kept:
        table = county.kept.people[table]
        return {name: table[name] for name in table.column_names if name != "county_code"}
    return _TABLES[table](county, staff, county.random(f"hr {table}"))


def _state(county: County) -> pa.Table:
    return pa.table({"as_of_date": pa.array([county.as_of]), "county_code": [county.code]})


def units(county: County) -> pa.Table:
    """Schools under their code; the point without one under its budget unit code."""
    units = [(s.school_id, s.name, s.budget_unit_code) for s in county.schools]
    units.append((county.point.budget_unit_code, county.point.name, county.point.budget_unit_code))
    code, name, budget = zip(*units, strict=True)
    return pa.table({"county_code": [county.code] * len(units), "unit_code": code, "unit_name": name, "budget_unit_code": budget})


def _staff(county: County, staff: Staff, rng: np.random.Generator) -> dict[str, object]:
    count, place = len(staff), np.arange(len(staff))
    career = careers_of(county, staff)
    exchanged = career.is_exchanged
    briefly_sick = staff.is_teacher() & (place % 53 == 9) & ~exchanged
    teaching_head = staff.is_teacher() & (place % 29 == 3)  # an administrator who teaches, on a teacher's post
    role = staff.role

    def by_role(default: str, **of_role: str) -> np.ndarray:
        wanted = [getattr(roles, name.upper()) for name in of_role]
        return np.select([role == number for number in wanted], list(of_role.values()), default)

    category = by_role("专任教师", administrator="行政人员", former_teacher="教辅人员", worker="工勤人员")
    employment = by_role("在编", substitute="代课", part_time="兼任")
    employment = np.where((employment == "在编") & (place % 13 == 6), "合同", employment)
    status = by_role("在岗", retired="退休", seconded="借出", long_sick="病休")
    status = np.select([exchanged, briefly_sick], ["交流", "病休"], status)
    teaching = by_role("任教", administrator="未任教", not_teaching="未任教", worker="未任教")
    # under half a year of illness still counts, over it does not
    since = np.where(briefly_sick, rng.integers(5, 150, size=count), rng.integers(210, 900, size=count))
    return {
        "id_number": text(staff.identity),
        "name": names.person_names(count, rng),
        "phone": names.phone_numbers(count, rng),
        "home_address": names.addresses(np.array([s.township for s in county.schools])[staff.school], rng),
        "work_unit_code": text(work_units(county, staff)),
        "post_unit_code": text(np.where(exchanged | (role == roles.SECONDED), elsewhere(county, staff), work_units(county, staff))),
        "staff_category": text(np.where(teaching_head, "行政人员", category)),
        "employment": text(employment),
        "person_status": text(status),
        "status_since": days_before(county, since),
        "teaching_status": text(teaching),
        "sex": text(career.sex),
        "birth_month": months(staff.birth),
        "teaching_since": months(teaching_since(staff)),
        "joined_on": pa.array(career.joined),
    }


# as the title or as its level, from the highest down; the first two are of middle rank or above
_RANKS = np.array([("副高级", "中级", "助理级", "未定职级"), ("高级教师", "一级教师", "二级教师", "三级教师"), ("中学高级教师", "小学高级教师", "小学一级", "员级")])


def _posts(county: County, staff: Staff, rng: np.random.Generator) -> dict[str, object]:
    place = np.arange(len(staff))
    category = np.select(
        [staff.role == roles.ADMINISTRATOR, staff.role == roles.WORKER], ["管理", "工勤技能"], "专业技术-教师"
    )
    now = place
    before = np.flatnonzero(place % 3 == 0)  # an earlier, lower grade
    person = np.concatenate([now, before])
    started = np.concatenate([rng.integers(400, 3000, size=len(now)), rng.integers(3300, 6000, size=len(before))])
    ended_role = np.isin(staff.role, (roles.FORMER_TEACHER, roles.RETIRED))[person]
    is_past = np.concatenate([np.zeros(len(now), bool), np.ones(len(before), bool)])
    ended = np.where(is_past, 3100, 200)
    # of those in post some two thirds are of middle rank or above
    level = np.where(is_past, rng.integers(2, 4, size=len(person)), rng.choice(4, size=len(person), p=[0.25, 0.4, 0.3, 0.05]))
    grade = np.choose(level, (6, 9, 11, 13)) + (person % 2)
    words = _RANKS[styles(county, staff)[person] % len(_RANKS), level]
    return {
        "id_number": text(staff.identity[person]),
        "post_category": text(category[person]),
        "post_grade": text(grade.astype(str)),
        "professional_rank": text(words),
        "started_on": days_before(county, started),
        "ended_on": days_before(county, ended, known=is_past | ended_role),
    }


def _degrees(county: County, staff: Staff, rng: np.random.Generator) -> dict[str, object]:
    """The degree that decides, a lower one before it, and studies that were not completed."""
    count = len(staff)
    style = styles(county, staff)
    primary = staff.stage == _P
    draw = rng.random(count)
    above_primary = np.select([draw < 0.35, draw < 0.95], ["31", "21"], "14")
    above_junior = np.select([draw < 0.85, draw < 0.99], ["21", "14"], "11")
    highest = np.where(staff.is_above, np.where(primary, above_primary, above_junior), np.where(primary, "41", "31"))
    earlier = np.flatnonzero((rng.random(count) < 0.5) & np.isin(highest, ("21", "14", "11")))
    # nearly: a bachelor's or college course left without completing it does not count
    broken = np.flatnonzero(~staff.is_above & (rng.random(count) < 0.5))
    broken_code = np.where(primary[broken], rng.choice(["32", "33"], size=len(broken)), rng.choice(["22", "23"], size=len(broken)))
    person = np.concatenate([np.arange(count), earlier, broken])
    code = np.concatenate([highest, np.full(len(earlier), "41"), broken_code])
    years = np.concatenate([np.full(count, 24), np.full(len(earlier), 19), np.full(len(broken), 26)])
    index = {degree: number for number, degree in enumerate(_DEGREES)}
    texts = text([coded(s, degree, label) for s in range(3) for degree, label in _DEGREES.items()])
    which = style[person] % 3 * len(_DEGREES) + np.array([index[c] for c in code.tolist()])
    return {
        "id_number": text(staff.identity[person]),
        "degree": texts.take(pa.array(which)),
        # the youngest finished last summer at the latest
        "graduated_month": months(np.minimum(staff.birth[person] + years * 365, np.datetime64(county.as_of, "D") - 62)),
    }


def _certificates(county: County, staff: Staff, rng: np.random.Generator) -> dict[str, object]:
    """Certificates of the own stage or the next; with a few, of a lower one beside it.

    Where 2.12 is not met, a few teachers of the compulsory stages have none, one of a
    kindergarten, or one of a lower stage. Senior teachers may lack theirs in any county.
    """
    count, place = len(staff), np.arange(len(staff))
    judged = staff.is_teacher() & (staff.stage != _S)
    kinds = np.array(["幼儿园", "小学", "初级中学", "高级中学"])
    own = staff.stage + 1
    higher = (rng.random(count) < 0.15) & (staff.stage < _S)
    held = own + higher
    held[staff.is_teacher() & (staff.stage == _S) & (place % 9 == 2)] -= 1
    is_held = (judged | (rng.random(count) < 0.985)) & (staff.role != roles.WORKER)
    if CERTIFICATION not in county.wishes.met:
        lacking = rng.permutation(np.flatnonzero(judged))[: max(3, judged.sum() // 120)]
        is_held[lacking[::3]] = False
        held[lacking[1::3]] = 0
        held[lacking[2::3]] = own[lacking[2::3]] - 1
    holders = np.flatnonzero(is_held)
    also = holders[(held[holders] > 1) & (holders % 11 == 4)]
    person = np.concatenate([holders, also])
    return {
        "id_number": text(staff.identity[person]),
        "certificate_kind": text(kinds[np.concatenate([held[holders], held[also] - 1])]),
        "subject": text(np.where(staff.is_pe_arts[person], "体育与健康", "语文")),
        "issued_on": days_before(county, rng.integers(400, 9000, size=len(person))),
    }


def _subjects(county: County, staff: Staff, rng: np.random.Generator) -> dict[str, object]:
    """Lessons by term: a main course, for some a second one, and what was taught last term.

    Some ties in hours: they go to the first stage, then course, in the order of text.
    """
    teaching = np.flatnonzero(~np.isin(staff.role, (roles.ADMINISTRATOR, roles.WORKER, roles.NOT_TEACHING)))
    stage, is_pe = staff.stage[teaching], staff.is_pe_arts[teaching]
    count, place = len(teaching), np.arange(len(teaching))
    other = np.choose(stage, [rng.choice(_OTHER_COURSES[s], size=count) for s in (_P, _J, _S)])
    main = np.where(is_pe, rng.choice(_PE_ARTS, size=count, p=[0.4, 0.25, 0.25, 0.05, 0.05]), other)
    hours = rng.integers(9, 18, size=count).astype(float)
    hours[place % 17 == 5] += 0.5
    only_last_term = place % 23 == 11

    # a second course with fewer hours: PE or arts for others, another art for the artists
    has_second = (place % 4 == 1) & (stage != _S)
    # 体育与健康 stands before 语文, 数学 before 音乐: with equal hours the first decides
    is_tied = has_second & (place % 40 == 1) & np.isin(main, ("体育与健康", "数学"))
    art = np.where(main == "音乐", "美术", "音乐")
    second = np.where(is_tied & is_pe, "语文", np.where(is_tied, "音乐", art))
    second_hours = np.where(is_tied, hours, rng.integers(1, 8, size=count))

    # the other stage of an integrated school, or a senior teacher with junior lessons
    has_stages = np.array([len(school.teachers) for school in county.schools])[staff.school[teaching]] > 1
    across = np.flatnonzero(has_stages & (place % 6 == 2) & (place % 4 != 1))
    other_stage = np.where(stage[across] == _J, np.where(_has_primary(county, staff, teaching[across]), _P, _S), _J)
    # 初中 stands before 小学 and 高中: a junior teacher with equal hours elsewhere stays junior
    across_hours = np.where((stage[across] == _J) & (place[across] % 12 == 2), hours[across], 3.0)

    # last term: the same person, another course; it decides only where this term is empty
    before = np.flatnonzero((place % 9 == 7) & ~only_last_term)
    before_course = np.where(is_pe[before], "语文", "音乐")
    second_of = np.flatnonzero(has_second)
    now = np.where(only_last_term, county.calendar.last_term, county.calendar.term)
    parts = (
        (place, now, stage, main, hours),
        (second_of, now[second_of], stage[second_of], second[second_of], second_hours[second_of]),
        (across, now[across], other_stage, main[across], across_hours),
        (before, np.full(len(before), county.calendar.last_term), stage[before], before_course, np.full(len(before), 20.0)),
    )
    who, term, in_stage, course, weekly = (np.concatenate(column) for column in zip(*parts, strict=True))
    return {
        "id_number": text(staff.identity[teaching][who]),
        "term": text(term),
        "stage": text(np.array(_STAGE_TEXT)[in_stage]),
        "course": text(course),
        "weekly_hours": pa.array(weekly).cast(AMOUNT),
    }


def _has_primary(county: County, staff: Staff, person: np.ndarray) -> np.ndarray:
    return np.array([PRIMARY in school.teachers for school in county.schools])[staff.school[person]]


def _titles(county: County, staff: Staff, rng: np.random.Generator) -> dict[str, object]:
    """Valid titles of the backbone, second titles, and titles that do not count."""
    place = np.arange(len(staff))
    valid = np.flatnonzero(staff.is_backbone)
    second = valid[place[: len(valid)] % 6 == 2]
    others = np.flatnonzero(~staff.is_backbone & staff.is_teacher())
    school_level = others[others % 15 == 3]
    expired = others[others % 21 == 5]
    awarded_later = others[others % 90 == 7]
    groups = (valid, second, school_level, expired, awarded_later)
    person = np.concatenate(groups)
    kind = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    turn = np.arange(len(person))
    level = np.where(kind == 2, "校级", rng.choice(COUNTED_LEVELS, size=len(person), p=[0.6, 0.25, 0.12, 0.03]))
    awarded = rng.integers(30, 1500, size=len(person))
    awarded[(kind == 0) & (turn % 50 == 3)] = 0  # awarded on the very day
    awarded[kind == 3] = 2200
    awarded[kind == 4] = -10
    ends = awarded - 1826  # five years after the award, as days before the as-of date
    ends[(kind == 0) & (turn % 40 == 9)] = 0  # the last day counts
    ends[kind == 3] = np.where(turn[kind == 3] % 2, 1, 374)  # over since yesterday, or for a year
    open_ended = (turn % 5 == 1) & (kind != 3)
    return {
        "id_number": text(staff.identity[person]),
        "title": text(np.where(kind == 1, "特级教师", rng.choice(_TITLES, size=len(person)))),
        "level": text(level),
        "document_number": text([f"教师字〔{county.as_of.year - 2}〕{number}号" for number in range(1, len(person) + 1)]),
        "awarded_on": days_before(county, awarded),
        "valid_to": days_before(county, ends, known=~open_ended),
    }


_TABLES: dict[str, Callable[[County, Staff, np.random.Generator], dict[str, object]]] = {
    "staff": _staff, "posts": _posts, "degrees": _degrees, "certificates": _certificates,
    "subjects_taught": _subjects, "backbone_titles": _titles, "training_hours": hr_service.training_hours,
    "rotations": hr_service.rotations, "monthly_pay": hr_service.monthly_pay,
}  # fmt: skip
