"""Which indicators the county is planned to meet: by its seed, or as asked.

Here: the choice alone. The writers of schools, rooms, people, money and documents
follow it. Not here: whether the county then meets them: that is counted from what
was planned (truth.py, county_truth.py).
"""

from __future__ import annotations

import zlib
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from sandbox.catalogue import (
    ART_ROOMS, CERTIFICATION, CHARTER, COMPONENTS, CURRICULUM, GOVERNMENT, HOMEWORK, ICT_USE, LEFT_BEHIND, MONITORING,
    MORAL_EDUCATION, MUSIC_ART_ROOMS, MUSIC_ROOMS, QUALITY, RECOGNISED, RESOURCE_SCHOOL_RULE, RETENTION, SCHOOL_LAYOUT,
    SCHOOL_SIZE, SMALL_SCHOOL_FUNDING, SOCIAL, SOCIAL_RECOGNITION, SPECIAL_ED_FUNDING, STAFFING_QUOTA, TRAINING_360H,
    TRAINING_BUDGET, VETOES, YEARLY_MONITOR,
)  # fmt: skip
from sandbox.standard import INDICATORS

# Part 1 is planned school by school (targets.py) unless one of these is asked for (balanced.py).
PART_1 = (*(indicator.id for indicator in INDICATORS), RESOURCE_SCHOOL_RULE)
_WITH_PART_1 = (*PART_1, SCHOOL_SIZE)
# Everything that a county can be asked to meet.
EVERYTHING = frozenset((*PART_1, *GOVERNMENT, *QUALITY, *SOCIAL, *VETOES, RECOGNISED, YEARLY_MONITOR))
# What the seed decides beside part 1. Music and art rooms apart: one of them may be met alone.
_FIRST_BY_SEED = (MUSIC_ROOMS, ART_ROOMS, SMALL_SCHOOL_FUNDING, SPECIAL_ED_FUNDING, TRAINING_360H, CERTIFICATION, TRAINING_BUDGET)
# Six of the monitor's measures are people and property as part 1 plans them.
_FOLLOWS_FROM_SIZES = (*_WITH_PART_1, "class_size", YEARLY_MONITOR)
_THEN_BY_SEED = tuple(sorted(EVERYTHING - set(_FIRST_BY_SEED) - set(_FOLLOWS_FROM_SIZES) - {MUSIC_ART_ROOMS}))
# What a document, a report or a figure not yet there can leave open.
CAN_BE_OPEN = (
    SCHOOL_LAYOUT, STAFFING_QUOTA, CHARTER, ICT_USE, MORAL_EDUCATION, CURRICULUM, HOMEWORK, MONITORING, RETENTION,
    SOCIAL_RECOGNITION, LEFT_BEHIND, RECOGNISED, *VETOES,
)  # fmt: skip
_MET, _OPEN = 0.6, 0.75  # of a draw between 0 and 1: met below the first, open between them


@dataclass(frozen=True)
class Wishes:
    """What the county is to meet, and what is to stay open; what is in neither is not to be met.

    `met` holds ids, and of 2.3 the components. `is_balanced`: part 1 is planned to
    be met but for those of its indicators that `met` lacks; else it falls as it
    does by seed, crowded classes and too large schools with it.
    """

    met: frozenset[str] = frozenset()
    open: frozenset[str] = frozenset()
    is_balanced: bool = False


def wishes(seed: int, schools: int, asked: Collection[str] | None) -> Wishes:
    """By chance where `asked` is None; else exactly those asked are to be met.

    Raises ValueError for an id that nothing here decides.
    """
    if asked is None:
        return _by_seed(seed, schools)
    if unknown := set(asked) - EVERYTHING:
        raise ValueError(f"cannot plan {sorted(unknown)}: choose among {', '.join(sorted(EVERYTHING))} / 不能指定这些指标")
    parts = {MUSIC_ART_ROOMS: COMPONENTS[MUSIC_ART_ROOMS]}
    met = frozenset(part for name in asked for part in parts.get(name, (name,)))
    return Wishes(met, frozenset(), bool(met & set(_WITH_PART_1)))


def _by_seed(seed: int, schools: int) -> Wishes:
    """Two to five of the first, and of the others each by its own draw: met, not met or open."""
    rng = np.random.default_rng([seed, schools, zlib.crc32(b"fulfilment")])
    met = set(rng.permutation(_FIRST_BY_SEED)[: int(rng.integers(2, len(_FIRST_BY_SEED) - 1))].tolist())
    draws = dict(zip(_THEN_BY_SEED, rng.random(len(_THEN_BY_SEED)).tolist(), strict=True))
    met |= {name for name, draw in draws.items() if draw < _MET}
    return Wishes(frozenset(met), frozenset(name for name in CAN_BE_OPEN if _MET <= draws[name] < _OPEN))
