"""Which indicators of the whole county it is planned to meet: by its seed, or as asked.

Here: the choice alone. The writers of rooms, people and money follow it
(rooms.py, hr_tables.py, finance.py, classes.py). Not here: whether the county
then meets them: that is counted from what was planned (county_truth.py).
"""

from __future__ import annotations

import zlib
from collections.abc import Collection

import numpy as np

from sandbox.standard import (
    ART_ROOMS, CERTIFICATION, CLASS_SIZE, MUSIC_ART_ROOMS, MUSIC_ROOMS, SMALL_SCHOOL_FUNDING, SPECIAL_ED_FUNDING,
    TRAINING_360H, TRAINING_BUDGET,
)  # fmt: skip

# What the seed decides. Music and art rooms apart: one of them may be met alone.
_BY_SEED = (MUSIC_ROOMS, ART_ROOMS, SMALL_SCHOOL_FUNDING, SPECIAL_ED_FUNDING, TRAINING_360H, CERTIFICATION, TRAINING_BUDGET)
# The sizes of schools follow from part 1 alone, so that the size of a school cannot be asked for.
CAN_BE_ASKED = (MUSIC_ART_ROOMS, CLASS_SIZE, *_BY_SEED[2:])


def fulfilled(seed: int, schools: int, asked: Collection[str] | None) -> frozenset[str]:
    """What the county meets: two to five by chance where `asked` is None, else exactly those asked.

    A class size that is not asked for stays as the plan has it: crowded in a county
    with schools of the usual size. Raises ValueError for an id that nothing here decides.
    """
    if asked is None:
        rng = np.random.default_rng([seed, schools, zlib.crc32(b"fulfilment")])
        return frozenset(rng.permutation(_BY_SEED)[: int(rng.integers(2, len(_BY_SEED) - 1))].tolist())
    if unknown := set(asked) - set(CAN_BE_ASKED):
        raise ValueError(f"cannot plan {sorted(unknown)}: choose among {', '.join(CAN_BE_ASKED)} / 不能指定这些指标")
    parts = {MUSIC_ART_ROOMS: (MUSIC_ROOMS, ART_ROOMS)}
    return frozenset(part for name in asked for part in parts.get(name, (name,)))
