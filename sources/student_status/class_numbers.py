"""Class numbers of sheets: whole in their school, and the grade that a class is of.

Here: a bare serial (`1班`, `01`) that several grades use is put behind its grade;
a student's grade is looked up where the student sheet has none.
Not here: reading sheets (read.py) and what a grade means (dbt seeds).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from sources.conform import Block
from sources.numerals import plain

_BARE_SERIAL = r"^第?\d{1,2}班?$"


@dataclass(frozen=True)
class ClassSheet:
    """The classes that a workbook lists: `school|class number` and grade of each."""

    numbers: pa.Array
    grades: pa.Array

    @classmethod
    def of(cls, blocks: Iterable[Block]) -> ClassSheet:
        blocks = list(blocks)
        numbers = [pa.array([], pa.string()), *map(_number, blocks)]
        grades = [pa.array([], pa.string()), *(block.columns["grade"] for block in blocks)]
        return cls(pa.chunked_array(numbers).combine_chunks(), pa.chunked_array(grades).combine_chunks())

    def __bool__(self) -> bool:
        return len(self.numbers) > 0

    def with_grade(self, block: Block) -> Block:
        """Students with the grade of their class; empty where the sheet lists none."""
        grade = self.grades.take(pc.index_in(_number(block), value_set=self.numbers))
        return replace(block, columns={**block.columns, "grade": grade})

    def with_whole_number(self, block: Block) -> Block:
        """Classes or students whose bare serial the sheet does not list once and only
        once: it starts anew in each grade, and two grades' `1班` are no one class."""
        counted = pc.value_counts(self.numbers)
        once = counted.field("values").filter(pc.equal(counted.field("counts"), 1))
        number = plain(block.columns["class_id"])
        is_bare = pc.fill_null(pc.match_substring_regex(number, _BARE_SERIAL), False)
        is_shared = pc.and_(is_bare, pc.invert(pc.is_in(_number(block), value_set=once)))
        whole = pc.binary_join_element_wise(plain(block.columns["grade"]), number, "")
        return replace(block, columns={**block.columns, "class_id": pc.if_else(is_shared, whole, block.columns["class_id"])})


def _number(block: Block) -> pa.Array:
    return pc.binary_join_element_wise(plain(block.columns["school_id"]), plain(block.columns["class_id"]), "|")
