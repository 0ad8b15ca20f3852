"""What a kind of fault is, and what is told of each one that was planted.

Here: the shapes that the modules of the sources fill. Not here: any one kind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from sandbox.dirt.ground import Ground

# What must become of a fault.
READ_RIGHT = "read_right"  # nothing is lost and no number differs
QUARANTINED = "quarantined"  # the row, with that rule
FILE_REFUSED = "file_refused"  # the whole file, with that rule; the good one before it stays in use
HELD = "held"  # the delivery, until a person releases it
AGREEMENT = "agreement"  # the figures stand, and `agreement` says that they do not fit
OUTCOMES = (READ_RIGHT, QUARANTINED, FILE_REFUSED, HELD, AGREEMENT)

ROWS, SCHOOLS = "rows", "schools"
# Who plants before whom: what needs whole schools or classes to itself, then what spoils a cell, then what respells one.
FIRST, SECOND, THIRD = range(3)


@dataclass(frozen=True)
class Place:
    """Where a fault stands: a file below the inbox or a store below the systems, a sheet or table
    of it, the row (1-based; None for a system) and the key of a system's row as it is landed."""

    file: str
    sheet: str = ""
    row: int | None = None
    row_key: str = ""


class Placed(Protocol):
    """What knows its place once everything is planted."""

    def place(self) -> Place: ...


@dataclass(frozen=True)
class Spot:
    """A place that is known from the beginning: a whole file."""

    file: str
    sheet: str = ""

    def place(self) -> Place:
        return Place(self.file, self.sheet)


@dataclass(frozen=True)
class Fault:
    """One planted fault. `schools`: whose data it stands in; `is_hit`: whether their figures, and the
    county's, may differ from the truth for it. `column`, `measure`: what quarantine and `agreement` name."""

    where: Placed
    table: str
    column: str = ""
    rule: str = ""
    measure: str = ""
    schools: tuple[str, ...] = ()
    is_hit: bool = False


@dataclass(frozen=True)
class Kind:
    """One kind of fault: `rate` is its usual share of the rows (or schools) that it can stand in, `plant` puts so
    many into the ground, at least one where there is any room. `section`: of the source dictionary."""

    name: str
    source: str
    section: str
    zh: str
    en: str
    outcome: str
    rate: float
    plant: Callable[[Ground, float], Iterable[Fault]] = field(repr=False)
    per: str = ROWS
    turn: int = FIRST


def how_many(rate: float, room: int) -> int:
    """So many of `room` places: at least one where the rate is above zero, never more than there are."""
    return min(room, max(1, round(rate * room))) if rate > 0 and room else 0
