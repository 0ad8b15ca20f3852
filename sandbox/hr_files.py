"""The teacher system as the exports that a bureau has: group sheets, and the list of titles.

Here: the rows of the personnel database under the headings of the groups, keyed by
identity number or by personal code, units as code, `code-name` or name.
Not here: the rows themselves (hr_tables.py) and pay (pay_files.py).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sandbox.calendar_days import in_chinese
from sandbox.hr_tables import hr_tables
from sandbox.pay_files import write_pay
from sandbox.places import MARK
from sandbox.plan import County
from sandbox.sheets import write_sheet
from sandbox.workbook import workbook

_KEY = ("姓名", "身份证件号", "教师个人标识码")
_CODE = "教师个人标识码"
_PARTS = 2  # the county's export in two workbooks, one school's beside them


def write_hr(county: County, folder: Path) -> int:
    """Write group workbooks, the list of titles and payroll; returns the rows of staff."""
    folder.mkdir(parents=True, exist_ok=True)
    tables = hr_tables(county)
    sheets = _group_sheets(county, tables)
    staff = tables["staff"]
    part = _workbook_of(county, staff)
    day = county.as_of.isoformat()
    names = [f"教师信息_{number + 1}_{MARK}_{day}.xlsx" for number in range(_PARTS)] + [f"教师信息_单校_{MARK}_{day}.xlsx"]
    for number, name in enumerate(names):
        persons = staff["id_number"].filter(pa.array(part == number)).combine_chunks()
        with workbook(folder / name, county.as_of) as book:
            for sheet, (headings, table) in sheets.items():
                rows = table.filter(pc.is_in(table["id_number"], value_set=persons))
                title = f"{county.name}{sheet}（{MARK}）" if number else ""
                write_sheet(book, sheet, headings, [rows[heading] for heading in headings], title=title)
    _write_titles(county, tables["backbone_titles"], folder / f"骨干教师认定名单_{MARK}_{day}.xlsx")
    write_pay(county, tables["monthly_pay"], folder / "工资")
    return len(staff)


def _workbook_of(county: County, staff: pa.Table) -> np.ndarray:
    """Which workbook a person stands in: the last one is that of one school, and nobody of
    it stands elsewhere."""
    places = {school.school_id: place for place, school in enumerate(county.schools)} | {county.point.budget_unit_code: county.point.parent}
    place = np.array([places.get(code, 0) for code in staff["work_unit_code"].to_pylist()])
    alone = (county.point.parent + 1) % len(county.schools)
    return np.where(place == alone, _PARTS, place % _PARTS)


def _group_sheets(county: County, tables: Mapping[str, pa.Table]) -> dict[str, tuple[tuple[str, ...], pa.Table]]:
    """Sheet to its headings and rows; `id_number` beside them tells whose a row is."""
    staff = tables["staff"]
    groups = {
        "个人信息": (*_KEY, "身份证件类型", "性别", "民族", "出生日期", "从教开始时间", "手机号", "最高学历"),
        "编制信息": (*_KEY, "工作单位", "隶属集团", "编制单位(用工单位)", "编制类型", "编制状态", "人员状态", "状态起始日期", "入编时间"),
        "在编信息": (*_KEY, "教职工来源", "进入本校日期", "参加工作日期", "用人形式", "签订合同情况"),
        "非编信息": (*_KEY, "岗位分类", "人员类别", "用工方式", "进入本单位年月", "是否退休返聘"),
        "其他信息": (*_KEY, "信息技术应用能力", "是否特级教师", "是否县级以上骨干教师"),
        "教育教学": (*_KEY, "学期", "任教状况", "任教学段", "任教课程", "任教班级", "课时"),
        "学习经历": (*_KEY, "入学年月", "毕业年月", "学历", "获得学历的院校或机构", "最高学历标识"),
        "教师资格": (*_KEY, "资格证种类", "认证学段", "认证学科", "颁发机构", "教师资格证号码", "证书颁发日期"),
        "培训学时记录": ("姓名", _CODE, "培训项目名称", "培训年度", "培训类别", "培训获得学时", "培训获得学分"),
        "交流轮岗": (*_KEY, "交流轮岗类型", "是否调动人事关系", "开始年月", "结束年月", "原单位名称", "交流轮岗单位名称"),
        "岗位聘任": (*_KEY, "岗位类别", "岗位等级", "聘任开始日期", "聘任结束日期", "行政职务"),
        "专业技术职务聘任": (*_KEY, "聘任专业技术职务", "聘任开始日期", "聘任结束日期", "聘任单位名称"),
    }  # fmt: skip
    on_books = pc.equal(staff["employment"], "在编")
    rows = {
        "个人信息": _personal(staff), "编制信息": _employment(county, staff, on_books),
        "在编信息": _on_books(staff.filter(on_books)), "非编信息": _off_books(staff.filter(pc.invert(on_books))),
        "其他信息": _others(staff), "教育教学": _lessons(county, staff, tables["subjects_taught"]),
        "学习经历": _named(tables["degrees"], {"学历": "degree", "毕业年月": "graduated_month"}),
        "教师资格": _named(tables["certificates"], {"资格证种类": "certificate_kind", "认证学科": "subject", "证书颁发日期": "issued_on"}),
        "培训学时记录": _named(tables["training_hours"], {"培训项目名称": "project", "培训年度": "training_year", "培训获得学时": "hours"}),
        "交流轮岗": _rotations(county, staff, tables["rotations"]),
        "岗位聘任": _posts(tables["posts"], {"岗位类别": "post_category", "岗位等级": "post_grade"}),
        "专业技术职务聘任": _posts(tables["posts"], {"聘任专业技术职务": "professional_rank"}),
    }  # fmt: skip
    codes = _codes(staff)
    return {name: (headings, _complete(rows[name], headings, staff, codes)) for name, headings in groups.items()}


def _codes(staff: pa.Table) -> pa.Array:
    """The teacher system's own number of each person, in the order of staff."""
    return pa.array([f"41{number:08d}" for number in range(1, len(staff) + 1)])


