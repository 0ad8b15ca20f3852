"""Students, classes, campuses and schools as the student-status system holds them.

Here: rows written in each school's own style. Not here: who the pupils are
(pupil_rows.py) and the service that hands them out (student_status_service.py).
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sandbox.classes import SchoolClass
from sandbox.places import KINDS
from sandbox.plan import County
from sandbox.pupil_rows import Pupils, local_time, pupils_of, stage_of_grade

STYLES = 6
_STATUS_TEXT = ("在籍在读", "休学", "转出", "毕业")
_AWAY = np.array(["411681", "130984", "340122"])  # where the households of migrants' children are
_NUMERALS = "一二三四五六七八九"


def grade_text(style: int, grade: int) -> str:
    """How a clerk of that style writes a grade of 1-12."""
    if grade >= 10:
        return f"高{_NUMERALS[grade - 10]}" if style % 2 else str(grade)
    if style in (1, 4):
        return str(grade)
    if style == 3 and grade >= 7:
        return f"初{_NUMERALS[grade - 7]}"
    return f"{_NUMERALS[grade - 1]}年级"


def class_id(style: int, group: SchoolClass, entered: int) -> str:
    """Class number, unique within its school."""
    if style % 3 == 1:
        stage = {"primary": "", "junior": "初", "senior": "高"}[group.stage]
        return f"{stage}{entered}级{group.number}班"
    if style % 3 == 2:
        return f"{'高' + _NUMERALS[group.grade - 10] if group.grade >= 10 else _NUMERALS[group.grade - 1]}({group.number})"
    return f"{group.grade}{group.number:02d}"


def roll_of(county: County) -> Pupils:
    """The rows of a county that has moved as it keeps them, else as the plan begins."""
    return county.kept.pupils if county.kept else pupils_of(county)


def coded(style: int, code: str, label: str) -> str:
    """A coded value as code, label or `code-label`, by the clerk's style."""
    if not code:
        return label
    return (label, code, f"{code}-{label}")[style % 3]


def school_items(county: County) -> list[dict[str, str]]:
    return [
        {
            "county_code": county.code,
            "学校标识码": school.school_id,
            "学校名称": school.former_name if school.style == 5 and school.former_name else school.name,
            "办学类型": coded(school.style, *KINDS[school.kind][:2]),
            "寄宿制": "是" if school.is_boarding else "否",
            "学校地址": f"{school.name}校内",
            "校长姓名": "模拟校长",
            "办公电话": f"0371-000{place:05d}",
        }
        for place, school in enumerate(county.schools)
    ]


def campus_items(county: County) -> list[dict[str, str]]:
    result = []
    for place, school in enumerate(county.schools):
        campuses = ["本部"] + (["东校区"] if school.kind == "nine_year_school" else [])
        if place == county.point.parent:
            campuses.append(county.point.name)
        result += [
            {
                "county_code": county.code,
                "学校标识码": school.school_id,
                "校区号": str(number),
                "校区名称": campus,
                "校区地址": f"{campus}模拟地址",
                "校区负责人": "模拟负责人",
            }
            for number, campus in enumerate(campuses, start=1)
        ]
    return result


def class_items(county: County) -> list[dict[str, str]]:
    """Every class that a pupil's row names."""
    items = {}
    for place, grade, number, at_point, entered in roll_of(county).classes()[0]:
        school, group = county.schools[place], SchoolClass(stage_of_grade(grade), grade, number, 0)
        item = {
            "county_code": county.code,
            "学校标识码": school.school_id,
            "班号": class_id(school.style, group, entered),
            "班级名称": f"{grade_text(0, grade)}（{number}）班",
            "年级": grade_text(school.style, grade),
            "教学点标志": "是" if at_point or school.kind == "teaching_point" else "否",
            "班主任": "模拟班主任",
        }
        items[place, item["班号"]] = item
    return list(items.values())


def student_table(county: County) -> pa.Table:
    """All rows of the students resource in key order, columns as the service names them."""
    pupils = roll_of(county)
    schools = county.schools
    who, person = pupils.persons, pa.array(pupils.person)
    style = np.array([school.style for school in schools])[pupils.school]
    sex = who.identity.astype("U17").astype(np.int64) % 2
    touched = pa.array(local_time(pupils.touched))
    table = pa.table(
        {
            "学校标识码": pa.array([school.school_id for school in schools]).take(pa.array(pupils.school)),
            "全国学籍号": pa.array(who.number).take(person),
            "姓名": pa.array(who.name, pa.string()).take(person),
            "身份证件号": pa.array(np.where(who.is_known, who.identity, "")).take(person),
            "性别": _styled(style, sex[pupils.person], (("2", "女"), ("1", "男"))),
            "出生日期": _dates(who.birth, style, pupils.person),
            "班号": _class_ids(county, pupils),
            "年级": _by_style(style, pupils.grade, [[grade_text(s, max(g, 1)) for g in range(13)] for s in range(STYLES)]),
            "学籍状态": pa.array(_STATUS_TEXT).take(pa.array(pupils.status)),
            "入学年月": _entry_months(style, pupils.entered),
            "就读方式": _styled(style, pupils.boards.astype(int), (("1", "走读"), ("2", "住校"))),
            "是否留守儿童": _styled(style, pupils.left_behind, (("0", "非留守儿童"), ("1", "单亲留守儿童"), ("2", "双亲留守儿童"))),
            "是否进城务工人员随迁子女": _styled(style, pupils.migrant.astype(int), (("0", "否"), ("1", "是"))),
            "户口所在地行政区划": pa.array(np.where(pupils.migrant, _AWAY[pupils.person % len(_AWAY)], county.code)),
            "联系电话": pa.array(who.phone, pa.string()).take(person),
            "现住址": pa.array(pupils.address, pa.string()),
            "updated_at": pc.binary_join_element_wise(touched, pa.scalar("+08:00"), ""),
            "_epoch": pa.array(pupils.touched),
        }
    )
    return table.sort_by([("学校标识码", "ascending"), ("全国学籍号", "ascending")])


def _class_ids(county: County, pupils: Pupils) -> pa.Array:
    """The class number of every row: made once a class and year of entry."""
    classes, place = pupils.classes()
    texts = [
        class_id(county.schools[school].style, SchoolClass(stage_of_grade(grade), grade, number, 0), entered)
        for school, grade, number, _, entered in classes
    ]
    return pa.array(texts).take(pa.array(place))


def _by_style(style: np.ndarray, code: np.ndarray, texts: list[list[str]]) -> pa.Array:
    width = len(texts[0])
    flat = pa.array([text for line in texts for text in line])
    return flat.take(pa.array(style * width + code))


def _styled(style: np.ndarray, code: np.ndarray, values: tuple[tuple[str, str], ...]) -> pa.Array:
    return _by_style(style, code, [[coded(s, *value) for value in values] for s in range(STYLES)])


def _dates(days: np.ndarray, style: np.ndarray, person: np.ndarray) -> pa.Array:
    dashed = pa.array(days.astype(str))
    plain = pc.replace_substring(dashed, "-", "")
    return pc.if_else(pa.array(style % 2 == 0), plain.take(pa.array(person)), dashed.take(pa.array(person)))


def _entry_months(style: np.ndarray, entered: np.ndarray) -> pa.Array:
    forms, first = ("{}09", "{}-09", "{}年9月"), int(entered.min())
    texts = [[forms[s % 3].format(year) for year in range(first, int(entered.max()) + 1)] for s in range(STYLES)]
    return _by_style(style, entered - first, texts)
