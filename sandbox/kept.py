"""What a county keeps from one day to the next, once it moves.

Here: pupils, people, books and the days on which forms and budgets were made. Not
here: what changes them (the *_changes modules), and the first day itself (plan.py).
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field, replace
from decimal import Decimal

import pyarrow as pa

from sandbox.cards import Card, all_cards
from sandbox.hr_tables import hr_tables
from sandbox.monitor_figures import computers
from sandbox.plan import County
from sandbox.pupil_rows import Pupils, pupils_of
from sandbox.rooms import Room, rooms_by_school
from sandbox.spaces import Space, spaces_by_school
from sandbox.staff import Staff, staff_of
from sandbox.standard import JUDGED_STAGES
from sandbox.stamps import Stamps, first_stamps


@dataclass
class Books:
    """What the asset register holds: cards by the file they go into, spaces and rooms by school code.

    A closed school keeps its spaces and rooms here: the last files that name it still
    count, for the school that took it over.
    """

    in_csv: list[Card]
    in_workbook: list[Card]
    spaces: dict[str, list[Space]]
    rooms: dict[str, list[Room]]


@dataclass
class Kept:
    """`first`, `filed`: the county as it was on its first day, and when it last filed its forms;
    `budgeted`: when it made the budget of each year so far. `corrected`: figures filed
    anew since, by school, stage and measure. `rolls`: students by stage, of each year the last
    that was handed out. `heirs`: code and budget unit of a school closed
    since -> those of the school that took it over."""

    first: County
    filed: County
    budgeted: list[County]
    pupils: Pupils
    staff: Staff
    people: dict[str, pa.Table]  # the tables of the personnel database; a row of `staff` is one of Staff
    books: Books
    corrected: dict[tuple[str, str, str], Decimal] = field(default_factory=dict)
    rolls: dict[int, dict[str, int]] = field(default_factory=dict)
    heirs: dict[str, str] = field(default_factory=dict)
    stamps: Stamps | None = None

    def rooms_of(self, school_id: str) -> list[Room]:
        """The rooms of a school and of those that it took over."""
        held_by = [school_id, *(code for code, heir in self.heirs.items() if heir == school_id)]
        return [room for code in held_by for room in self.books.rooms.get(code, [])]


def begin_to_move(first: County) -> County:
    """The same county with all that it must keep; `first` is left as it is."""
    county = snapshot(first)
    for school, as_planned in zip(county.schools, first.schools, strict=True):
        school.computers = computers(first, as_planned)
    in_csv, in_workbook, _ = all_cards(first)
    codes = [school.school_id for school in first.schools]
    books = Books(
        in_csv,
        in_workbook,
        dict(zip(codes, spaces_by_school(first), strict=True)),
        dict(zip(codes, rooms_by_school(first), strict=True)),
    )
    county.kept = Kept(first, first, [first], pupils_of(first), staff_of(first), hr_tables(first), books)
    hand_out_roll(county)
    county.kept.stamps = first_stamps(county)
    return county


def hand_out_roll(county: County) -> None:
    """The roll of this day is what systems and exports show: until the next one it is the last of its year."""
    county.kept.rolls[county.as_of.year] = {stage: county.students_of(stage) for stage in JUDGED_STAGES}


def snapshot(county: County) -> County:
    """The plan of this day, which later changes leave alone; it keeps nothing."""
    return replace(county, schools=copy.deepcopy(county.schools), others=list(county.others), kept=None)
