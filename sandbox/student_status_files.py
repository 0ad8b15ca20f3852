"""The student-status system as the exports that a bureau has: workbooks and a CSV in GBK.

Here: the same rows that the service hands out, under the headings of the export
template: one county file, a workbook a school for a few schools, and one for the
smallest. Not here: the rows themselves (pupils.py).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sandbox import pupils
from sandbox.places import MARK
from sandbox.plan import County, School
from sandbox.sheets import write_sheet
from sandbox.workbook import workbook

# The import template: the 71 names that are known of its 73 columns, in its order, and five of later exports.
_MEMBER = ("姓名", "关系", "关系说明", "现住址", "户口所在地行政区划", "联系电话", "是否监护人", "身份证件类型", "身份证件号", "民族", "工作单位", "职务")
HEADINGS = (
    "学校标识码", "姓名", "性别", "出生日期", "出生地行政区划代码", "籍贯", "民族", "国籍/地区", "身份证件类型", "港澳台侨外", "健康状况", "政治面貌",
    "身份证件号", "户口性质", "户口所在地行政区划", "班号", "入学年月", "入学方式", "就读方式", "现住址", "通信地址", "家庭地址", "联系电话", "邮政编码",
    "是否独生子女", "是否受过学前教育", "是否留守儿童", "是否需要申请资助", "是否享受一补", "是否孤儿", "是否烈士或优抚子女", "上下学距离", "上下学方式",
    "是否需要乘坐校车", "曾用名", "身份证件有效期", "血型", "特长", "学籍辅号", "班内学号", "学生来源", "电子信箱", "主页地址", "残疾类型", "是否由政府购买学位",
    "随班就读", *(f"成员{member}{name}" for member in (1, 2) for name in _MEMBER), "是否进城务工人员随迁子女",
    "全国学籍号", "年级", "班级名称", "学籍状态", "审核状态",
)  # fmt: skip
# What nobody may read stands in every row; the persons are made up.
_ALWAYS = {
    "民族": "汉族", "国籍/地区": "CHN", "港澳台侨外": "否", "健康状况": "健康或良好", "政治面貌": "群众", "户口性质": "农业户口",
    "入学方式": "就近入学", "邮政编码": "452370", "是否独生子女": "否", "血型": "未知血型", "学生来源": "正常入学",
    "成员1姓名": "模拟家长", "成员1关系": "母亲", "成员1现住址": "模拟地址", "成员1联系电话": "10000000000", "成员1是否监护人": "是",
    "成员1身份证件类型": "居民身份证", "成员1身份证件号": "990001198001010018", "成员1民族": "汉族", "成员1工作单位": "模拟单位",
    "成员2姓名": "模拟家长", "成员2关系": "父亲", "成员2联系电话": "10000000001", "审核状态": "已审核",
}  # fmt: skip
_SCHOOL = ("学校标识码", "学校名称", "办学类型", "寄宿制", "学校地址", "校长姓名", "办公电话")
_CAMPUS = ("学校标识码", "校区名称", "校区地址", "校区负责人")
_CLASS = ("学校标识码", "班号", "班级名称", "年级", "班主任", "教学点标志")
_OWN_WORKBOOKS, _SMALL_SCHOOLS = 3, 2
_ROWS_AT_ONCE = 10_000


def write_student_status(county: County, folder: Path) -> int:
    """Write the files; returns the number of student rows.

    Schools without students stand in a workbook whose student sheet has no row of
    theirs: that is how a file says that there are none.
    """
    students = pupils.student_table(county)
    of_size = sorted(county.schools, key=lambda school: (sum(school.students.values()), school.school_id))
    empty = [school for school in of_size if not sum(school.students.values())]
    small, own = of_size[len(empty) :][:_SMALL_SCHOOLS], of_size[len(empty) + _SMALL_SCHOOLS :][:_OWN_WORKBOOKS]
    day = county.as_of.isoformat()
    for place, school in enumerate(own):
        # the first without the national number, which identity and auxiliary number stand in for
        _write_workbook(county, folder / f"{school.name}_学籍_{MARK}_{day}.xlsx", [school], students, without_number=place == 0)
    _write_workbook(county, folder / f"小规模学校_{MARK}_{day}.xlsx", [*empty, *small], students)
    apart = {school.school_id for school in (*empty, *small, *own)}
    rest = [school for school in county.schools if school.school_id not in apart]
    (folder / day).mkdir(parents=True, exist_ok=True)
    with workbook(folder / day / f"学校与班级_{MARK}.xlsx", county.as_of) as book:
        _write_lists(book, county, rest)
    _write_csv(folder / day / f"全县学生基础信息_{MARK}.csv", _of_schools(students, rest))
    return len(students)


def _write_workbook(county: County, path: Path, schools: list[School], students: pa.Table, *, without_number: bool = False) -> None:
    rows = _of_schools(students, schools)
    headings = [heading for heading in HEADINGS if not (without_number and heading == "全国学籍号")]
    cells = _cells(rows, without_number=without_number)
    with workbook(path, county.as_of) as book:
        _write_lists(book, county, schools, names_school=len(schools) > 1)
        write_sheet(book, "学生", headings, [cells[heading] for heading in headings])


def _write_lists(book, county: County, schools: list[School], *, names_school: bool = True) -> None:
    """School, campus and class sheets; where the workbook is of one school only the first names it."""
    ids = {school.school_id for school in schools}
    for name, headings, items in (
        ("学校", _SCHOOL, pupils.school_items(county)),
        ("校区", _CAMPUS, pupils.campus_items(county)),
        ("班级", _CLASS, pupils.class_items(county)),
    ):
        shown = headings if names_school or name == "学校" else headings[1:]
        rows = [item for item in items if item["学校标识码"] in ids]
        write_sheet(book, name, shown, [[item[heading] for item in rows] for heading in shown])


def _of_schools(students: pa.Table, schools: list[School]) -> pa.Table:
    ids = pa.array([school.school_id for school in schools], pa.string())
    return students.filter(pc.is_in(students["学校标识码"], value_set=ids))


def _cells(rows: pa.Table, *, without_number: bool = False) -> dict[str, pa.ChunkedArray]:
    """A text column a heading; what the plan does not know is empty."""
    count = len(rows)
    cells = {heading: pa.chunked_array([pa.repeat(_ALWAYS.get(heading, ""), count)]) for heading in HEADINGS}
    cells |= {heading: rows[heading] for heading in HEADINGS if heading in rows.column_names}
    has_identity = pc.not_equal(rows["身份证件号"], "")
    cells["身份证件类型"] = pc.if_else(has_identity, "居民身份证", "其他")
    cells["班内学号"] = pa.chunked_array([pa.array((np.arange(count) % 60 + 1).astype(str))])
    if without_number:
        # numbers that the identity number does not make (J, L) are kept as auxiliary numbers
        made = pc.equal(rows["全国学籍号"], pc.binary_join_element_wise("G", rows["身份证件号"], ""))
        cells["学籍辅号"] = pc.if_else(made, "", rows["全国学籍号"])
    return cells


def _write_csv(path: Path, rows: pa.Table) -> None:
    """GBK, as the county's exporter writes it: a character beyond it becomes `?`."""
    with path.open("wb") as stream:
        stream.write((",".join(HEADINGS) + "\r\n").encode("gbk"))
        for first in range(0, len(rows), _ROWS_AT_ONCE):
            cells = _cells(rows.slice(first, _ROWS_AT_ONCE))
            lines = pc.binary_join_element_wise(*(cells[heading] for heading in HEADINGS), ",").to_pylist()
            stream.write(("\r\n".join(lines) + "\r\n").encode("gbk", errors="replace"))
