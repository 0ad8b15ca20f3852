"""Faults of the student-status system (dictionary 3.5).

Here: rolls as clerks keep them, in the service's store or in the export. Not here: files that
are spoilt as a whole (sent_again.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from sandbox.declared import filing_schools
from sandbox.dirt.cells import broken, spelled
from sandbox.dirt.ground import Ground
from sandbox.dirt.kind import AGREEMENT, QUARANTINED, READ_RIGHT, SCHOOLS, Fault, Kind
from sandbox.dirt.lines import Line
from sandbox.dirt.spellings import always, any_of, as_float, full_width, lower_case_x, one_of, with_blanks
from sandbox.plan import School
from sandbox.standard import JUNIOR, MOST_IN_CLASS, PRIMARY

_SOURCE = "student_status"
_STUDENTS, _CLASSES = "student_status.students", "student_status.classes"
_FIGURES = "declared.measures"
_NUMERALS = "一二三四五六七八九"
_ON_ROLL = "在籍在读"
_GRADES = {
    **{f"{_NUMERALS[grade - 1]}年级": (str(grade), f"0{grade}", f"小学{_NUMERALS[grade - 1]}年级") for grade in range(1, 7)},
    **{f"{_NUMERALS[grade - 1]}年级": (str(grade), f"0{grade}", f"初{_NUMERALS[grade - 7]}", f"初中{_NUMERALS[grade - 7]}年级") for grade in range(7, 10)},
    **{f"初{_NUMERALS[grade - 7]}": (str(grade), f"{_NUMERALS[grade - 1]}年级") for grade in range(7, 10)},
    **{str(grade): (f"0{grade}", f"{_NUMERALS[grade - 1]}年级") for grade in range(1, 10)},
}
_OLD_GRADE = {word: f"{_NUMERALS[grade - 2]}年级" for grade in range(2, 7) for word in (f"{_NUMERALS[grade - 1]}年级", str(grade))}
_TICKED = {"0-否": ("1-是",), "0": ("1",), "否": ("是",)}
_LEAST_AT_LIMIT = 4  # classes exactly at the limit, before that says anything
_GHOSTS_MORE_THAN = 8  # and more than a tenth of the stage: beyond every tolerance


def _is_on_roll(line: Line) -> bool:
    return line.get("status") == _ON_ROLL


def _class_in_brackets(line: Line, rng: np.random.Generator) -> str | None:
    """`七(3)` as `七（3）`, `七 (3)`; digits in full width."""
    text = line.get("class_id")
    if "(" in text:
        return (text.replace("(", "（").replace(")", "）"), text.replace("(", " ("))[int(rng.integers(2))]
    return full_width("class_id")(line, rng)


def _temporary_number(line: Line, rng: np.random.Generator) -> str | None:
    number = line.get("student_key")
    return f"L{number[1:15]}{int(rng.integers(10_000)):04d}" if number.startswith("G") else None


def _copies(name: str, change: str, outcome: str, rule: str, zh: str, en: str, rate: float) -> Kind:
    """A pupil twice in one school: the same row again, or with another class."""

    def plant(ground: Ground, rate: float) -> Iterator[Fault]:
        rng = ground.random(name)
        is_same = not change
        of_school: dict[str, list[str]] = defaultdict(list)
        for line in ground.lines(_CLASSES):
            of_school[line.school].append(line.get("class_id"))
        for line in ground.take(_STUDENTS, rng, rate, where=_is_on_roll, is_careless=not is_same):
            again = line.copied()
            if change:
                others = [text for text in of_school[line.school] if text != line.get(change)]
                if not others:
                    continue
                again.put(change, others[int(rng.integers(len(others)))])
            ground.add(again)
            about = {"table": _STUDENTS, "column": "school_id,student_key", "rule": rule, "schools": (line.school,), "is_hit": not is_same}
            if not is_same:
                yield Fault(line, **about)
            yield Fault(again, **about)

    return Kind(name, _SOURCE, "3.5", zh, en, outcome, rate, plant)


def _double_status(ground: Ground, rate: float) -> Iterator[Fault]:
    """Out not yet confirmed, in already active: the pupil is at school in two schools."""
    rng = ground.random("double_status")
    classes = defaultdict(list)
    named = {(line.school, line.get("student_key")) for line in ground.lines(_STUDENTS)}
    for line in ground.lines(_STUDENTS):
        if _is_on_roll(line) and line.school in ground.careless and ground.is_free(line):
            classes[line.get("grade"), line.school].append(line)
    for line in ground.take(_STUDENTS, rng, rate, where=_is_on_roll, is_careless=True):
        # who came from there still has a row of it: out, and confirmed
        mates = [found for (grade, school), found in classes.items() if grade == line.get("grade") and (school, line.get("student_key")) not in named]
        if not mates:
            continue
        mate = mates[int(rng.integers(len(mates)))][0]
        again = line.copied()
        for column in ("school_id", "class_id"):
            again.put(column, mate.get(column))
        again.school = mate.school
        named.add((mate.school, line.get("student_key")))
        ground.add(again)
        for school in (line.school, mate.school):
            yield Fault(again, _STUDENTS, measure="students_in_two_schools", rule="in_two_schools", schools=(school,), is_hit=True)


def _on_leave_in_old_grade(ground: Ground, rate: float) -> Iterator[Fault]:
    """On leave, and left in the grade that the others have gone out of."""
    rng = ground.random("on_leave_in_old_grade")
    for line in ground.take(_STUDENTS, rng, rate, where=lambda line: line.get("status") == "休学" and line.get("grade") in _OLD_GRADE, is_careless=False):
        line.put("grade", _OLD_GRADE[line.get("grade")])
        yield Fault(line, _STUDENTS, "grade", schools=(line.school,))


def _filed(ground: Ground, school: School) -> list[Line]:
    """How many pupils the school filed: what its roll is held against."""
    return [line for line in ground.lines(_FIGURES) if line.school == school.school_id and line.get("measure_id") == "students"]


def _files_students(ground: Ground, school: School) -> bool:
    is_filing = any(school is filing for filing in filing_schools(ground.county)) and all(map(ground.is_free, _filed(ground, school)))
    return is_filing and school.students.get(_stage_of(school), 0) > 60 and len(_pupils(ground, school, _stage_of(school))) > 60


def _stage_of(school: School) -> str:
    return PRIMARY if PRIMARY in school.students else JUNIOR


def _pupils(ground: Ground, school: School, stage: str) -> list[Line]:
    grades = {str(grade) for grade in (range(1, 7) if stage == PRIMARY else range(7, 10))}
    words = grades | {f"{_NUMERALS[int(grade) - 1]}年级" for grade in grades} | ({f"初{_NUMERALS[place]}" for place in range(3)} if stage == JUNIOR else set())
    return [
        line for line in ground.lines(_STUDENTS)
        if line.school == school.school_id and ground.is_free(line) and _is_on_roll(line) and line.get("grade") in words
    ]  # fmt: skip


def _add_ghost(ground: Ground, like: Line, serial: int) -> None:
    """A pupil who is not there, beside one who is."""
    ghost = like.copied()
    ghost.put("student_key", f"J{like.get('student_key')[1:11]}{serial:08d}")
    ground.add(ghost)


def _ghosts(ground: Ground, rate: float) -> Iterator[Fault]:
    """On the roll here, sitting elsewhere: the school filed those who are there."""
    rng = ground.random("ghost_pupils")
    for school in ground.schools("students", rng, rate, where=lambda school: _files_students(ground, school), is_careless=True):
        ground.spoil(_filed(ground, school))
        pupils = _pupils(ground, school, _stage_of(school))
        count = max(_GHOSTS_MORE_THAN, len(pupils) // 8)
        for number, line in enumerate(pupils[:count]):
            _add_ghost(ground, line, 90_000_007 + number * 10)
        yield Fault(pupils[0], _STUDENTS, measure="students", schools=(school.school_id,), is_hit=True)


def _classes(ground: Ground, school: School) -> dict[str, list[Line]]:
    """Who is on the roll of a school's one stage, by class."""
    found: dict[str, list[Line]] = defaultdict(list)
    for line in _pupils(ground, school, _stage_of(school)):
        found[line.get("class_id")].append(line)
    return found


