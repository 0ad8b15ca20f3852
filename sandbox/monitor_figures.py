"""Books and computers: what only the yearly monitor of basic balance asks of a school.

Here: how many each school has, even enough to meet the monitor, or hoarded by one
school where the county is not to meet it; the computers of a county that has moved are
counted on. Not here: the other six measures of the monitor (targets.py, staff.py,
hr_tables.py), the judgement (monitor_truth.py).
"""

from __future__ import annotations

import math
from fractions import Fraction

from sandbox.catalogue import YEARLY_MONITOR
from sandbox.plan import County, School
from sandbox.standard import MONITOR_INDICATORS, MONITOR_LIMIT, PRIMARY, STAGES_OF_KIND, scope_reason_of, squared_cv

_FOR_NOBODY = 20  # students that a school without any is equipped for


def books(county: County, school: School) -> int:
    usual = (25 + school.style) * _heads(school)
    return usual * _hoard(county) if school is _hoarder(county) else usual


def books_filed(county: County, school: School) -> int:
    """What the forms of the year say: of a school that took others over since, what all of them filed."""
    filed = county.filed
    return sum(books(filed, other) for other in filed.schools if school.school_id in (other.school_id, county.heirs.get(other.school_id)))


def computers(county: County, school: School) -> int:
    if school.computers is not None:
        return school.computers
    usual = math.ceil(Fraction(_heads(school) * (12 + school.style), 100))
    return usual * _hoard(county) if school is _hoarder(county) else usual


def _heads(school: School) -> int:
    return max(sum(school.students.values()), _FOR_NOBODY)


def _is_even(county: County) -> bool:
    """Counties whose part 1 falls by seed have no say in their other six coefficients, and hoard nothing."""
    return YEARLY_MONITOR in county.wishes.met or not county.wishes.is_balanced


def _hoarder(county: County) -> School | None:
    """The smallest primary school of all: what it has counts for few students, so its stage's coefficients have no small bound."""
    if _is_even(county):
        return None
    return min(_judged(county), key=lambda school: (school.students[PRIMARY], school.school_id))


def _judged(county: County) -> list[School]:
    """Schools with primary students and nobody else that count."""
    return [
        school
        for school in county.schools
        if STAGES_OF_KIND[school.kind] == (PRIMARY,) and scope_reason_of(school.kind, school.students[PRIMARY]) is None
    ]


def _hoard(county: County) -> int:
    """By how much the hoarder has more than is usual: so much that these two coefficients alone pass the limit of all eight."""
    hoarder = _hoarder(county)
    students = [school.students[PRIMARY] for school in county.schools if _counts(school)]
    needed = (MONITOR_LIMIT[PRIMARY] * len(MONITOR_INDICATORS) / 2) ** 2
    factor = 8
    while factor < 10**6:
        # about one book a student elsewhere: the true ones differ by a fifth: a tenth of room, and the six others
        amounts = [Fraction(heads) for heads in students]
        place = students.index(hoarder.students[PRIMARY])
        amounts[place] *= factor
        if (squared_cv(students, amounts) or 0) > needed * Fraction(11, 10):
            return factor
        factor *= 2
    raise ValueError("no school is small enough to hoard / 没有足够小的学校")


def _counts(school: School) -> bool:
    return PRIMARY in school.students and scope_reason_of(school.kind, school.students[PRIMARY]) is None
