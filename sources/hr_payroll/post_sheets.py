"""Posts of a workbook: 岗位聘任 with the professional title held at the same time.

Here: second posts as rows of their own, the end of a post that has none written,
the title (专业技术职务聘任) that a post is held with.
Not here: which post is one of teaching (dbt seeds).
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sources import calendar_text
from sources.hr_payroll.gathered import PERSON, ROW, SHEET, column
from sources.layout import ASIDE

SECOND_CATEGORY, SECOND_GRADE = f"{ASIDE}second_category", f"{ASIDE}second_grade"
RANK_ALONE = "专业技术"  # a professional title is held on a professional post
_NEVER = np.iinfo(np.int64).max // 4  # an end far behind every day
_SPAN = 10**7  # more days than any calendar here holds: person and day make one number


def posts(appointments: pa.Table | None, ranks: pa.Table | None, as_of: date | None) -> pa.Table:
    """One row an appointment: PERSON, person_key, post_category, post_grade,
    professional_rank, started_on, ended_on, place. Either sheet may be missing."""
    held = _with_ends(_with_second_posts(appointments)) if appointments is not None else None
    if ranks is None:
        return held
    if held is None:
        return _alone(ranks)
    without_post = ranks.filter(pc.invert(pc.is_in(ranks[PERSON], value_set=held[PERSON].combine_chunks())))
    held = held.append_column("professional_rank", _ranks_at(held, ranks, as_of))
    return pa.concat_tables([held, _alone(without_post)], promote_options="default")


def _with_second_posts(rows: pa.Table) -> pa.Table:
    names = [PERSON, "person_key", "post_category", "post_grade", "started_on", "ended_on", SHEET, ROW]
    first = pa.table({name: column(rows, name) for name in names if name not in (SHEET, ROW)} | {SHEET: rows[SHEET], ROW: rows[ROW]})
    if "ended_on" not in rows.column_names:
        first = first.drop(["ended_on"])
    second = pa.table(
        {name: first[name] for name in first.column_names}
        | {"post_category": column(rows, SECOND_CATEGORY), "post_grade": column(rows, SECOND_GRADE)}
    )
    return pa.concat_tables([first, second.filter(second["post_category"].is_valid()).select(first.column_names)])


def _with_ends(rows: pa.Table) -> pa.Table:
    """Where the sheet has no column for it, an appointment ends the day before the
    person's next one begins."""
    if "ended_on" in rows.column_names:
        return rows
    person, started = _codes(rows[PERSON]), _days(rows["started_on"])
    known = (person >= 0) & (started > -_NEVER)
    moments = np.unique((person * _SPAN + started)[known])
    place = np.searchsorted(moments, person * _SPAN + started, side="right")
    following = np.append(moments, -1)[np.minimum(place, len(moments))]
    is_followed = known & (following // _SPAN == person)
    ends = (following - person * _SPAN - 1).astype("datetime64[D]")
    return rows.append_column("ended_on", pa.array(ends.astype(str), pa.string(), mask=~is_followed))


def _ranks_at(held: pa.Table, ranks: pa.Table, as_of: date | None) -> pa.Array:
    """The title held on each post's last day, or on the day of the file while it lasts:
    the one that began last, unless it has ended."""
    everybody = pa.chunked_array([*held[PERSON].chunks, *ranks[PERSON].chunks], pa.string())
    codes = _codes(everybody)
    person, of_rank = codes[: len(held)], codes[len(held) :]
    started = _days(ranks["started_on"])
    ended = _days(column(ranks, "ended_on"), last_of_month=True)
    ended = np.where(ended > -_NEVER, ended, _NEVER)
    order = np.argsort(of_rank * _SPAN + started, kind="stable")
    moments = (of_rank * _SPAN + started)[order]
    day = _days(column(held, "ended_on"), last_of_month=True)
    today = (as_of - date(1970, 1, 1)).days if as_of else _SPAN - 1
    day = np.where(day > -_NEVER, day, today)
    place = np.searchsorted(moments, person * _SPAN + day, side="right") - 1
    found = order[np.maximum(place, 0)] if len(order) else np.zeros(len(held), np.int64)
    if not len(order):
        return pa.nulls(len(held), pa.string())
    holds = (place >= 0) & (person >= 0) & (of_rank[found] == person) & (ended[found] >= day)
    titles = ranks["professional_rank"].combine_chunks().take(pa.array(found))
    return pc.if_else(pa.array(holds), titles, pa.scalar(None, pa.string()))


def _alone(ranks: pa.Table) -> pa.Table:
    names = [PERSON, "person_key", "professional_rank", "started_on", "ended_on"]
    return pa.table(
        {name: column(ranks, name) for name in names}
        | {"post_category": pa.repeat(pa.scalar(RANK_ALONE), len(ranks)), SHEET: ranks[SHEET], ROW: ranks[ROW]}
    )


def _codes(persons: pa.ChunkedArray) -> np.ndarray:
    """A number a person, -1 for nobody."""
    return pc.fill_null(persons.combine_chunks().dictionary_encode().indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)


def _days(text: pa.ChunkedArray, *, last_of_month: bool = False) -> np.ndarray:
    """Days since 1970; -_NEVER where there is none that can be read."""
    days, _ = calendar_text.days(text.combine_chunks(), last_of_month=last_of_month)
    numbers = pc.fill_null(pc.cast(pc.cast(days, pa.int32()), pa.int64()), -_NEVER)
    return numbers.to_numpy(zero_copy_only=False)
