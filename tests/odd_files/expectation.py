"""What is expected of an odd file: its rows, or the rule that refuses it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Odd:
    """A file named `name`, written by `make`, lying in the folder of `source`.

    Either `rows`: the values of `columns` in order, and `damages` as (row from 0, column,
    rule); or `refused`: the rules that may refuse it (several where library versions
    differ), and `says`: words that stand in both messages (a place, a heading). `is_heavy`:
    takes its reader to a limit, so many seconds in a run.
    """

    what: str
    name: str
    make: Callable[[Path], None]
    rows: tuple[tuple, ...] | None = None
    damages: frozenset[tuple[int, str, str]] = frozenset()
    refused: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    columns: tuple[str, ...] = ("building_id", "area_m2")
    source: str = "asset_register"
    is_heavy: bool = False
