"""Students, classes, campuses and schools as the student-status system holds them.

Here: rows that add up to the plan, written in each school's own style, and the
rows that must not count (on leave, transferred out, graduated).
Not here: the service that hands them out (student_status_service.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sandbox import codes, names
from sandbox.classes import SchoolClass
from sandbox.places import KINDS
from sandbox.plan import County

STYLES = 6
IN_SCHOOL, ON_LEAVE, TRANSFERRED, GRADUATED = range(4)
_STATUS_TEXT = ("在籍在读", "休学", "转出", "毕业")
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


def entry_year(county: County, grade: int) -> int:
    first = 1 if grade <= 6 else 7 if grade <= 9 else 10
    return county.calendar.school_year - (grade - first)


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
    return [
        {
            "county_code": county.code,
            "学校标识码": school.school_id,
            "班号": class_id(school.style, group, entry_year(county, group.grade)),
            "班级名称": f"{grade_text(0, group.grade)}（{group.number}）班",
            "年级": grade_text(school.style, group.grade),
            "教学点标志": "是" if group.is_of_point or school.kind == "teaching_point" else "否",
            "班主任": "模拟班主任",
        }
        for school in county.schools
        for group in school.classes
    ]


@dataclass
class _Rows:
    """One row a student in a school: places of school and class, status, person."""

    school: np.ndarray
    group: np.ndarray
    status: np.ndarray
    person: np.ndarray


def student_table(county: County) -> pa.Table:
    """All rows of the students resource in key order, columns as the service names them."""
    rng = county.random("pupils")
    schools = county.schools
    groups = [(place, group) for place, school in enumerate(schools) for group in school.classes]
    group_school = np.array([place for place, _ in groups])
    group_grade = np.array([group.grade for _, group in groups])
    rows = _rows(groups, group_school, group_grade, rng)
    grade = group_grade[rows.group]
    style = np.array([school.style for school in schools])[rows.school]
    township = np.array([school.township for school in schools])[rows.school]

    person_grade = np.zeros(rows.person.max() + 1, dtype=int)
    person_grade[rows.person] = grade
    birth = _birth_days(county, person_grade, rng)
    identity = codes.identity_numbers(birth, codes.area(codes.STUDENT_AREA, county.code))
    letter, number = _student_numbers(identity)
    sex = identity.astype("U17").astype(np.int64) % 2
    person = pa.array(rows.person)

    school_ids = pa.array([school.school_id for school in schools])
    class_ids = pa.array([class_id(schools[place].style, group, entry_year(county, group.grade)) for place, group in groups])
    updated, epoch = _updated(county, len(rows.person), rng)
    table = pa.table(
        {
            "学校标识码": school_ids.take(pa.array(rows.school)),
            "全国学籍号": number.take(person),
            "姓名": names.person_names(len(birth), rng).take(person),
            "身份证件号": pa.array(np.where(letter == "J", "", identity)).take(person),
            "性别": _styled(style, sex[rows.person], (("2", "女"), ("1", "男"))),
            "出生日期": _dates(birth, style, rows.person),
            "班号": class_ids.take(pa.array(rows.group)),
            "年级": _by_style(style, grade, [[grade_text(s, max(g, 1)) for g in range(13)] for s in range(STYLES)]),
            "学籍状态": pa.array(_STATUS_TEXT).take(pa.array(rows.status)),
            "入学年月": _entry_months(county, style, grade),
            "就读方式": _styled(style, (rng.random(len(style)) < 0.15).astype(int), (("1", "走读"), ("2", "住校"))),
            "是否留守儿童": _styled(
                style,
                rng.choice(3, size=len(style), p=[0.88, 0.08, 0.04]),
                (("0", "非留守儿童"), ("1", "单亲留守儿童"), ("2", "双亲留守儿童")),
            ),
            "是否进城务工人员随迁子女": _styled(style, (rng.random(len(style)) < 0.06).astype(int), (("0", "否"), ("1", "是"))),
            "联系电话": names.phone_numbers(len(birth), rng).take(person),
            "现住址": names.addresses(township, rng),
            "updated_at": updated,
            "_epoch": epoch,
        }
    )
    return table.sort_by([("学校标识码", "ascending"), ("全国学籍号", "ascending")])


def _student_numbers(identity: np.ndarray) -> tuple[np.ndarray, pa.Array]:
    """The letter and the whole 学籍号: G with the id, few J (no id yet) and L (temporary)."""
    turn = np.arange(len(identity)) % 331
    letter = np.select([turn == 7, turn == 8], ["L", "J"], "G")
    temporary = np.char.add(identity.astype("U17"), "0")
    return letter, pa.array(np.char.add(letter, np.where(letter == "L", temporary, identity)))


def _rows(
    groups: list[tuple[int, SchoolClass]], group_school: np.ndarray, group_grade: np.ndarray, rng: np.random.Generator
) -> _Rows:
    """Students in school as planned, then the rows that no count may take."""
    sizes = np.array([group.size for _, group in groups])
    counted = np.repeat(np.arange(len(groups)), sizes)
    leavers = np.isin(group_grade, (6, 9, 12))
    extra_group, extra_status = [], []
    for status, share, among in (
        (ON_LEAVE, 0.004, sizes > 0),
        (TRANSFERRED, 0.008, sizes > 0),
        (GRADUATED, 0.06, leavers),
    ):
        chosen = np.repeat(np.arange(len(groups)), rng.binomial(sizes * among, share))
        extra_group.append(chosen)
        extra_status.append(np.full(len(chosen), status))
    # a student who moved within the county is on two rolls: gone here, in school there
    movers = rng.choice(len(counted), size=max(1, len(counted) // 250), replace=False)
    old_group = _a_class_elsewhere(counted[movers], group_school, group_grade, rng)
    movers, old_group = movers[old_group >= 0], old_group[old_group >= 0]

    group = np.concatenate([counted, *extra_group, old_group])
    status = np.concatenate([np.full(len(counted), IN_SCHOOL), *extra_status, np.full(len(movers), TRANSFERRED)])
    alone = len(group) - len(movers)
    person = np.concatenate([np.arange(alone), movers])
    return _Rows(group_school[group], group, status, person)


def _a_class_elsewhere(
    group: np.ndarray, group_school: np.ndarray, group_grade: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """For each class another one of its grade in another school, -1 where chance gave the same school."""
    result = np.full(len(group), -1)
    for grade in np.unique(group_grade[group]):
        here = group_grade[group] == grade
        result[here] = rng.choice(np.flatnonzero(group_grade == grade), size=here.sum())
    return np.where(group_school[result] == group_school[group], -1, result)


def _birth_days(county: County, grade: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Six years old on the 31 August before the first grade, at most a year older."""
    years = county.calendar.school_year - 5 - grade
    last = np.array([f"{year}-08-31" for year in range(years.min(), years.max() + 1)], dtype="datetime64[D]")
    return last[years - years.min()] - rng.integers(0, 365, size=len(grade))


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


def _entry_months(county: County, style: np.ndarray, grade: np.ndarray) -> pa.Array:
    forms = ("{}09", "{}-09", "{}年9月")
    texts = [[forms[s % 3].format(entry_year(county, max(g, 1))) for g in range(13)] for s in range(STYLES)]
    return _by_style(style, grade, texts)


def _updated(county: County, count: int, rng: np.random.Generator) -> tuple[pa.Array, pa.Array]:
    """When a row was last touched: three in a hundred in the last two days."""
    midnight = int(np.datetime64(county.as_of, "s").astype(int)) - 8 * 3600  # Asia/Shanghai, no summer time
    recent = rng.random(count) < 0.03
    ago = np.where(recent, rng.integers(0, 2 * 86_400, size=count), rng.integers(5 * 86_400, 90 * 86_400, size=count))
    epoch = midnight - ago
    local = (epoch + 8 * 3600).astype("datetime64[s]").astype(str)
    return pc.binary_join_element_wise(pa.array(local), pa.scalar("+08:00"), ""), pa.array(epoch)
