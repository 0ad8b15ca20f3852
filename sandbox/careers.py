"""Since when every person teaches and where, and who rotated: what 2.11 asks of the personnel database.

Here: sex, first day at the school and every rotation, planned so that those who
rotated are exactly a tenth of the eligible and a fifth of them backbone teachers, or
one too few. Beside them rotations that do not count: of other school years, within
one school, of no kind. Not here: the tables themselves (hr_tables.py), the
judgement (truth_people.py).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sandbox.catalogue import BACKBONE_SHARE, ROTATED_SHARE, ROTATION
from sandbox.plan import County
from sandbox.staff import STAGES, Staff
from sandbox.standard import (
    JUDGED_STAGES, LEAST_BACKBONE_OF_ROTATED, LEAST_ROTATED, ROTATES_BELOW_AGE, YEARS_BEFORE_ROTATION,
)  # fmt: skip

_KINDS = ("定期交流", "支教", "学校联盟")
_NO_KIND = "无"
_ENOUGH_ROTATE = 5  # of whom one is a backbone teacher and one has moved before
_DAYS = "datetime64[D]"


@dataclass
class Rotations:
    """Arrays of equal length, one entry a rotation; `is_inside`: from the school to itself."""

    person: np.ndarray
    started: np.ndarray  # datetime64[D]
    kind: np.ndarray
    is_inside: np.ndarray


@dataclass
class Careers:
    """One entry a person: sex as 男 or 女, first day at the school, whether on exchange from another school now."""

    sex: np.ndarray
    joined: np.ndarray  # datetime64[D]
    is_exchanged: np.ndarray
    rotations: Rotations


def teaching_since(staff: Staff) -> np.ndarray:
    """Month of first teaching, datetime64[M]."""
    return (staff.birth + 23 * 365).astype("datetime64[M]")


def is_judged(staff: Staff) -> np.ndarray:
    """Full-time teachers of the compulsory stages."""
    return staff.is_teacher() & np.isin(staff.stage, [STAGES.index(stage) for stage in JUDGED_STAGES])


def careers_of(county: County, staff: Staff) -> Careers:
    """Every person's career; the same each time."""
    rng = county.random("careers")
    count = len(staff)
    start = np.datetime64(county.calendar.exchange_year_start, "D")
    earliest = np.datetime64(county.calendar.years_before(county.calendar.exchange_year_start, YEARS_BEFORE_ROTATION), "D")
    sex = np.where(rng.random(count) < 0.62, "女", "男")
    # three of four never left their first school, some came exactly as long ago as is asked
    since = teaching_since(staff).astype(_DAYS)
    moved = start - rng.integers(0, 14 * 365, size=count)
    moved[rng.random(count) < 0.1] = earliest
    joined = np.where(rng.random(count) < 0.75, since, np.maximum(since, moved))

    eligible = np.flatnonzero(is_judged(staff) & _is_young(county, staff, sex) & (joined <= earliest))
    eligible, late = _in_tens(staff, eligible, rng)
    joined[late] = earliest + 365
    again = _moves_again(county, staff, sex, joined, earliest, eligible)
    chosen = np.concatenate([_chosen(county, staff, eligible, len(again), rng), again])
    others = np.flatnonzero(staff.is_teacher() & ~is_judged(staff))[4::31]  # senior teachers rotate and are not judged
    exchanged = np.concatenate([chosen, others])
    started = np.full(len(exchanged), start)
    started[1::3] = np.minimum(start + 160, np.datetime64(county.as_of, "D"))  # some in the middle of the school year
    joined[exchanged] = started
    is_exchanged = np.zeros(count, dtype=bool)
    is_exchanged[exchanged] = True
    parts = [(exchanged, started, np.asarray(rng.choice(_KINDS, size=len(exchanged))), False)]
    parts.append((again, np.full(len(again), start - 3 * 365), _KINDS[0], False))
    parts += _that_do_not_count(county, staff, is_exchanged, joined, earliest, start)
    return Careers(sex, joined, is_exchanged, _together(parts))


def _is_young(county: County, staff: Staff, sex: np.ndarray) -> np.ndarray:
    """Younger than the limit of their sex when the exchange year began, by months."""
    result = np.zeros(len(staff), dtype=bool)
    for text, age in ROTATES_BELOW_AGE.items():
        line = np.datetime64(county.calendar.years_before(county.calendar.exchange_year_start, age), "M")
        result |= (sex == text) & (staff.birth.astype("datetime64[M]") > line)
    return result


