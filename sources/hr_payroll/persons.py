"""Who a row of a teacher sheet is about: the identity number, wherever the workbook tells it.

Here: the number that is hashed. Sheets are keyed by 身份证件号, else by 教师个人标识码;
a sheet of the same workbook that holds both turns the one into the other, so that a
person has the pseudonym that the database gives.
Not here: hashing (sources/pseudonym.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from sources import pseudonym
from sources.conform import Block
from sources.hr_payroll.gathered import PERSON
from sources.layout import ASIDE

ID_NUMBER, TEACHER_CODE = f"{ASIDE}id_number", f"{ASIDE}teacher_code"


@dataclass(frozen=True)
class Persons:
    """Identity numbers by the code of the teacher system."""

    codes: pa.Array
    numbers: pa.Array

    @classmethod
    def of(cls, blocks: Iterable[Block]) -> Persons:
        """From the blocks that hold both. A code that stands beside several numbers tells none."""
        pairs = [(_column(block, TEACHER_CODE), _column(block, ID_NUMBER)) for block in blocks]
        codes = pa.chunked_array([codes for codes, _ in pairs], pa.string())
        numbers = pa.chunked_array([numbers for _, numbers in pairs], pa.string())
        both = pa.table({"code": codes, "number": numbers}).filter(pc.and_(codes.is_valid(), numbers.is_valid()))
        told = both.group_by("code").aggregate([("number", "min"), ("number", "max")])
        told = told.filter(pc.equal(told["number_min"], told["number_max"]))
        return cls(told["code"].combine_chunks(), told["number_min"].combine_chunks())

    def named(self, block: Block) -> Block:
        """The block with whom each row is about; null where it says nobody."""
        code = _column(block, TEACHER_CODE)
        by_code = self.numbers.take(pc.index_in(code, value_set=self.codes))
        person = pc.coalesce(_column(block, ID_NUMBER), by_code, code)
        return replace(block, columns={**block.columns, PERSON: person, "person_key": person})


def _column(block: Block, name: str) -> pa.Array:
    if name not in block.columns:
        return pa.nulls(block.length, pa.string())
    numbers = pseudonym.one_spelling(block.columns[name])
    return pc.if_else(pc.equal(numbers, ""), pa.scalar(None, pa.string()), numbers)
