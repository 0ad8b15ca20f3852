"""Who a student is, from the numbers that a sheet holds: one pseudonym whichever way the roll comes.

Here: choosing the number that is hashed. Not here: hashing (sources/pseudonym.py)
and reading sheets (read.py).

The exchange service names a student by the national student number (全国学籍号).
A sheet may lack it, so the number is, of what is filled:
1. the national number itself;
2. the auxiliary number (学籍辅号) where it has the form of a national one;
3. `G` and the resident identity number: a national number is made so, and is the
   same unless the identity number was changed later;
4. another document's number (passport, travel permit) as it stands;
5. the auxiliary number within its school: it is the school's own count.
A damaged number is not passed over for another one: its row is quarantined.
"""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from sources import pseudonym
from sources.conform import Block
from sources.layout import ASIDE

NATIONAL, AUXILIARY, DOCUMENT, DOCUMENT_KIND = (
    f"{ASIDE}{name}" for name in ("national_number", "auxiliary_number", "document_number", "document_kind")
)
_NATIONAL_FORM = r"^[GJL]\d{17}[\dX]$"
_RESIDENT_FORM = r"^\d{17}[\dX]$"
_RESIDENT_KIND = r"^(1|01|居民身份证)($|[-—－])|-居民身份证$"


def with_student_number(block: Block) -> Block:
    """The block with `student_key`: the number to be hashed, null where there is none."""
    national, auxiliary, document = (_number(block, name) for name in (NATIONAL, AUXILIARY, DOCUMENT))
    kind = _number(block, DOCUMENT_KIND)
    is_resident = pc.and_(_matches(document, _RESIDENT_FORM), pc.or_(pc.is_null(kind), _matches(kind, _RESIDENT_KIND)))
    nothing = pa.scalar(None, pa.string())
    school = pc.coalesce(pseudonym.one_spelling(block.columns["school_id"]), "")
    of_school = pc.binary_join_element_wise(school, auxiliary, "-")
    is_damaged = pa.array(pseudonym.damaged(auxiliary))
    number = pc.coalesce(
        national,
        pc.if_else(_matches(auxiliary, _NATIONAL_FORM), auxiliary, nothing),
        pc.if_else(is_resident, pc.binary_join_element_wise("G", document, ""), nothing),
        document,
        pc.if_else(is_damaged, auxiliary, of_school),
    )
    return replace(block, columns={**block.columns, "student_key": number})


def _number(block: Block, name: str) -> pa.Array:
    """A column in one spelling; blanks and absent columns are null."""
    if name not in block.columns:
        return pa.nulls(block.length, pa.string())
    numbers = pseudonym.one_spelling(block.columns[name])
    return pc.if_else(pc.equal(numbers, ""), pa.scalar(None, pa.string()), numbers)


def _matches(numbers: pa.Array, pattern: str) -> pa.Array:
    return pc.fill_null(pc.match_substring_regex(numbers, pattern), False)