def _has_its_own_classes_alone(ground: Ground, school: School) -> bool:
    """One stage of compulsory education, some classes, and no teaching point among them."""
    parents = {former.parent for former in (ground.county.point, *ground.county.others)}
    if len(school.students) > 1 or _stage_of(school) not in school.students or ground.county.schools.index(school) in parents:
        return False
    limit = MOST_IN_CLASS[_stage_of(school)]
    return len(school.classes) >= _LEAST_AT_LIMIT and all(limit / 2 <= group.size <= limit * 3 / 2 for group in school.classes)


def _evened_out(ground: Ground, rate: float) -> Iterator[Fault]:
    """Every class exactly at the limit: pupils moved on paper within their grade, made up where they do not do, left out where
    they are too many."""
    rng = ground.random("evened_out_on_roll")
    for school in ground.schools("students", rng, rate, where=lambda school: _has_its_own_classes_alone(ground, school), is_careless=True):
        limit, classes = MOST_IN_CLASS[_stage_of(school)], _classes(ground, school)
        ground.spoil([*_filed(ground, school), *(line for table in (_CLASSES, _STUDENTS) for line in ground.lines(table) if line.school == school.school_id)])
        over = defaultdict(list)
        for lines in classes.values():
            over[lines[0].get("grade")] += lines[limit:]
        ghosts = 0
        for name, lines in classes.items():
            spare = over[lines[0].get("grade")]
            short = limit - len(lines)
            for line in spare[: max(0, short)]:
                line.put("class_id", name)
            made_up = max(0, short - len(spare))
            del spare[: max(0, short)]
            for line in lines[:made_up]:
                _add_ghost(ground, line, 80_000_007 + ghosts * 10)
                ghosts += 1
        for line in (line for spare in over.values() for line in spare):
            line.remove()
        first = next(line for lines in classes.values() for line in lines)
        yield Fault(first, _STUDENTS, "class_id", "evened_out_on_roll", "classes_at_limit", (school.school_id,), is_hit=True)


