"""Made-up names, phone numbers and addresses, for the systems that hold persons.

Here: text columns drawn at random. Not here: identity numbers (codes.py). The
product must drop every one of these before it writes anything.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sandbox.places import TOWNSHIPS, short_township

_SURNAMES = list("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗") + ["欧阳", "司马", "买买提·"]
_GIVEN = list("伟芳娜敏静丽强磊军洋勇艳杰涛明超霞平刚桂") + [
    "子涵", "欣怡", "浩然", "梓萱", "宇轩", "诗琪", "雨泽", "思远", "佳颖", "俊熙", "若曦", "晨阳", "䶮", "𬭎",
]  # fmt: skip


def person_names(count: int, rng: np.random.Generator) -> pa.Array:
    """Names; some hold a middle dot or a character outside GBK, as real ones do."""
    family = pa.array(_SURNAMES).take(pa.array(rng.integers(len(_SURNAMES), size=count)))
    given = pa.array(_GIVEN).take(pa.array(rng.integers(len(_GIVEN), size=count)))
    return pc.binary_join_element_wise(family, given, "")


def phone_numbers(count: int, rng: np.random.Generator) -> pa.Array:
    """Eleven digits that begin with 100, which is no mobile prefix."""
    return pa.array((10_000_000_000 + rng.integers(0, 10**8, size=count)).astype(str))


def addresses(townships: np.ndarray, rng: np.random.Generator) -> pa.Array:
    """A made-up road in each person's township."""
    roads = pa.array([f"新密市{short_township(place)}模拟路" for place in range(len(TOWNSHIPS))])
    numbers = pa.array(rng.integers(1, 400, size=len(townships)).astype(str))
    return pc.binary_join_element_wise(roads.take(pa.array(townships)), numbers, pa.scalar("号"), "")
