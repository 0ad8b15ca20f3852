"""When rows of the systems last changed, and which rows are gone: what `updated_since` and
the table of deletions tell.

Here: comparing a table with itself of the day before. Pupils' rows carry their own time of
change (pupil_rows.py), and their comings and goings follow from the keys alone. Not here: what
changes (the *_changes modules) and how a system tells it (student_status_store.py,
hr_database.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sandbox import pupils
from sandbox.hr_tables import units
from sandbox.pupil_rows import seconds_at

if TYPE_CHECKING:
    from sandbox.plan import County

_EVENING = 18  # the hour at which the offices have entered the changes of a day
_DAYS_BACK = 90  # rows of the first day were last changed within so many days before
PUPIL_KEY = ("学校标识码", "全国学籍号")
KEYS_OF_ITEMS = {"schools": ("学校标识码",), "campuses": ("学校标识码", "校区号"), "classes": ("学校标识码", "班号")}
KEYS_OF_PEOPLE = {
    "units": ("county_code", "unit_code"),
    "staff": ("id_number", "work_unit_code"),
    "posts": ("id_number", "post_category", "started_on"),
    "degrees": ("id_number", "degree", "graduated_month"),
    "certificates": ("id_number", "certificate_kind", "subject"),
    "subjects_taught": ("id_number", "term", "stage", "course"),
    "backbone_titles": ("id_number", "title", "level", "awarded_on"),
    "training_hours": ("id_number", "training_year", "project"),
    "rotations": ("id_number", "started_on"),
    "monthly_pay": ("id_number", "pay_month", "budget_unit_code"),
}


@dataclass
class Stamped:
    """A table with the time of change of each row (seconds since 1970), and the keys of rows
    that are gone, each with the time of its going. A row that came back stands in both."""

    key: tuple[str, ...]
    rows: pa.Table
    updated: np.ndarray
    gone: list[tuple[pa.Table, int]] = field(default_factory=list)

    def becomes(self, rows: pa.Table, moment: int) -> None:
        """Take over the table as it is now; what differs changed at that moment."""
        if rows is self.rows or rows.equals(self.rows):
            return
        now, before = _texts(rows, self.key), _texts(self.rows, self.key)
        place = pc.index_in(now, value_set=before)
        was_there = place.is_valid().to_numpy(zero_copy_only=False)
        old = pc.fill_null(place, 0)
        columns = rows.column_names
        is_same = pc.equal(_texts(rows, columns), _texts(self.rows, columns).take(old)).to_numpy(zero_copy_only=False)
        updated = np.where(was_there & is_same, self.updated[old.to_numpy()], moment)
        left = self.rows.filter(pc.invert(pc.is_in(before, value_set=now)))
        if len(left):
            self.gone.append((left.select(["county_code", *(name for name in self.key if name != "county_code")]), moment))
        self.rows, self.updated = rows, updated


@dataclass
class Stamps:
    """Every table of the two systems but the roll itself, of which the keys that are gone suffice."""

    people: dict[str, Stamped]
    items: dict[str, Stamped]
    pupils_gone: list[tuple[pa.Table, int]] = field(default_factory=list)
    _roll: tuple[np.ndarray, np.ndarray] | None = None  # school code and person of each row
    _classes: object = None

    def pass_day(self, county: County) -> None:
        """Compare with the evening before."""
        moment = seconds_at(county.as_of, _EVENING)
        for name, stamped in self.people.items():
            stamped.becomes(units(county) if name == "units" else county.kept.people[name], moment)
        self.items["schools"].becomes(_table(pupils.school_items(county)), moment)
        self.items["campuses"].becomes(_table(pupils.campus_items(county)), moment)
        told = _told_by_classes(county)
        if told != self._classes:
            self.items["classes"].becomes(_table(pupils.class_items(county)), moment)
            self._classes = told
        self._compare_rolls(county, moment)

    def _compare_rolls(self, county: County, moment: int) -> None:
        before, now = self._roll, _roll(county)
        rows = len(before[0])
        if len(now[0]) < rows or not all(np.array_equal(old, new[:rows]) for old, new in zip(before, now, strict=True)):
            left = np.setdiff1d(_one_number(before), _one_number(now))
            if len(left):
                self.pupils_gone.append((_pupil_keys(county, left), moment))
        self._roll = now


def first_stamps(county: County) -> Stamps:
    """The stamps of a county on the first day of its moving."""
    roll = county.kept.pupils
    made = {"schools": pupils.school_items, "campuses": pupils.campus_items, "classes": pupils.class_items}
    items = {}
    for name, key in KEYS_OF_ITEMS.items():
        rows = _table(made[name](county))
        items[name] = Stamped(key, rows, np.full(len(rows), newest_of(roll.touched)))
    return Stamps(stamped_people(county, county.kept.people), items, _roll=_roll(county), _classes=_told_by_classes(county))


def stamped_people(county: County, tables: Mapping[str, pa.Table]) -> dict[str, Stamped]:
    """The tables of the personnel database as the county keeps them; on the first day each row was changed some day before."""
    if county.kept and county.kept.stamps:
        return county.kept.stamps.people
    rng, today = county.random("stamps"), seconds_at(county.as_of, 0)
    return {
        name: Stamped(key, tables[name], today - rng.integers(1, _DAYS_BACK * 86_400, size=len(tables[name])))
        for name, key in KEYS_OF_PEOPLE.items()
    }


def newest_of(touched: np.ndarray) -> int:
    """The newest time of change, 0 where there is none."""
    return int(touched.max(initial=0))


def _texts(rows: pa.Table, columns: tuple[str, ...] | list[str]) -> pa.Array:
    """Each row as one text; null is unlike any value."""
    cells = [pc.fill_null(pc.cast(rows[name], pa.string()), "\x00") for name in columns]
    joined = pc.binary_join_element_wise(*cells, "\x1f")
    return joined.combine_chunks() if isinstance(joined, pa.ChunkedArray) else joined


def _table(items: list[dict[str, str]]) -> pa.Table:
    return pa.Table.from_pylist(items)


def _told_by_classes(county: County) -> object:
    """What the items of classes are made from."""
    schools = [(school.school_id, school.style, school.kind) for school in county.schools]
    return schools, pupils.roll_of(county).classes()[0]


def _roll(county: County) -> tuple[np.ndarray, np.ndarray]:
    codes = np.array([int(school.school_id) for school in county.schools])
    roll = pupils.roll_of(county)
    return codes[roll.school], roll.person.copy()


_PERSONS = 1 << 24  # more than any county has; a school code times this fits in 63 bits


def _one_number(roll: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    return roll[0] * _PERSONS + roll[1]


def _pupil_keys(county: County, left: np.ndarray) -> pa.Table:
    numbers = pa.array(pupils.roll_of(county).persons.number[left % _PERSONS])
    codes = pa.array([f"{code:010d}" for code in (left // _PERSONS).tolist()])
    return pa.table([pa.array([county.code] * len(left)), codes, numbers], names=["county_code", *PUPIL_KEY])
