"""Columns that the tables of the personnel database share: texts, days, months, units.

Here: arrays as the database holds them, and the codes of the schools that persons
work in. Not here: any table (hr_tables.py, hr_service.py).
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from sandbox.plan import County
from sandbox.staff import Staff

AMOUNT = pa.decimal128(12, 2)


def text(values: np.ndarray | list[str]) -> pa.Array:
    return pa.array(values, pa.string())


def days_before(county: County, ago: np.ndarray, known: np.ndarray | None = None) -> pa.Array:
    """Dates that many days before the as-of date (negative: after), null where not `known`."""
    days = np.datetime64(county.as_of, "D") - ago
    return pa.array(days, mask=None if known is None else ~known)


def months(days: np.ndarray) -> pa.Array:
    return text(days.astype("datetime64[M]").astype(str))


def work_units(county: County, staff: Staff) -> np.ndarray:
    codes = np.array([school.school_id for school in county.schools])[staff.school]
    return np.where(staff.is_at_point, county.point.budget_unit_code, codes)


def styles(county: County, staff: Staff) -> np.ndarray:
    return np.array([school.style for school in county.schools])[staff.school]


def elsewhere(county: County, staff: Staff) -> np.ndarray:
    """Another school for each person: the next one in the plan."""
    codes = np.array([school.school_id for school in county.schools])
    return codes[(staff.school + 1) % len(codes)]
