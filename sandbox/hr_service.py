"""What the personnel database says of service: hours of training, rotations, monthly pay.

Here: 2.8, 2.9 and 2.11 as rows, exactly on their lines or just beside. Not here: who
rotates (careers.py), what pay is planned to amount to (pay.py), the other tables (hr_tables.py).
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from sandbox import pay
from sandbox.careers import careers_of, teaching_since
from sandbox.catalogue import TRAINING_360H
from sandbox.hr_columns import AMOUNT, elsewhere, text, work_units
from sandbox.plan import County
from sandbox.staff import STAGES, Staff
from sandbox.standard import SENIOR

_S = STAGES.index(SENIOR)


def training_hours(county: County, staff: Staff, rng: np.random.Generator) -> dict[str, object]:
    """Hours of the teachers in the five years that count, and of the years before and after.

    72 hours a full year of service is exactly enough for many. Where 2.9 is not met
    every ninetieth or so of the compulsory stages has half an hour too few; senior
    teachers may have in any county. The others have no hours at all.
    """
    person = np.flatnonzero(staff.is_teacher())
    count, place, last = len(person), np.arange(len(person)), county.as_of.year - 1
    since = teaching_since(staff)[person]
    first_year = since.astype("datetime64[Y]").astype(int) + 1970
    first_full = first_year + (since != since.astype("datetime64[Y]").astype("datetime64[M]"))
    years = np.arange(last - 5, last + 2)  # the second to the sixth count
    counts = (years >= last - 4) & (years <= last)
    is_full = years >= first_full[:, None]
    # in half hours: the whole requirement, some of it in other years than expected
    halves = np.where(is_full, 144, 60)
    halves[:, ~counts] = 80
    experienced = is_full[:, 1]
    halves[np.ix_(experienced & (place % 4 == 1), counts)] += np.array([36, -36, 60, 0, -60])
    halves[np.ix_(place % 4 == 2, counts)] += rng.integers(0, 50, size=(int((place % 4 == 2).sum()), 5))

    senior = staff.stage[person] == _S
    may_lack = (senior & (place % 9 == 5)) | (~senior & (rng.random(count) < 1 / 90) & (TRAINING_360H not in county.wishes.met))
    if TRAINING_360H not in county.wishes.met:
        may_lack[np.flatnonzero(~senior & experienced)[:1]] = True
        may_lack[np.flatnonzero(~senior & ~experienced & is_full[:, -2])[:1]] = True
    lacks = np.flatnonzero(may_lack & is_full[:, -2])
    halves[np.ix_(lacks, counts)] = np.where(is_full[np.ix_(lacks, counts)], 144, 0)
    halves[lacks, -2] -= 1

    who, year = np.nonzero((halves > 0) & (years >= first_year[:, None]))
    amount = halves[who, year]
    is_second = who % 7 == 2  # two projects in a year
    second = np.flatnonzero(is_second)
    parts = np.concatenate([np.where(is_second, amount - amount // 3, amount), amount[second] // 3])
    who, year = np.concatenate([who, who[second]]), years[np.concatenate([year, year[second]])]
    project = np.concatenate([np.full(len(amount), "年全员培训（模拟）"), np.full(len(second), "年校本研修（模拟）")])
    return {
        "id_number": text(staff.identity[person][who]),
        "training_year": pa.array(year),
        "project": text(np.char.add(year.astype(str), project)),
        "hours": pa.array(parts / 2).cast(AMOUNT),
    }


def rotations(county: County, staff: Staff, rng: np.random.Generator) -> dict[str, object]:
    planned = careers_of(county, staff).rotations
    person = planned.person
    to_unit = work_units(county, staff)[person]
    return {
        "id_number": text(staff.identity[person]),
        "rotation_kind": text(planned.kind),
        "from_unit_code": text(np.where(planned.is_inside, to_unit, elsewhere(county, staff)[person])),
        "to_unit_code": text(to_unit),
        "started_on": pa.array(planned.started),
        "ended_on": pa.nulls(len(person), pa.date32()),
    }


def monthly_pay(county: County, staff: Staff, rng: np.random.Generator) -> dict[str, object]:
    rows = pay.pay_rows(county, staff)
    return {
        "id_number": text(staff.identity[rows.person]),
        "pay_month": text(rows.month),
        "budget_unit_code": text(rows.budget_unit),
        "person_status": text(np.where(rows.is_retired, "退休", "在职")),
        "gross_yuan": pa.array(rows.cents / 100).cast(AMOUNT),
    }
