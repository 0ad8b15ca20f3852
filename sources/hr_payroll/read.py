"""Personnel and payroll as files: group sheets of the teacher system, lists, payroll workbooks.

Here: which layouts this source knows, which sheets belong to which table, and
which of them cannot stand alone.
Not here: headings (layouts/), the joins (staff_sheets.py, post_sheets.py,
teaching_sheets.py), the database (pull.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from sources import tabular
from sources.conform import Block
from sources.declaration import Context, Delivery, Table
from sources.files import File, opened
from sources.hr_payroll import post_sheets, staff_sheets, teaching_sheets
from sources.hr_payroll.gathered import PERSON, gathered, ungathered
from sources.hr_payroll.persons import ID_NUMBER, TEACHER_CODE, Persons
from sources.hr_payroll.tables import DEGREES, MONTHLY_PAY, POSTS, STAFF, SUBJECTS_TAUGHT, TABLES, UNITS
from sources.layout import ASIDE
from sources.layout_file import layouts_of
from sources.numerals import plain
from sources.parts import Part, parts
from sources.refusal import Refusal

SOURCE = "hr_payroll"
HIGHEST_DEGREE = f"{ASIDE}highest_degree"
LAYOUTS = Path(__file__).parent / "layouts"


def read(path: Path, relative_path: str, context: Context) -> Iterator[Delivery]:
    """Yield one delivery a table in the file; of monthly pay one a month.

    Raises Refusal, also `missing_sheet` for staff whose unit, lessons or posts
    stand in no sheet of the workbook: they would count as none. Misconfigured
    where nothing tells the county, or without a key for pseudonyms.
    """
    file = opened(path, relative_path)
    found = parts(file, layouts_of(LAYOUTS, TABLES, context.own_layouts), every_sheet=True)
    for part in found:
        _check_person(file, part)
    _check_staff(file, found)
    persons = Persons.of(block for part in found for block in part.blocks) if file.kind != "text" else Persons.of([])
    named = [part if part.layout.table is MONTHLY_PAY else replace(part, blocks=map(persons.named, part.blocks)) for part in found]
    if file.kind != "text":
        named = [replace(part, blocks=list(part.blocks)) for part in named]  # staff are joined from several sheets
    book = " ".join(dict.fromkeys(part.title for part in found if part.title))
    for table in TABLES:
        of_table = _of_table(table, named)
        if not of_table:
            continue
        title = " ".join(filter(None, (of_table[0].title, book)))  # one sheet's title dates the workbook
        blocks = _blocks(table, of_table, named, file.as_of(title))
        layout = replace(of_table[0].layout, table=table)
        yield from tabular.delivered(SOURCE, file, context, replace(of_table[0], layout=layout, blocks=blocks, title=title))


def _of_table(table: Table, found: list[Part]) -> list[Part]:
    of_table = [part for part in found if part.layout.table is table]
    if table is UNITS:  # told by where people work
        return of_table or [part for part in found if _tells(part, "work_unit_code")]
    if table is DEGREES:  # 个人信息 knows the highest one, which may be older than 学习经历
        return of_table + [part for part in found if _tells(part, HIGHEST_DEGREE)]
    return of_table


def _blocks(table: Table, of_table: list[Part], found: list[Part], as_of) -> Iterable[Block]:
    if table is UNITS and _tells(of_table[0], "work_unit_code"):
        return ungathered(staff_sheets.units([gathered(part.blocks) for part in of_table]))
    if table is STAFF:
        lessons = [block for part in found if _tells(part, teaching_sheets.STATUS) for block in part.blocks]
        statuses = teaching_sheets.teaching_statuses(lessons) if lessons else None
        of_table.sort(key=lambda part: not _tells(part, "work_unit_code"))
        return ungathered(staff_sheets.staff([gathered(part.blocks) for part in of_table], statuses))
    if table is POSTS:
        appointments = [block for part in of_table if _tells(part, "post_category") for block in part.blocks]
        ranks = [block for part in of_table if not _tells(part, "post_category") for block in part.blocks]
        return ungathered(
            post_sheets.posts(gathered(appointments) if appointments else None, gathered(ranks) if ranks else None, as_of)
        )
    if table is DEGREES:
        return _degrees(of_table)
    blocks = chain.from_iterable(part.blocks for part in of_table)
    return teaching_sheets.courses(blocks) if table is SUBJECTS_TAUGHT else blocks


def _degrees(found: list[Part]) -> Iterator[Block]:
    """Rows of 学习经历; for persons without any, the highest degree of 个人信息."""
    studied = [block for part in found if not _tells(part, HIGHEST_DEGREE) for block in part.blocks]
    yield from studied
    known = pa.chunked_array([block.columns[PERSON] for block in studied], pa.string()).combine_chunks()
    for block in (block for part in found if _tells(part, HIGHEST_DEGREE) for block in part.blocks):
        degree = plain(block.columns[HIGHEST_DEGREE])
        is_all_there_is = pc.and_(degree.is_valid(), pc.invert(pc.is_in(block.columns[PERSON], value_set=known)))
        yield replace(block, columns={"person_key": block.columns["person_key"], "degree": degree}).where(is_all_there_is)


def _tells(part: Part, column: str) -> bool:
    return any(part.layout.column_of(heading) == column for heading in part.headings)


def _check_person(file: File, part: Part) -> None:
    if not any(_tells(part, column) for column in ("person_key", ID_NUMBER, TEACHER_CODE)):
        raise Refusal(
            "missing_column", file=file.relative_path, place=part.place, expected="列 / column「身份证件号」或「教师个人标识码」", found="没有 / none",
            do_en="Export the sheet with the identity number or the personal code: names never join.",
            do_zh="请补上身份证件号或教师个人标识码后重新导出：不按姓名关联。",
        )  # fmt: skip


def _check_staff(file: File, found: list[Part]) -> None:
    """Sheets without which the staff in a workbook could not be counted, or counted as none."""
    of_staff = [part for part in found if part.layout.table is STAFF]
    if not of_staff:
        return
    needs = {
        "编制信息（工作单位、人员状态）": ("work_unit_code",),
        "教育教学（任教状况）": (teaching_sheets.STATUS, "teaching_status"),
        "岗位聘任（岗位类别），或「教职工类别」列 / or a column 教职工类别": ("post_category", "staff_category"),
    }
    for words, columns in needs.items():
        if not any(_tells(part, column) for part in found for column in columns):
            raise Refusal(
                "missing_sheet", file=file.relative_path, place=of_staff[0].place,
                expected=f"同一工作簿中的 / in the same workbook: {words}", found="没有 / none",
                do_en="Export all group sheets of the same teachers into one workbook: what is missing would count as none.",
                do_zh="请把同一批教师的各信息表导出到同一工作簿：缺少的会被误计为没有。",
            )  # fmt: skip
