"""The plan of the county: every school with its codes, students, classes and holdings.

Here: the one description from which the systems, the files and the truth
are made. Not here: single students, teachers, cards or rooms (their writers make
them so that they add up to the plan), and no judgement (truth.py).
"""

from __future__ import annotations

import zlib
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from sandbox import balanced, places, sizes, traits
from sandbox.calendar_days import Calendar
from sandbox.classes import SchoolClass, classes_of
from sandbox.codes import credit_code
from sandbox.catalogue import COMPONENTS
from sandbox.fulfilment import Wishes, wishes
from sandbox.standard import PRIMARY
from sandbox.targets import Teachers, holdings
from sandbox.townships import township_of

if TYPE_CHECKING:
    from sandbox.kept import Kept


_APART = 7919  # how far the codes of one county's schools lie from those of the next


@dataclass
class School:
    """A school that exists at the as-of date and has a code of its own.

    `students` and `teachers` go by stage, `facilities` are the whole school's.
    `style` tells how its clerk writes grades, months and codes (0-5).
    """

    school_id: str
    name: str
    kind: str
    township: int
    students: dict[str, int]
    teachers: dict[str, Teachers]
    facilities: dict[str, Decimal]
    classes: list[SchoolClass]
    budget_unit_code: str
    credit_code: str  # "" for teaching points
    is_private: bool
    is_boarding: bool
    longitude: str
    latitude: str
    opened_on: date
    style: int
    former_name: str = ""
    change_kind: str = ""
    document_number: str = ""
    computers: int | None = None  # on its asset cards, once the county has moved (monitor_figures.computers)

    @property
    def holder_code(self) -> str:
        """The code under which the asset register keeps its cards."""
        return self.credit_code or self.budget_unit_code


@dataclass(frozen=True)
class FormerSchool:
    """A register row that is no school at the as-of date, or has no code of its own.

    `parent`/`successor` are places in `County.schools`, -1 where there is none.
    """

    school_id: str
    name: str
    kind: str
    township: int
    budget_unit_code: str
    credit_code: str
    opened_on: date
    closed_on: date | None = None
    parent: int = -1
    successor: int = -1
    change_kind: str = ""
    document_number: str = ""


@dataclass
class County:
    """The whole county. `point` has no code and belongs to its parent; `merged`
    was closed shortly before the as-of date and still stands on older asset cards.
    `wishes`: what it is planned to meet."""

    code: str
    seed: int
    as_of: date
    schools: list[School]
    point: FormerSchool
    merged: FormerSchool
    others: list[FormerSchool] = field(default_factory=list)
    wishes: Wishes = Wishes()
    kept: Kept | None = None  # what a county that has moved keeps since its first day

    @property
    def name(self) -> str:
        return places.county_name(self.code)

    def spoilt(self, indicator_id: str) -> str | None:
        """The one component through which an indicator of several is not met or open; None where it is met."""
        if indicator_id in self.wishes.met:
            return None
        components = COMPONENTS[indicator_id]
        return components[int(self.random(f"component of {indicator_id}").integers(len(components)))]

    @property
    def first(self) -> County:
        """The county of its first day: what was said then of documents, lists and surveys stands."""
        return self.kept.first if self.kept else self

    @property
    def filed(self) -> County:
        """The county of the day on which its schools last filed their forms."""
        return self.kept.filed if self.kept else self

    @property
    def budgeted(self) -> County:
        """The county of the day on which the budget of the year was made."""
        return self.kept.budgeted[-1] if self.kept else self

    @property
    def heirs(self) -> dict[str, str]:
        """Code and budget unit of each school closed since the first day -> those of the one that took it over."""
        return self.kept.heirs if self.kept else {}

    @property
    def calendar(self) -> Calendar:
        return Calendar(self.as_of)

    def students_of(self, stage: str) -> int:
        return sum(school.students.get(stage, 0) for school in self.schools)

    def random(self, room: str) -> np.random.Generator:
        """A stream of its own for each writer: one writer's change leaves the others' bytes alone."""
        return np.random.default_rng([self.seed, len(self.schools), zlib.crc32(room.encode())])


