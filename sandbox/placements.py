"""The list of disabled children of school age and where each is schooled.

Here: children with numbers that nobody has, planned so that exactly 95 of a hundred
are in school, or one too few; an older list that the newer one replaces.
Not here: the judgement (truth_quality.py).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from sandbox import codes, names
from sandbox.calendar_days import in_chinese
from sandbox.catalogue import DISABLED_CHILDREN
from sandbox.places import MARK, TOWNSHIPS
from sandbox.plan import County
from sandbox.standard import LEAST_DISABLED_IN_SCHOOL
from sandbox.workbook import workbook, write_title

HEADERS = (
    "序号", "姓名", "性别", "身份证件号", "出生年月", "残疾类型", "残疾等级", "监护人", "联系电话", "家庭住址", "乡镇", "安置方式",
    "学校标识码", "学校名称", "备注",
)  # fmt: skip
IN_SPECIAL_SCHOOL, IN_ORDINARY_CLASS, IN_SPECIAL_CLASS, AT_HOME = "特殊教育学校", "随班就读", "普校特教班", "送教上门"
SCHOOLED = (IN_SPECIAL_SCHOOL, IN_ORDINARY_CLASS, IN_SPECIAL_CLASS, AT_HOME)
NOT_SCHOOLED = ("待安置", "机构")
_KINDS = ("智力残疾", "肢体残疾", "听力残疾", "视力残疾", "多重残疾", "精神残疾", "言语残疾")
_STEP = 20  # children, of which 95 % are whole


@dataclass(frozen=True)
class Placements:
    """One list: its day, the way of each child, and the child's place among all children."""

    day: date
    ways: np.ndarray
    child: np.ndarray


def current_list(county: County) -> Placements:
    """The list that decides."""
    rng = county.random("placements")
    total = _children(county)
    schooled = int(LEAST_DISABLED_IN_SCHOOL * total / 100)
    if DISABLED_CHILDREN not in county.wishes.met:
        schooled -= 1
    elif rng.random() < 0.5:
        schooled += int(rng.integers(1, total - schooled + 1))
    ways = np.concatenate(
        [rng.choice(SCHOOLED, size=schooled, p=[0.4, 0.4, 0.05, 0.15]), rng.choice(NOT_SCHOOLED, size=total - schooled)]
    )
    return Placements(county.calendar.month_end_before(1), rng.permutation(ways), np.arange(total))


def _older_list(county: County) -> Placements:
    """Half a year before: fewer children, every fourth waiting. It decides nothing any more."""
    child = np.arange(_children(county) * 3 // 4)
    return Placements(county.calendar.month_end_before(6), np.where(child % 4 == 0, NOT_SCHOOLED[0], IN_ORDINARY_CLASS), child)


def _children(county: County) -> int:
    of_students = sum(sum(school.students.values()) for school in county.schools) // 500
    return math.ceil((40 + of_students) / _STEP) * _STEP


def write_placements(county: County, folder: Path) -> None:
    for number, placed in enumerate((_older_list(county), current_list(county)), start=1):
        _write(county, placed, folder / f"安置名单_{placed.day:%Y%m}_{number}.xlsx")


def _write(county: County, placed: Placements, path: Path) -> None:
    rng = county.random("children")
    total = _children(county)
    birth = np.datetime64(county.as_of, "D") - rng.integers(6 * 366, 15 * 365, size=total)
    identity = codes.identity_numbers(birth, codes.area(codes.CHILD_AREA, county.code))
    township = rng.integers(len(TOWNSHIPS), size=total)
    persons, guardians = (names.person_names(total, rng).to_pylist() for _ in range(2))
    phones, homes = names.phone_numbers(total, rng).to_pylist(), names.addresses(township, rng).to_pylist()
    special = next(school for school in county.schools if school.kind == "special_school")
    ordinary = [school for school in county.schools if school.kind == "primary_school" and sum(school.students.values())]
    with workbook(path, placed.day) as book:
        sheet = book.add_worksheet("安置名单")
        first = write_title(book, sheet, f"{county.name}适龄残疾儿童少年安置名单（{MARK}）{in_chinese(placed.day)}", len(HEADERS))
        sheet.write_row(first, 0, HEADERS)
        for row, (way, child) in enumerate(zip(placed.ways.tolist(), placed.child.tolist(), strict=True), start=1):
            school = special if way == IN_SPECIAL_SCHOOL else ordinary[child % len(ordinary)] if way in SCHOOLED else None
            month = str(birth[child])[:7]
            sheet.write_row(
                first + row,
                0,
                (
                    str(row), persons[child], "男" if child % 3 else "女", identity[child], month.replace("-", "") if child % 4 == 1 else month,
                    _KINDS[child % len(_KINDS)], f"{'一二三四'[child % 4]}级", guardians[child], phones[child], homes[child],
                    TOWNSHIPS[township[child]][0], way, school.school_id if school else "", school.name if school else "", "",
                ),
            )  # fmt: skip