def _migrant_of_this_county(ground: Ground, rate: float) -> Iterator[Fault]:
    """Ticked as a migrant worker's child, and the household is of this county."""
    rng = ground.random("migrant_of_this_county")

    def is_of_here(line: Line) -> bool:
        return _is_on_roll(line) and line.get("household_division") == ground.county.code and line.get("migrant_child") in _TICKED

    for line in ground.take(_STUDENTS, rng, rate, where=is_of_here, is_careless=True):
        line.put("migrant_child", _TICKED[line.get("migrant_child")][0])
        yield Fault(line, _STUDENTS, "migrant_child", "migrant_of_this_county", "migrants_of_this_county", (line.school,), is_hit=True)


def _missing_class(ground: Ground, rate: float) -> Iterator[Fault]:
    """The export lacks a class that the class list names."""
    rng = ground.random("missing_class")
    for school in ground.schools("students", rng, rate, where=lambda school: sum(school.students.values()) > 120, is_careless=True):
        of_class = defaultdict(list)
        for line in ground.lines(_STUDENTS):
            if line.school == school.school_id:
                of_class[line.get("class_id")].append(line)
        listed = {line.get("class_id"): line for line in ground.lines(_CLASSES) if line.school == school.school_id}
        whole = [name for name, rows in of_class.items() if name in listed and all(map(ground.is_free, rows)) and sum(map(_is_on_roll, rows)) > 10]
        if not whole:
            continue
        name = whole[int(rng.integers(len(whole)))]
        for line in of_class[name]:
            line.remove()
        yield Fault(listed[name], _CLASSES, measure="classes_without_students", rule="class_without_students", schools=(school.school_id,), is_hit=True)


def _under_central(ground: Ground, rate: float) -> Iterator[Fault]:
    """A whole village school entered under another school's code, its classes with it.

    A system says that the village has nobody, whatever it filed; files say nothing of it, and the other school has too many.
    """
    rng = ground.random("village_school_under_central")

    def is_village(school: School) -> bool:
        return len(school.students) == 1 and (_files_students(ground, school) if ground.has_systems else len(_pupils(ground, school, _stage_of(school))) > 60)

    for village in ground.schools("students", rng, rate, where=is_village, is_careless=True):
        stage = _stage_of(village)

        def is_central(school: School, stage: str = stage) -> bool:
            return _stage_of(school) == stage in school.students and (ground.has_systems or _files_students(ground, school))

        centrals = ground.schools("students", rng, 0.0001, where=is_central, is_careless=True)
        for central in centrals[:1]:
            there = {line.get("student_key") for line in ground.lines(_STUDENTS) if line.school == central.school_id}
            moved = [line for table in (_CLASSES, _STUDENTS) for line in ground.lines(table) if line.school == village.school_id]
            ground.spoil([*moved, *_filed(ground, village), *_filed(ground, central)])
            for line in moved:
                if line.table == _STUDENTS and line.get("student_key") in there:
                    line.remove()  # who came from there, or went there, is entered once
                    continue
                line.put("school_id", central.school_id)
                line.put("class_id", f"村{line.get('class_id')}")
                line.school = central.school_id
            schools = (village.school_id, central.school_id)
            yield Fault(next(line for line in moved if not line.is_gone), _CLASSES, measure="students", schools=schools, is_hit=True)


def _class_of_nobody(line: Line, rng: np.random.Generator) -> str | None:
    return ("99班", "临时班", "Z01")[int(rng.integers(3))] if _is_on_roll(line) else None


def _other_school(line: Line, rng: np.random.Generator) -> str:
    return f"21419{int(rng.integers(10_000, 99_999))}"


