"""Which township a school lies in.

Here: the choice, by kind and by chance. Not here: the townships themselves (places.py).
"""

from __future__ import annotations

import numpy as np

from sandbox import places


def township_of(kind: str, place: int, rng: np.random.Generator) -> int:
    """A place in places.TOWNSHIPS."""
    if kind in ("twelve_year_school", "complete_secondary_school", "special_school", "vocational_school"):
        return place % places.SEATS
    if kind == "teaching_point":
        return places.SEATS + place % (len(places.TOWNSHIPS) - places.SEATS)
    # every township has a school; the seat has more of them
    if place < len(places.TOWNSHIPS):
        return place
    return int(rng.choice(len(places.TOWNSHIPS), p=_weights()))


def _weights() -> np.ndarray:
    weights = np.where(np.arange(len(places.TOWNSHIPS)) < places.SEATS, 2.0, 1.0)
    return weights / weights.sum()
