"""The school register (名录): every code of every school, and what became of it.

Here: the workbook that joins 学校标识码, budget unit and social credit codes, with
a merger, a rename, a point without a code, and a crosswalk decision beside it.
Not here: the schools themselves (plan.py).
"""

from __future__ import annotations

import csv
from pathlib import Path

from sandbox.calendar_days import in_chinese
from sandbox.places import KINDS, MARK, TOWNSHIPS
from sandbox.plan import County, FormerSchool, School
from sandbox.pupils import coded
from sandbox.workbook import workbook, write_title

HEADERS = (
    "学校标识码", "学校名称", "曾用名", "办学类型", "举办者", "乡镇", "区划代码", "城乡分类代码", "寄宿制",
    "统一社会信用代码", "预算单位代码", "上级学校标识码", "经度", "纬度", "启用日期", "停用日期", "变更类型",
    "承接学校标识码", "依据文号",
)  # fmt: skip
CROSSWALK_HEADERS = (
    "source_system", "source_code", "source_name", "school_id", "stage", "valid_from", "valid_to",
    "match_method", "decided_by", "decided_on", "evidence",
)  # fmt: skip


def write_register(county: County, folder: Path) -> None:
    """`学校名录.xlsx` with one row a school, campus or point, and the decisions of the county."""
    write_schools(county, folder / "学校名录.xlsx")
    _write_crosswalk(county, folder)


def write_schools(county: County, path: Path) -> None:
    """The register of the as-of date."""
    rows = [_school_row(county.code, school) for school in county.schools]
    rows += [_former_row(county, former) for former in (county.point, county.merged, *county.others)]
    with workbook(path, county.as_of) as book:
        sheet = book.add_worksheet("名录")
        title = f"{county.name}学校名录（{MARK}）{in_chinese(county.as_of)}"
        first = write_title(book, sheet, title, len(HEADERS))
        for row, cells in enumerate([HEADERS, *sorted(rows)], start=first):
            for column, text in enumerate(cells):
                sheet.write_string(row, column, text)


def _school_row(county_code: str, school: School) -> tuple[str, ...]:
    label = coded(school.style, *KINDS[school.kind][:2])
    organizer = "民办" if school.is_private else "县级教育部门"
    return (
        school.school_id, school.name, school.former_name, label, organizer, *_place(county_code, school.township),
        "是" if school.is_boarding else "否", school.credit_code, school.budget_unit_code, "", school.longitude, school.latitude,
        school.opened_on.isoformat(), "", school.change_kind, "", school.document_number,
    )  # fmt: skip


def _former_row(county: County, former: FormerSchool) -> tuple[str, ...]:
    def code(place: int) -> str:
        return county.schools[place].school_id if place >= 0 else ""

    return (
        former.school_id, former.name, "", KINDS[former.kind][1], "县级教育部门", *_place(county.code, former.township), "否",
        former.credit_code, former.budget_unit_code, code(former.parent), "", "", former.opened_on.strftime("%Y%m%d"),
        former.closed_on.strftime("%Y%m%d") if former.closed_on else "", former.change_kind, code(former.successor),
        former.document_number,
    )  # fmt: skip


def _place(county_code: str, township: int) -> tuple[str, str, str]:
    name, division, urban_rural = TOWNSHIPS[township]
    return name, f"{county_code}{division}001", urban_rural


def retired_budget_code(county: County) -> tuple[str, School]:
    """A budget unit code from before a renumbering, and the school that it means."""
    school = next(s for s in reversed(county.schools) if s.kind == "junior_school")
    return "205900001", school


def _write_crosswalk(county: County, folder: Path) -> None:
    """One decided match: an old budget unit code that the register no longer knows."""
    code, school = retired_budget_code(county)
    year = county.calendar.school_year
    row = (
        "asset_register", code, school.name, school.school_id, "", f"{year - 10}-01-01", "", "manual", "模拟教育局计财股",
        f"{year}-06-20", f"新密财〔{year - 1}〕44号预算单位代码重编（{MARK}）",
    )  # fmt: skip
    with (folder / f"代码对照_{MARK}.csv").open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([CROSSWALK_HEADERS, row])
