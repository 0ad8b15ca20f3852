"""Faults of the teacher system, of personnel lists and of payroll (dictionary 4 and 5).

Here: rows of the personnel database, or of its exports. Not here: files that are spoilt as a
whole (sent_again.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

import numpy as np

from sandbox.dirt.cells import broken, spelled
from sandbox.dirt.ground import Ground
from sandbox.dirt.kind import AGREEMENT, READ_RIGHT, Fault, Kind
from sandbox.dirt.lines import Line
from sandbox.dirt.spellings import any_of, as_float, full_width, lower_case_x, one_of

_SOURCE = "hr_payroll"
_STAFF, _POSTS, _DEGREES, _PAY = "hr_payroll.staff", "hr_payroll.posts", "hr_payroll.degrees", "hr_payroll.monthly_pay"
_SUBJECTS, _CERTIFICATES, _TITLES = "hr_payroll.subjects_taught", "hr_payroll.certificates", "hr_payroll.backbone_titles"
_ROTATIONS, _TRAINING, _PERSONAL = "hr_payroll.rotations", "hr_payroll.training_hours", "hr_payroll.personal"
_COLLEGE, _BACHELOR = ("大专", "大学专科", "专科毕业", "31-大学专科毕业", "大专毕业"), ("本科", "大学本科毕业", "本科毕业", "21-大学本科毕业")
_SAME_DEGREE = {
    **dict.fromkeys(("31", "专科毕业", "31-专科毕业"), _COLLEGE), **dict.fromkeys(("21", "本科毕业", "21-本科毕业"), _BACHELOR),
    **dict.fromkeys(("14", "硕士毕业", "14-硕士毕业"), ("硕士研究生", "硕士", "硕士研究生毕业")),
}  # fmt: skip


def _other_person(line: Line, number: int) -> str:
    """The number of a person whom nobody else knows: an area code that does not exist."""
    return f"960184195{number % 10}0101{number:03d}7"


def _unit_as(name: str, zh: str, en: str, way: str) -> Kind:
    """工作单位 by the finance bureau's code, or by a name that is one school's alone."""

    def plant(ground: Ground, rate: float) -> Iterator[Fault]:
        rng = ground.random(name)
        schools = {school.school_id: school for school in ground.county.schools}
        names = [school.name for school in ground.county.schools]
        once = {school.school_id for school in ground.county.schools if names.count(school.name) == 1}
        stands_in = defaultdict(int)
        for line in ground.lines(_STAFF):
            stands_in[line.get("person_key")] += 1

        def lends_itself(line: Line) -> bool:
            return line.get("work_unit_code") in once and stands_in[line.get("person_key")] == 1 and line.get("person_status") == "在岗"

        for line in ground.take(_STAFF, rng, rate, where=lends_itself, is_careless=False):
            school = schools[line.school]
            text = school.budget_unit_code if way == "code" else school.name.replace("（", "(").replace("）", ")")
            line.put("work_unit_code", text)
            yield Fault(line, _STAFF, "work_unit_code", schools=(line.school,))

    return Kind(name, _SOURCE, "4", zh, en, READ_RIGHT, 0.005, plant)


def _in_two_schools(ground: Ground, rate: float) -> Iterator[Fault]:
    rng = ground.random("teacher_in_two_schools")
    teaches = {line.get("person_key") for line in ground.lines(_SUBJECTS)}

    def is_teacher(line: Line) -> bool:
        wanted = {"person_status": "在岗", "staff_category": "专任教师", "teaching_status": "任教", "employment": "在编"}
        return line.get("person_key") in teaches and all(line.get(column) == text for column, text in wanted.items())

    for line in ground.take(_STAFF, rng, rate, where=is_teacher, is_careless=True):
        others = sorted(ground.careless - {line.school})
        other = others[int(rng.integers(len(others)))]
        again = line.copied()
        again.put("work_unit_code", other)
        again.school = other
        ground.add(again)
        for school in (line.school, other):
            yield Fault(again, _STAFF, measure="teachers_in_two_schools", rule="in_two_schools", schools=(school,), is_hit=True)


def _retired_still_listed(ground: Ground, rate: float) -> Iterator[Fault]:
    """Retired, and still on the list with post, lessons and degree."""
    rng = ground.random("retired_still_listed")
    courses = {line.get("person_key"): line for line in ground.lines(_SUBJECTS)}
    posts, degrees = ({line.get("person_key"): line for line in ground.lines(table)} for table in (_POSTS, _DEGREES))
    taught = ground.take(_STAFF, rng, rate, where=lambda line: line.get("person_key") in courses, is_careless=False)
    for number, line in enumerate(taught):
        person = _other_person(line, number)
        rows = [line.copied(), *(found[line.get("person_key")].copied() for found in (courses, posts, degrees) if line.get("person_key") in found)]
        for row in rows:
            row.put("person_key", person)
            ground.add(row)
        rows[0].put("person_status", "退休")
        rows[0].put("teaching_status", "任教")
        yield Fault(rows[0], _STAFF, "person_status", schools=(line.school,))


def _retired_on_pay_roll(ground: Ground, rate: float) -> Iterator[Fault]:
    rng = ground.random("retired_on_pay_roll")
    for number, line in enumerate(ground.take(_PAY, rng, rate, is_careless=False)):
        pensioner = line.copied()
        pensioner.put("person_key", _other_person(line, 500 + number))
        pensioner.put("person_status", "退休")
        ground.add(pensioner)
        yield Fault(pensioner, _PAY, "person_status", schools=(line.school,) if line.school else ())


def _back_pay(ground: Ground, rate: float) -> Iterator[Fault]:
    """A part of one month's pay is paid in a later one: the year's sum is the same."""
    rng = ground.random("back_pay_in_a_lump")
    if not ground.has_systems:  # a workbook a month: its rows do not say which
        return
    of_person = defaultdict(list)
    for line in ground.lines(_PAY):
        if ground.is_free(line):
            of_person[line.get("person_key"), line.get("budget_unit_code"), line.get("pay_month")[:4]].append(line)
    for line in ground.take(_PAY, rng, rate, where=lambda line: line.get("pay_month").endswith(("-01", "-02", "-03")), is_careless=False):
        months = of_person[line.get("person_key"), line.get("budget_unit_code"), line.get("pay_month")[:4]]
        later = [other for other in months if other.get("pay_month") > line.get("pay_month") and ground.is_free(other)]
        if not later:
            continue
        held_back = (Decimal(line.get("gross_yuan")) / 4).quantize(Decimal("0.01"))
        line.put("gross_yuan", str(Decimal(line.get("gross_yuan")) - held_back))
        later[-1].put("gross_yuan", str(Decimal(later[-1].get("gross_yuan")) + held_back))
        ground.spoil([later[-1]])
        yield Fault(line, _PAY, "gross_yuan", schools=(line.school,) if line.school else ())


def _rotation_within_a_school(ground: Ground, rate: float) -> Iterator[Fault]:
    """A rotation whose two units are one: nobody has gone anywhere."""
    rng = ground.random("rotation_within_a_school")
    rotations = [line for line in ground.lines(_ROTATIONS) if line.has("to_unit_code")]
    if not rotations:  # the export writes units by name
        return
    have_moved = {line.get("person_key") for line in rotations}
    moved = next(line for line in rotations if line.get("rotation_kind") == "定期交流")
    for line in ground.take(_STAFF, rng, rate, where=lambda line: line.get("person_key") not in have_moved, is_careless=False):
        stayed = moved.copied()
        for column, text in {"person_key": line.get("person_key"), "from_unit_code": line.get("work_unit_code"), "to_unit_code": line.get("work_unit_code")}.items():
            stayed.put(column, text)
        stayed.school = line.school
        ground.add(stayed)
        yield Fault(stayed, _ROTATIONS, "to_unit_code", schools=(line.school,))


def _same_name(ground: Ground, rate: float) -> Iterator[Fault]:
    """Two people of one name in one school."""
    rng = ground.random("two_of_one_name")
    first = {line.school: line for line in ground.lines(_STAFF)}
    for line in ground.take(_STAFF, rng, rate, is_careless=False):
        line.put("name", first[line.school].get("name"))
        yield Fault(line, _STAFF, schools=(line.school,))


def _subject_of_certificate(line: Line, rng: np.random.Generator) -> str:
    return "地理" if line.get("subject") != "地理" else "历史"


def _before_it_began(line: Line, rng: np.random.Generator) -> str | None:
    return f"{int(line.get('started_on')[:4]) - 1}-01-01" if line.get("started_on") else None


def _month_of_no_year(line: Line, rng: np.random.Generator) -> str:
    """A year later in months: `2024-15`; no two months of a person become one."""
    year, month = line.get("pay_month").split("-")
    return f"{year}-{int(month) + 12}"


KINDS = (
    spelled("degree_another_way", _DEGREES, "degree", one_of("degree", _SAME_DEGREE), "学历写法不一（大专、大学专科）", "degrees written another way", section="4"),
    spelled("id_with_lower_case_x", _DEGREES, "person_key", lower_case_x("person_key"), "身份证号小写 x", "identity numbers that end in a small x", section="3.5.6"),
    spelled("id_in_full_width", _CERTIFICATES, "person_key", full_width("person_key"), "身份证号全角", "identity numbers in full-width digits", section="3.5.6"),
    spelled("certificate_of_another_subject", _CERTIFICATES, "subject", _subject_of_certificate, "资格证学科与任教学科不同", "a certificate for another subject than taught", section="4"),
    _unit_as("unit_by_finance_code", "工作单位写成预算单位代码", "the unit by the finance bureau's code", "code"),
    _unit_as("unit_by_name", "工作单位写成校名", "the unit by its name", "name"),
    Kind("retired_still_listed", _SOURCE, "4", "退休仍在名册", "teachers still listed after retirement", READ_RIGHT, 0.002, _retired_still_listed),
    Kind("retired_on_pay_roll", _SOURCE, "5", "退休人员在同一工资表", "retired staff in the same pay sheet", READ_RIGHT, 0.0005, _retired_on_pay_roll),
    Kind("back_pay_in_a_lump", _SOURCE, "5", "补发集中在一个月", "back pay in a lump month", READ_RIGHT, 0.0005, _back_pay),
    Kind("two_of_one_name", _SOURCE, "4", "同校同名", "two people of one name in one school", READ_RIGHT, 0.002, _same_name),
    Kind("rotation_within_a_school", _SOURCE, "4", "轮岗前后为同一单位", "a rotation from a school to itself", READ_RIGHT, 0.002, _rotation_within_a_school),
    # what only exports have
    spelled("highest_degree_of_old", _PERSONAL, "highest_degree", any_of("中专毕业", "40-中等职业教育"), "个人信息的最高学历旧于学习经历", "a highest degree older than the degrees", section="4"),
    spelled("pay_that_is_not_its_parts", _PAY, "base_yuan", any_of("0.00", "12345.67"), "应发不等于各项之和", "gross pay that is not the sum of its parts", section="5"),
    Kind("teacher_in_two_schools", _SOURCE, "4, 11", "同一教师在两校任教", "the same teacher in two schools", AGREEMENT, 0.0005, _in_two_schools),
    broken("unknown_degree", _DEGREES, "degree", any_of("函授", "99", "大学"), "unknown_code", "学历不在代码表", "a degree that no list knows", section="4"),
    broken("id_as_float", _CERTIFICATES, "person_key", as_float("person_key"), "damaged_id", "身份证号成了科学计数", "identity numbers turned into floats", section="1", rate=0.0001),
    broken("masked_id", _SUBJECTS, "person_key", lambda line, rng: f"{line.get('person_key')[:10]}****{line.get('person_key')[-4:]}", "damaged_id", "身份证号打码", "masked identity numbers", section="1", rate=0.0001),
    broken("unit_nobody_knows", _STAFF, "work_unit_code", any_of("2141999901", "模拟不存在的学校", "205999999"), "unknown_school", "工作单位查无此校", "a unit that leads nowhere", section="4"),
    broken("unknown_person_status", _STAFF, "person_status", any_of("挂编", "待定"), "unknown_code", "人员状态不在代码表", "a status that no list knows", section="4"),
    broken("teacher_born_in_the_future", _STAFF, "birth_month", any_of("2088-05", "2099-01"), "impossible_date", "出生年月在未来", "born in the future", section="1"),
    broken("post_ends_before_it_begins", _POSTS, "ended_on", _before_it_began, "dates_reversed", "聘任结束早于开始", "a post that ends before it begins", section="4"),
    broken("rotation_ends_before_it_begins", _ROTATIONS, "ended_on", _before_it_began, "dates_reversed", "轮岗结束早于开始", "a rotation that ends before it begins", section="4", rate=0.002),
    broken("unknown_rotation_kind", _ROTATIONS, "rotation_kind", any_of("临时帮忙", "Z"), "unknown_code", "交流轮岗类型不在代码表", "a kind of rotation that no list knows", section="4", rate=0.002),
    broken("lessons_beyond_a_week", _SUBJECTS, "weekly_hours", any_of("160.00", "999.00"), "out_of_bounds", "周课时超过一周", "more lessons than a week has", section="4"),
    broken("hours_that_are_none", _TRAINING, "hours", any_of("若干", "90学时多"), "not_a_number", "学时不是数字", "hours of training that are no number", section="4"),
    broken("hours_beyond_a_year", _TRAINING, "hours", any_of("3600.00", "7200.00"), "out_of_bounds", "学时超过一年", "more hours than a year has", section="4"),
    broken("title_awarded_never", _TITLES, "awarded_on", any_of("2023-02-30", "近年"), "not_a_date", "认定日期不是日期", "a day of award that is no day", section="4", rate=0.002),
    broken("unknown_title_level", _TITLES, "level", any_of("片区级", "特级"), "unknown_code", "骨干级别不在代码表", "a level that no list knows", section="4", rate=0.002),
    broken("pay_below_zero", _PAY, "gross_yuan", any_of("-1200.00", "-88.50"), "out_of_bounds", "应发工资为负", "pay below zero", section="5"),
    broken("pay_of_no_month", _PAY, "pay_month", _month_of_no_year, "not_a_month", "月份无法识别", "a month that is none", section="5", rate=0.0001),
)  # fmt: skip