def _complete(rows: pa.Table, headings: tuple[str, ...], staff: pa.Table, codes: pa.Array) -> pa.Table:
    """With name, number and code of the person, and empty columns for what is not made up."""
    place = pc.index_in(rows["id_number"].combine_chunks(), value_set=staff["id_number"].combine_chunks())
    about = {"姓名": staff["name"].combine_chunks().take(place), "身份证件号": rows["id_number"], _CODE: codes.take(place)}
    empty = pa.array([""] * len(rows))
    return pa.table({"id_number": rows["id_number"]} | {h: about[h] if h in about else _text(rows[h]) if h in rows.column_names else empty for h in headings})


def _text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.cast(column, pa.string())


def _named(table: pa.Table, columns: Mapping[str, str]) -> pa.Table:
    return pa.table({"id_number": table["id_number"]} | {heading: table[name] for heading, name in columns.items()})


def _personal(staff: pa.Table) -> pa.Table:
    rows = _named(staff, {"性别": "sex", "从教开始时间": "teaching_since", "手机号": "phone"})
    return rows.append_column("出生日期", pc.utf8_slice_codeunits(staff["id_number"], 6, 14))


def _employment(county: County, staff: pa.Table, on_books: pa.ChunkedArray) -> pa.Table:
    return _named(staff, {"人员状态": "person_status", "状态起始日期": "status_since"}) \
        .append_column("工作单位", _units(county, staff["work_unit_code"], may_be_name=True)) \
        .append_column("编制单位(用工单位)", _units(county, staff["post_unit_code"])) \
        .append_column("编制类型", pc.if_else(on_books, "事业编制", ""))  # fmt: skip


def _units(county: County, codes: pa.ChunkedArray, *, may_be_name: bool = False) -> pa.Array:
    """Units as clerks write them: the code, `code-name`, and where a name is one school's alone the name."""
    times = Counter(school.name for school in county.schools)
    written = {county.point.budget_unit_code: f"{county.point.budget_unit_code}-{county.point.name}"}
    for place, school in enumerate(county.schools):
        ways = [school.school_id, f"{school.school_id}-{school.name}"]
        if may_be_name and times[school.name] == 1:
            ways.append(school.name.replace("（", "(").replace("）", ")"))
        written[school.school_id] = ways[place % len(ways)]
    return pa.array([written.get(code, code) for code in codes.to_pylist()])  # a merged school is named by its code


def _on_books(staff: pa.Table) -> pa.Table:
    return _named(staff, {"进入本校日期": "joined_on", "用人形式": "employment"})


def _off_books(staff: pa.Table) -> pa.Table:
    rows = _named(staff, {"人员类别": "employment", "进入本单位年月": "joined_on"})
    return rows.append_column("是否退休返聘", pa.array(["否"] * len(rows)))


def _others(staff: pa.Table) -> pa.Table:
    return pa.table({"id_number": staff["id_number"], "是否特级教师": pa.array(["否"] * len(staff))})


def _lessons(county: County, staff: pa.Table, subjects: pa.Table) -> pa.Table:
    """A row a course; who gives none has one that says so."""
    columns = {"学期": "term", "任教学段": "stage", "任教课程": "course", "课时": "weekly_hours"}
    lessons = _named(subjects, columns)
    place = pc.index_in(subjects["id_number"].combine_chunks(), value_set=staff["id_number"].combine_chunks())
    lessons = lessons.append_column("任教状况", staff["teaching_status"].combine_chunks().take(place))
    without = staff.filter(pc.invert(pc.is_in(staff["id_number"], value_set=subjects["id_number"].combine_chunks())))
    said = pa.table({"id_number": without["id_number"], "学期": [county.calendar.term] * len(without), "任教状况": without["teaching_status"]})
    lessons = pa.table({name: _text(lessons[name]) for name in lessons.column_names})
    return pa.concat_tables([lessons, said], promote_options="default")


def _rotations(county: County, staff: pa.Table, rotations: pa.Table) -> pa.Table:
    rows = _named(rotations, {"交流轮岗类型": "rotation_kind", "开始年月": "started_on", "结束年月": "ended_on"})
    rows = pa.table({name: _text(rows[name]) for name in rows.column_names})
    rows = rows.append_column("原单位名称", _units(county, rotations["from_unit_code"]))
    rows = rows.append_column("交流轮岗单位名称", _units(county, rotations["to_unit_code"]))
    others = staff.filter(pc.invert(pc.is_in(staff["id_number"], value_set=rotations["id_number"].combine_chunks())))
    none = pa.table({"id_number": others["id_number"], "交流轮岗类型": ["0-无"] * len(others)})
    return pa.concat_tables([rows, none], promote_options="default")


def _posts(posts: pa.Table, columns: Mapping[str, str]) -> pa.Table:
    return _named(posts, {**columns, "聘任开始日期": "started_on", "聘任结束日期": "ended_on"})


def _write_titles(county: County, titles: pa.Table, path: Path) -> None:
    """The bureau's own list: a title counts by its number and its validity."""
    columns = {"身份证件号": "id_number", "称号": "title", "级别": "level", "认定文号": "document_number", "认定日期": "awarded_on", "有效期": "valid_to"}
    with workbook(path, county.as_of) as book:
        title = f"{county.name}骨干教师认定名单（{MARK}）{in_chinese(county.as_of)}"
        write_sheet(book, "名单", tuple(columns), [_text(titles[name]) for name in columns.values()], title=title)
