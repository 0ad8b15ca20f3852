"""Days and months as people write them, a column at a time, and in names and titles.

Here: `20140901`, `201409`, `2014-09-01`, `2014.9`, `2014年9月1日`, Excel
serials; the date that a title, a file name or a folder states.
Not here: which date decides for a delivery (files.py).
"""

from __future__ import annotations

import re
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_TIME = r"[T ]\s*\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?$"
_DAY = (
    r"^(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})$",
    r"^(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*日?$",
)
_MONTH = (
    r"^(?P<year>\d{4})(?P<month>\d{2})$",
    r"^(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*月?$",
)
_SERIAL = r"^(?P<serial>[1-9]\d{4})(?:\.\d+)?$"
_SERIAL_ZERO = np.datetime64("1899-12-30", "D")  # Excel's day 0, its false leap day of 1900 included


def days(text: pa.Array, *, last_of_month: bool = False) -> tuple[pa.Array, np.ndarray]:
    """Dates from plain text, and a mask of what is not a date.

    A month without a day is its first day, or its last where the column means
    the end of something. A year alone is no date.
    """
    values, known = _read(text, last_of_month)
    valid = text.is_valid().to_numpy(zero_copy_only=False)
    return pa.array(values, pa.date32(), mask=~known), valid & ~known


def months(text: pa.Array) -> tuple[pa.Array, np.ndarray]:
    """Months as `YYYY-MM` from plain text, and a mask of what is no month.
    A day is dropped: a month of birth must not say more."""
    values, known = _read(text, False)
    valid = text.is_valid().to_numpy(zero_copy_only=False)
    as_text = pa.array(np.datetime_as_string(values, unit="M").astype(object), pa.string(), mask=~known)
    return as_text, valid & ~known


def _read(text: pa.Array, last_of_month: bool) -> tuple[np.ndarray, np.ndarray]:
    text = pc.replace_substring_regex(text, _TIME, "")
    values = np.zeros(len(text), "datetime64[D]")
    known = np.zeros(len(text), bool)
    for pattern in _DAY:
        year, month, day, found = _numbers(text, pattern, "year", "month", "day")
        first, after, possible = _month_bounds(year, month)
        possible &= found & (day >= 1) & (day <= (after - first).astype(int))
        values = np.where(possible, first + (day - 1), values)
        known |= possible
    for pattern in _MONTH:
        year, month, found = _numbers(text, pattern, "year", "month")
        first, after, possible = _month_bounds(year, month)
        possible &= found & ~known
        values = np.where(possible, after - 1 if last_of_month else first, values)
        known |= possible
    serial, found = _numbers(text, _SERIAL, "serial")
    values = np.where(found & ~known, _SERIAL_ZERO + serial, values)
    return values, known | found


def _numbers(text: pa.Array, pattern: str, *names: str) -> tuple[np.ndarray, ...]:
    found = pc.extract_regex(text, pattern)
    numbers = [pc.fill_null(pc.cast(pc.struct_field(found, name), pa.int64()), 0).to_numpy() for name in names]
    return *numbers, found.is_valid().to_numpy(zero_copy_only=False)


def _month_bounds(year: np.ndarray, month: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    possible = (month >= 1) & (month <= 12) & (year >= 1)
    months_since_1970 = np.where(possible, (year - 1970) * 12 + month - 1, 0)
    first = months_since_1970.astype("datetime64[M]")
    return first.astype("datetime64[D]"), (first + 1).astype("datetime64[D]"), possible


# --- the date that a sentence states -------------------------------------------------

_IN_TEXT_DAY = re.compile(
    r"(?<!\d)((?:19|20)\d{2})\s*(?:年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日|([-/.])(\d{1,2})\4(\d{1,2})(?!\d)|(\d{2})(\d{2})(?!\d))"
)
_IN_TEXT_MONTH = re.compile(r"(?<!\d)((?:19|20)\d{2})\s*(?:年\s*(\d{1,2})\s*月|[-/.](\d{1,2})(?![\d./-])|(0[1-9]|1[0-2])(?!\d))")
_IN_TEXT_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)")


def stated_date(text: str, *, year_means: tuple[int, int] | None = None) -> date | None:
    """The date that a title, a name or a folder states; None if it states none.

    A month means its last day. A year alone means `year_means` (month, day) of
    it, and nothing where that is None. Real days only: the 31st of June is none.
    """
    for match in _IN_TEXT_DAY.finditer(text):
        year, *rest = (int(piece) for piece in match.groups() if piece and piece.isdigit())
        if found := _real(year, *rest):
            return found
    for match in _IN_TEXT_MONTH.finditer(text):
        year, month = (int(piece) for piece in match.groups() if piece)
        if first := _real(year, month, 1):
            return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    if year_means and (match := _IN_TEXT_YEAR.search(text)):
        return _real(int(match[1]), *year_means)
    return None


def _real(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
