"""The student-status export as files: student, school, campus and class sheets.

Here: which layouts this source knows, and what one sheet tells another of the
same workbook: the school of its classes, the grade of a student's class.
Not here: headings (layouts/), who a student is (students.py), class numbers
(class_numbers.py), the exchange service (pull.py).
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
from sources.declaration import Context, Delivery
from sources.files import File, opened
from sources.layout_file import layouts_of
from sources.numerals import plain
from sources.parts import Part, parts
from sources.refusal import Refusal
from sources.student_status.class_numbers import ClassSheet
from sources.student_status.students import AUXILIARY, DOCUMENT, NATIONAL, with_student_number
from sources.student_status.tables import CAMPUSES, CLASSES, SCHOOLS, STUDENTS, TABLES

SOURCE = "student_status"
LAYOUTS = Path(__file__).parent / "layouts"


def read(path: Path, relative_path: str, context: Context) -> Iterator[Delivery]:
    """Yield one delivery a table in the file; a county's CSV streams.

    Raises Refusal, also `missing_school` where classes or campuses do not say
    whose they are and the file's school sheet does not name one school alone;
    Misconfigured where nothing tells the county, or without a key for pseudonyms.
    """
    file = opened(path, relative_path)
    found = parts(file, layouts_of(LAYOUTS, TABLES, context.own_layouts), every_sheet=True)
    book = " ".join(dict.fromkeys(part.title for part in found if part.title))
    for table in TABLES:
        of_table = [part for part in found if part.layout.table is table]
        if not of_table:
            continue
        blocks = chain.from_iterable(_completed(file, part, found) for part in of_table)
        title = " ".join(filter(None, (of_table[0].title, book)))  # one sheet's title dates the workbook
        yield from tabular.delivered(SOURCE, file, context, replace(of_table[0], blocks=blocks, title=title))


def _completed(file: File, part: Part, found: list[Part]) -> Iterable[Block]:
    table = part.layout.table
    if table is STUDENTS:
        return _students(file, part, found)
    if table is CLASSES:
        return _classes(file, part, found)
    if table is CAMPUSES:
        return _with_school(file, part, found)
    return part.blocks


def _students(file: File, part: Part, found: list[Part]) -> Iterable[Block]:
    told = {part.layout.column_of(heading) for heading in part.headings}
    if not told & {NATIONAL, AUXILIARY, DOCUMENT}:
        raise _missing(file, part, "「全国学籍号」或 / or「身份证件号」")
    classes = _class_sheet(file, found)
    if "grade" not in told and not classes:
        raise _missing(file, part, "「年级」，或同一工作簿中的班级表 / or a class sheet in the same workbook")
    blocks = map(with_student_number, part.blocks)
    if "grade" not in told:
        return map(classes.with_grade, blocks)
    return map(classes.with_whole_number, blocks)


def _classes(file: File, part: Part, found: list[Part]) -> Iterable[Block]:
    return map(_class_sheet(file, found).with_whole_number, _with_school(file, part, found))


def _class_sheet(file: File, found: list[Part]) -> ClassSheet:
    sheets = (part for part in found if part.layout.table is CLASSES and file.kind != "text")
    return ClassSheet.of(block for part in sheets for block in _with_school(file, part, found))


def _with_school(file: File, part: Part, found: list[Part]) -> Iterable[Block]:
    """Rows of classes or campuses with their school's code: their own, else that of
    the one school in the file's school sheet. A campus without a number has its name."""
    only = _only_school(found)
    if only is None and not any(part.layout.column_of(heading) == "school_id" for heading in part.headings):
        raise Refusal(
            "missing_school", file=file.relative_path, place=part.place,
            expected="「学校标识码」列，或学校表中只有一所学校 / a column 学校标识码, or a school sheet that names one school alone",
            found="没有 / none",
            do_en="Add the school code to every row, or send a workbook a school, with its school sheet.",
            do_zh="请逐行补上学校标识码，或一校一个工作簿并附学校表。",
        )  # fmt: skip
    return (_filled(block, only) for block in part.blocks)


def _filled(block: Block, school: str | None) -> Block:
    columns = dict(block.columns)
    if school is not None:
        own = plain(columns["school_id"]) if "school_id" in columns else pa.nulls(block.length, pa.string())
        columns["school_id"] = pc.fill_null(own, school)
    if "campus_name" in columns and "campus_id" not in columns:
        columns["campus_id"] = columns["campus_name"]
    return replace(block, columns=columns)


def _only_school(found: list[Part]) -> str | None:
    codes = {
        code
        for part in found
        if part.layout.table is SCHOOLS
        for block in part.blocks
        for code in pc.unique(plain(block.columns["school_id"])).to_pylist()
    } - {None}
    return codes.pop() if len(codes) == 1 else None


def _missing(file: File, part: Part, expected: str) -> Refusal:
    return Refusal(
        "missing_column", file=file.relative_path, place=part.place, expected=f"列 / column {expected}", found="没有 / none",
        do_en=f"Export the file with this column, or map its new heading in {part.layout.path}.",
        do_zh=f"请补上该列后重新导出；若只是改名，请在 {part.layout.path} 中登记。",
    )  # fmt: skip