KINDS = (
    # what takes whole classes and schools comes first: it needs rows that nothing else stands in
    Kind("village_school_under_central", _SOURCE, "3.5.5", "村小学生录在中心校代码下", "a village school entered under the central school's code", AGREEMENT, 0.001, _under_central, SCHOOLS),
    Kind("missing_class", _SOURCE, "3.5.8", "导出缺一个班", "an export that misses a class", AGREEMENT, 0.005, _missing_class, SCHOOLS),
    Kind("ghost_pupils", _SOURCE, "3.5.1", "空挂学籍、人籍分离", "on the roll here, sitting elsewhere", AGREEMENT, 0.005, _ghosts, SCHOOLS),
    Kind("evened_out_on_roll", _SOURCE, "11", "学籍把各班凑成恰为班额上限", "pupils moved on paper so that every class is exactly at the limit", AGREEMENT, 0.005, _evened_out, SCHOOLS),
    spelled("number_with_lower_case_x", _STUDENTS, "student_key", lower_case_x("student_key"), "学籍号尾位小写 x", "student numbers that end in a small x", section="3.5.6"),
    spelled("number_in_full_width", _STUDENTS, "student_key", full_width("student_key"), "学籍号全角数字", "student numbers in full-width digits", section="3.5.6"),
    spelled("school_code_with_blanks", _STUDENTS, "school_id", with_blanks("school_id"), "学校标识码前后有空格", "school codes with blanks around them", section="1"),
    spelled("class_number_another_way", _STUDENTS, "class_id", _class_in_brackets, "班号写法不一（全角括号、空格、全角数字）", "class numbers written another way", section="3.5.4"),
    spelled("grade_another_way", _STUDENTS, "grade", one_of("grade", _GRADES), "年级写法不一", "grades written another way", section="3.5.4"),
    spelled("temporary_number", _STUDENTS, "student_key", _temporary_number, "临时学籍号（L）", "temporary student numbers (L)", section="3.4", rate=0.003),
    Kind("on_leave_in_old_grade", _SOURCE, "3.5.3", "休学生留在原年级", "pupils on leave left in their old grade", READ_RIGHT, 0.0005, _on_leave_in_old_grade),
    _copies("pupil_twice", "", QUARANTINED, "repeated_row", "同一学生重复一行", "the same pupil's row twice", 0.002),
    _copies("pupil_in_two_classes", "class_id", QUARANTINED, "duplicate_key", "同一学生在同校两个班", "one pupil in two classes of a school", 0.0002),
    Kind("double_status", _SOURCE, "3.5.2", "转学在途，两校同时在籍", "a transfer in flight: on two rolls at once", AGREEMENT, 0.005, _double_status),
    Kind("migrant_of_this_county", _SOURCE, "3.5.7", "本县户口学生标为随迁子女", "pupils of this county ticked as migrants' children", AGREEMENT, 0.0005, _migrant_of_this_county),
    broken("number_as_float", _STUDENTS, "student_key", as_float("student_key"), "damaged_id", "学籍号成了科学计数", "student numbers turned into floats", section="3.5.6", rate=0.0001),
    broken("masked_number", _STUDENTS, "student_key", lambda line, rng: f"{line.get('student_key')[:11]}********", "damaged_id", "学籍号打码", "masked student numbers", section="3.5.6", rate=0.0001),
    broken("unknown_roll_status", _STUDENTS, "status", any_of("在校", "9X", "借读"), "unknown_code", "学籍状态不在代码表", "a roll status that no list knows", section="3.3"),
    broken("unknown_grade", _STUDENTS, "grade", any_of("学前班", "13", "毕业班"), "unknown_code", "年级不在代码表", "a grade that no list knows", section="3.5.4"),
    broken("class_nobody_knows", _STUDENTS, "class_id", _class_of_nobody, "unknown_class", "班号不在班级表", "a class that the class list does not name", section="3.5.4"),
    broken("no_class", _STUDENTS, "class_id", always(""), "missing_value", "没有班号", "no class number", section="3.5.4"),
    broken("school_nobody_knows", _STUDENTS, "school_id", _other_school, "unknown_school", "学校标识码查无此校", "a school code that leads nowhere", section="2"),
    broken("born_in_the_future", _STUDENTS, "birth_month", any_of("20991001", "2098-03-01"), "impossible_date", "出生日期在未来", "born in the future", section="1"),
    broken("no_date_of_birth", _STUDENTS, "birth_month", any_of("20131345", "不详", "2013.13.1"), "not_a_month", "出生日期无法识别", "a date of birth that is none", section="1"),
)  # fmt: skip
