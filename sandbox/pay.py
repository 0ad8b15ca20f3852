"""Monthly pay, and what 2.8 compares it with.

Here: the payroll of the last complete calendar year, rounded off by a few yuan to one
person so that the yearly average of the teachers counted comes out in whole cents,
and the average pay of civil servants that the county files beside it. Not here: the
table of the database (hr_service.py), the judgement (truth_people.py).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from sandbox import staff as roles
from sandbox.careers import careers_of, is_judged, teaching_since
from sandbox.catalogue import PAY_RATIO, TEACHER_PAY
from sandbox.plan import County
from sandbox.staff import Staff

_MONTHS = 12


@dataclass
class PayRows:
    """Arrays of equal length, one entry a person, month and paying unit; `cents` of a yuan."""

    person: np.ndarray
    month: np.ndarray
    budget_unit: np.ndarray
    is_retired: np.ndarray
    cents: np.ndarray


def is_paid_teacher(county: County, staff: Staff) -> np.ndarray:
    """Full-time teachers of the compulsory stages in schools that are not private."""
    return is_judged(staff) & ~np.array([school.is_private for school in county.schools])[staff.school]


def pay_rows(county: County, staff: Staff) -> PayRows:
    """Everybody's pay of the year; the same each time.

    Who came during the year has fewer months. Who is on exchange is paid by the
    home school too from September on: two rows, one person and month.
    """
    rng = county.random("pay")
    months = np.array(county.calendar.pay_months)
    budget = np.array([school.budget_unit_code for school in county.schools])
    base = rng.integers(380_000, 960_000, size=len(staff))
    person, month = (axis.ravel() for axis in np.indices((len(staff), _MONTHS)))
    is_there = teaching_since(staff)[person] <= months.astype("datetime64[M]")[month]
    person, month = person[is_there], month[is_there]
    second = np.flatnonzero(careers_of(county, staff).is_exchanged[person] & (month >= 8))
    cents = base[person] + rng.integers(0, 9_999, size=len(person))
    cents[second] -= 60_000
    person, month = np.concatenate([person, person[second]]), np.concatenate([month, month[second]])
    unit = np.concatenate([budget[staff.school[person[: len(cents)]]], budget[(staff.school[person[len(cents) :]] + 1) % len(budget)]])
    cents = np.concatenate([cents, np.full(len(second), 60_000)])
    rows = PayRows(person, months[month], unit, staff.role[person] == roles.RETIRED, cents)
    _round_off(rows, is_paid_teacher(county, staff))
    return rows


def _round_off(rows: PayRows, is_counted: np.ndarray) -> None:
    """Add what is missing to a whole number of cents in the average to the first counted row."""
    total, person_months = _sums(rows, is_counted)
    whole = person_months // math.gcd(_MONTHS, person_months)
    rows.cents[np.flatnonzero(is_counted[rows.person])[0]] += -total % whole


def _sums(rows: PayRows, is_counted: np.ndarray) -> tuple[int, int]:
    """Cents paid to those counted, and how many of them in each month, added up."""
    counted = is_counted[rows.person]
    pairs = {*zip(rows.person[counted].tolist(), rows.month[counted].tolist(), strict=True)}
    return int(rows.cents[counted].sum()), len(pairs)


def civil_servant_pay(county: County, staff: Staff) -> Decimal:
    """Yuan a year: exactly what teachers earn or less, one cent more where 2.8 is not to be met by it."""
    rng = county.random("civil servants")
    total, person_months = _sums(pay_rows(county, staff), is_paid_teacher(county, staff))
    cents = total * _MONTHS // person_months
    if county.spoilt(TEACHER_PAY) == PAY_RATIO:
        cents += 1
    elif rng.random() < 0.5:
        cents -= int(rng.integers(1, 500_000))
    return Decimal(cents) / 100