def make_plan(
    schools: int, students: int, seed: int, as_of: date, fulfilling: Collection[str] | None = None, code: str = places.COUNTY_CODE
) -> County:
    """Plan a county. The same arguments give the same plan; `fulfilling` is explained in fulfilment.py."""
    wished = wishes(seed, schools, fulfilling)
    name = places.county_name(code)
    rng = np.random.default_rng([seed, schools, students])
    rolls = sizes.rolls(schools, students, rng, wished)
    parent = _parent_of_the_point(rolls)
    held = balanced.holdings(rolls, rng, wished, parent) if wished.is_balanced else holdings(rolls, rng)
    serial = _serial_numbers(schools + 3, code, rng)
    numbers: dict[tuple[str, int], int] = {}
    result: list[School] = []
    private = traits.private_schools(rolls)
    crowded = traits.crowded_schools(rolls, parent, seed, wished)
    for place, (roll, has) in enumerate(zip(rolls, held, strict=True)):
        township = township_of(roll.kind, place, rng)
        number = numbers[roll.kind, township] = numbers.get((roll.kind, township), -1) + 1
        is_private = place in private
        has_credit_code = roll.kind != "teaching_point"
        result.append(
            School(
                school_id=f"{places.KINDS[roll.kind][2]}41{serial[place]:06d}",
                name=places.school_name(name, roll.kind, township, number),
                kind=roll.kind,
                township=township,
                students=roll.students,
                teachers=has.teachers,
                facilities=has.facilities,
                classes=classes_of(roll, crowded.get(place), place == parent, rng),
                budget_unit_code=_budget_unit_code(township, place),
                credit_code=credit_code("52" if is_private else "12", code, 100_000 + place) if has_credit_code else "",
                is_private=is_private,
                is_boarding=traits.is_boarding(roll.kind, rng),
                longitude=f"{113.2 + rng.random() * 0.4:.6f}",
                latitude=f"{34.4 + rng.random() * 0.2:.6f}",
                opened_on=date(int(rng.integers(1955, 2016)), 9, 1),
                style=int(rng.integers(6)),
            )
        )
    former = _without_own_rows(result, parent, serial[schools:], as_of, code)
    county = County(code, seed, as_of, result, *former, wished)
    _mark_changes(county)
    return county


def _serial_numbers(count: int, code: str, rng: np.random.Generator) -> np.ndarray:
    """Six digits for each school; a county beside the usual one has its own."""
    numbers = rng.permutation(np.arange(100_000, 999_999))[:count]
    shift = (int(code) - int(places.COUNTY_CODE)) * _APART
    return 100_000 + (numbers - 100_000 + shift) % 899_999


def _budget_unit_code(township: int, place: int) -> str:
    return f"205{township + 1:02d}{place + 1:04d}"


def _parent_of_the_point(rolls: list[sizes.Roll]) -> int:
    """An ordinary primary school large enough to have some of its students elsewhere."""
    able = [i for i, r in enumerate(rolls) if r.kind == "primary_school" and r.students[PRIMARY] >= 60 and not r.is_anchor]
    return able[len(able) // 2]


def _without_own_rows(
    schools: list[School], parent: int, serial: np.ndarray, as_of: date, code: str
) -> tuple[FormerSchool, FormerSchool, list[FormerSchool]]:
    calendar = Calendar(as_of)
    county_name = places.county_name(code)
    home = schools[parent]
    successor = next(i for i, s in enumerate(schools) if s.kind == "primary_school" and i not in (0, parent) and s.students[PRIMARY])
    heir = schools[successor]
    count = len(schools)
    point = FormerSchool(
        "", f"{home.name}后山教学点", "teaching_point", home.township, _budget_unit_code(home.township, count), "", date(1988, 9, 1), parent=parent
    )
    merged = FormerSchool(
        f"2141{serial[0]:06d}",
        f"{county_name}{places.short_township(heir.township)}老寨小学",
        "primary_school",
        heir.township,
        _budget_unit_code(heir.township, count + 1),
        credit_code("12", code, 100_000 + count + 1),
        date(1972, 9, 1),
        closed_on=calendar.merger_day,
        successor=successor,
        change_kind="合并",
        document_number=f"新密教字〔{calendar.merger_day.year}〕37号",
    )
    abolished = FormerSchool(
        f"2141{serial[1]:06d}",
        f"{county_name}{places.short_township(16)}石沟教学点",
        "teaching_point",
        16,
        _budget_unit_code(16, count + 2),
        "",
        date(1981, 9, 1),
        closed_on=date(as_of.year - 3, 7, 20),
        change_kind="撤销",
        document_number=f"新密教字〔{as_of.year - 3}〕21号",
    )
    planned = FormerSchool(
        f"2141{serial[2]:06d}",
        f"{county_name}{places.short_township(1)}规划小学",
        "primary_school",
        1,
        _budget_unit_code(1, count + 3),
        credit_code("12", code, 100_000 + count + 3),
        date(calendar.school_year + 1, 9, 1),
        change_kind="新建",
        document_number=f"新密教字〔{as_of.year}〕5号",
    )
    return point, merged, [abolished, planned]


def _mark_changes(county: County) -> None:
    """One school that was renamed, one that opens on the first day of the school year."""
    year = county.calendar.school_year
    ordinary = [s for s in county.schools if s.kind == "primary_school" and s.students[PRIMARY]]
    renamed, opened = ordinary[1], ordinary[2]
    renamed.former_name = f"{county.name}{places.short_township(renamed.township)}东街小学"
    renamed.change_kind, renamed.document_number = "更名", f"新密教字〔{year - 1}〕12号"
    opened.opened_on = county.calendar.school_year_start
    opened.change_kind, opened.document_number = "新建", f"新密教字〔{year}〕18号"
