"""Kinds that change one cell of a row: written another way, or spoilt.

Here: making such kinds out of a table, a column and a way to change its text. Not here:
the ways (spellings.py) and which kinds a source has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from sandbox.dirt.ground import Ground
from sandbox.dirt.kind import QUARANTINED, READ_RIGHT, SECOND, THIRD, Fault, Kind
from sandbox.dirt.lines import Line, StoredLine

Change = Callable[[Line, np.random.Generator], object]  # the new cell; None where the row does not lend itself to it
USUAL_SPELLING, USUAL_BREAK = 0.002, 0.0002
# What the reader blanks: it is empty in the key of a system's row.
_UNREAD = {"damaged_id", "not_a_number", "not_a_date", "not_a_month", "error_cell", "missing_value"}


def spelled(name: str, table: str, column: str, change: Change, zh: str, en: str, *, section: str, rate: float = USUAL_SPELLING) -> Kind:
    """The cell says the same in another way: it must be read right."""

    def plant(ground: Ground, rate: float) -> Iterator[Fault]:
        rng = ground.random(name)
        for line in ground.take(table, rng, rate, where=lambda line: line.has(column) and change(line, np.random.default_rng(0)) is not None, is_careless=False):
            line.put(column, change(line, rng))
            yield Fault(line, table, column, schools=(line.school,) if line.school else ())

    return Kind(name, table.partition(".")[0], section, zh, en, READ_RIGHT, rate, plant, turn=THIRD)


def broken(
    name: str, table: str, column: str, change: Change, rule: str, zh: str, en: str, *, section: str, rate: float = USUAL_BREAK, said_of: str = ""
) -> Kind:
    """The cell cannot be used: its row must be quarantined with the rule, which names the column `said_of`."""

    def plant(ground: Ground, rate: float) -> Iterator[Fault]:
        rng = ground.random(name)
        for line in ground.take(table, rng, rate, where=lambda line: line.has(column) and change(line, np.random.default_rng(0)) is not None, is_careless=True):
            line.put(column, change(line, rng))
            if isinstance(line, StoredLine) and rule in _UNREAD:
                line.unread.add(column)
            yield Fault(line, table, said_of or column, rule, schools=(line.school,) if line.school else (), is_hit=True)

    return Kind(name, table.partition(".")[0], section, zh, en, QUARANTINED, rate, plant, turn=SECOND)