def _in_tens(staff: Staff, eligible: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """As many eligible as a tenth of them, and a fifth of that, are whole persons; the rest are to come late.

    In a small county a tenth alone is whole.
    """
    step = math.lcm(int(100 / LEAST_ROTATED), int(100 / LEAST_ROTATED * 100 / LEAST_BACKBONE_OF_ROTATED))
    step = step if len(eligible) >= step else int(100 / LEAST_ROTATED)
    # backbone teachers stay eligible: there must be enough of them to choose from
    order = np.concatenate([rng.permutation(eligible[staff.is_backbone[eligible]]), rng.permutation(eligible[~staff.is_backbone[eligible]])])
    keep = len(order) // step * step or len(order)
    return order[:keep], order[keep:]


def _moves_again(
    county: County, staff: Staff, sex: np.ndarray, joined: np.ndarray, earliest: np.datetime64, eligible: np.ndarray
) -> np.ndarray:
    """Somebody who is to rotate without being eligible, for a move three years before: only that move tells of it.

    Nobody where so few rotate that the lines would be missed.
    """
    able = is_judged(staff) & _is_young(county, staff, sex) & ~staff.is_backbone & (joined > earliest)
    able &= teaching_since(staff) <= earliest.astype("datetime64[M]")
    able[eligible] = False
    enough = LEAST_ROTATED * len(eligible) / 100 >= _ENOUGH_ROTATE
    return np.flatnonzero(able)[: 1 if enough else 0]


def _chosen(county: County, staff: Staff, eligible: np.ndarray, others: int, rng: np.random.Generator) -> np.ndarray:
    """Who of the eligible rotates beside `others`: exactly on both lines, sometimes a few more; one too few where 2.11 is not to be met."""
    rotating = math.ceil(LEAST_ROTATED * len(eligible) / 100)
    spoilt = county.spoilt(ROTATION)
    if spoilt == ROTATED_SHARE and rotating == 1:
        spoilt = BACKBONE_SHARE  # of nobody there is no share
    rotating += int(rng.integers(3)) * len(eligible) // 300 if spoilt is None else 0
    rotating -= spoilt == ROTATED_SHARE
    backbone = math.ceil(LEAST_BACKBONE_OF_ROTATED * rotating / 100) - (spoilt == BACKBONE_SHARE)
    is_backbone = staff.is_backbone[eligible]
    return np.concatenate([eligible[is_backbone][:backbone], eligible[~is_backbone][: rotating - backbone - others]])


def _that_do_not_count(
    county: County, staff: Staff, is_exchanged: np.ndarray, joined: np.ndarray, earliest: np.ndarray, start: np.ndarray
) -> list[tuple[np.ndarray, np.ndarray, np.ndarray | str, bool]]:
    """Rotations of earlier years by those who came with them, one in the new school year, none at all, within a school."""
    stay = np.flatnonzero(staff.is_teacher() & ~is_exchanged)
    has_moved = joined[stay] > teaching_since(staff)[stay].astype(_DAYS)
    came = stay[has_moved & (joined[stay] > earliest) & (joined[stay] < start)]
    long_ago = stay[has_moved & (joined[stay] < earliest - 400)]
    parts = [(came[::3], joined[came[::3]], _KINDS[0], False), (long_ago[::4], joined[long_ago[::4]], _KINDS[1], False)]
    old = stay[joined[stay] <= earliest]
    for several, kind, is_inside in ((old[3::97], _NO_KIND, False), (np.setdiff1d(old[5::89], old[3::97]), _KINDS[2], True)):
        parts.append((several, np.full(len(several), start), kind, is_inside))
    if county.calendar.school_year_start > county.calendar.exchange_year_start:
        new = np.datetime64(county.calendar.school_year_start, "D")
        just_come = stay[joined[stay] > earliest][7::83]
        joined[just_come] = new
        # whoever is said above to have come earlier has not
        parts[0] = tuple(column[~np.isin(parts[0][0], just_come)] if isinstance(column, np.ndarray) else column for column in parts[0])
        parts.append((just_come, np.full(len(just_come), new), _KINDS[0], False))
    return parts


def _together(parts: list[tuple[np.ndarray, np.ndarray, np.ndarray | str, bool]]) -> Rotations:
    return Rotations(
        np.concatenate([person for person, *_ in parts]),
        np.concatenate([started.astype(_DAYS) for _, started, *_ in parts]),
        np.concatenate([np.broadcast_to(kind, len(person)) for person, _, kind, _ in parts]),
        np.concatenate([np.full(len(person), inside) for person, *_, inside in parts]),
    )
