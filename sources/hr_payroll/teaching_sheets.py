"""What a person teaches: rows of 教育教学 as courses, and whether the person teaches at all.

Here: the spelling of a term, rows that tell a course and rows that tell only 任教状况.
Not here: which course is the main one and what 任教 means (dbt).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sources.conform import Block
from sources.hr_payroll.gathered import PERSON, ROW, column, gathered
from sources.layout import ASIDE
from sources.numerals import plain

STATUS = f"{ASIDE}teaching_status"
_TERMS = ((r"学年", "-"), (r"-?(?:第?[一1]学期|上学期|秋季学期|秋季)$", "-1"), (r"-?(?:第?[二2]学期|下学期|春季学期|春季)$", "-2"), (r"[-—－~至/]+", "-"))


def courses(blocks: Iterable[Block]) -> Iterator[Block]:
    """The rows that tell a stage or hours: the others say only whether the person teaches."""
    for block in blocks:
        block = replace(block, columns={**block.columns, "term": _term(block.columns["term"])})
        told = pc.or_(*(plain(block.columns[name]).is_valid() for name in ("stage", "weekly_hours")))
        yield block.where(told)


def teaching_statuses(blocks: Iterable[Block]) -> pa.Table:
    """PERSON and `teaching_status` of each person's last term; a row with a course
    speaks before one without."""
    rows = gathered(blocks)
    rows = pa.table(
        {
            PERSON: rows[PERSON],
            "teaching_status": column(rows, STATUS),
            "term": _term(rows["term"].combine_chunks()),
            "told": pc.cast(column(rows, "stage").is_valid(), pa.int8()),
            ROW: rows[ROW],
        }
    )
    rows = rows.filter(pc.and_(rows[PERSON].is_valid(), rows["teaching_status"].is_valid()))
    rows = rows.sort_by([(PERSON, "ascending"), ("term", "descending"), ("told", "descending"), (ROW, "ascending")])
    persons = rows[PERSON].combine_chunks().dictionary_encode().indices.to_numpy()
    firsts = np.flatnonzero(np.diff(persons, prepend=-1)) if len(persons) else persons
    return rows.select([PERSON, "teaching_status"]).take(pa.array(firsts, pa.int64()))


def _term(text: pa.Array) -> pa.Array:
    """`2025-2026学年第一学期` as `2025-2026-1`."""
    text = pc.replace_substring_regex(plain(text), r"\s", "")
    for pattern, written in _TERMS:
        text = pc.replace_substring_regex(text, pattern, written)
    return text
