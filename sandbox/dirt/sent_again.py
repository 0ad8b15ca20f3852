"""Files that a school sends again (dictionary 1 and 7): its rows corrected, in whatever dress; and such
that must not be let in.

Here: one school's part of a table in a file of its own, later than the county's. Where it must be read
right the county's file is wrong about that school; where it must be refused it says what is not so.
Not here: how files are dressed (dress.py) or spoilt (spoilt_files.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from sandbox.dirt.dress import DRESSES, Sheet
from sandbox.dirt.ground import Ground
from sandbox.dirt.kind import READ_RIGHT, SCHOOLS, Fault, Kind, Spot, how_many
from sandbox.dirt.lines import FileLine
from sandbox.places import MARK
from sandbox.plan import School

CARDS, BUILDINGS, ROOMS = "asset_register.asset_cards", "asset_register.buildings", "asset_register.rooms"
TITLES = {CARDS: "资产卡片", BUILDINGS: "校舍场地台账", ROOMS: "教室清单"}
_AMOUNTS = {CARDS: "original_value_yuan", BUILDINGS: "area_m2", ROOMS: "area_m2"}
_WHOLES = {CARDS: ("holder_code", "holder_name"), BUILDINGS: ("school_id",), ROOMS: ("school_id",)}
_LEAST_ROWS = 12
USUAL = 0.004


@dataclass(frozen=True)
class Part:
    """One school's rows of a table, free of any other fault."""

    school: School
    table: str
    lines: list[FileLine]

    def sheet(self, ground: Ground) -> Sheet:
        first, columns = self.lines[0], self.lines[0].columns
        top = first.page.rows[first.page.header("卡片编号" if self.table == CARDS else "学校标识码")]
        rows = [[line.row.cell(place) for place in range(len(top))] for line in self.lines]
        wholes = tuple(columns[name] for name in _WHOLES[self.table])
        title = f"{self.school.name}{TITLES[self.table]}"
        return Sheet(title, [str(cell) for cell in top], rows, ground.county.as_of, wholes, columns[_AMOUNTS[self.table]])

    def another_amount(self, line: FileLine) -> str:
        """What is not so: the amount of a row and something more."""
        return str(Decimal(line.get(_AMOUNTS[self.table]).replace(",", "")) * 2 + 7)

    def spoil_county_file(self) -> None:
        for line in self.lines:
            line.put(_AMOUNTS[self.table], self.another_amount(line))

    def with_other_amounts(self, sheet: Sheet) -> Sheet:
        for row, line in zip(sheet.rows, self.lines, strict=True):
            row[sheet.amount] = self.another_amount(line)
        return sheet


def parts(ground: Ground, rng: np.random.Generator, rate: float, tables: tuple[str, ...] = (CARDS, BUILDINGS, ROOMS), *, is_alone: bool) -> Iterator[Part]:
    """So many schools by rate, each with its rows of one of the tables; `is_alone`: of a careful school, and nothing else is planted in them."""
    room = []
    for table in tables:
        rows: dict[str, list[FileLine]] = defaultdict(list)
        codes = {school.school_id: school.holder_code if table == CARDS else school.school_id for school in ground.county.schools}
        for line in ground.lines(table):
            if line.get(_WHOLES[table][0]) == codes.get(line.school):
                rows[line.school].append(line)
        room += [
            Part(school, table, lines) for school in ground.county.schools
            if len(lines := rows[school.school_id]) >= _LEAST_ROWS
            and not (is_alone and (school.school_id in ground.careless or not all(map(ground.is_free, lines))))
        ]  # fmt: skip
    for place in rng.permutation(len(room))[: how_many(rate, len(ground.county.schools))].tolist():
        if is_alone:
            ground.spoil(room[place].lines)
        yield room[place]


def path_of(ground: Ground, part: Part, name: str, ending: str, *, is_dated: bool = True):
    day = ground.county.as_of.strftime("_%Y%m%d") if is_dated else ""
    return ground.folder_of("asset_register") / f"{part.school.name}_{TITLES[part.table]}_{name}_{MARK}{day}{ending}"


def _dressed(name: str) -> Kind:
    zh, en, ending, write = DRESSES[name]

    def plant(ground: Ground, rate: float) -> Iterator[Fault]:
        for part in parts(ground, ground.random(name), rate, is_alone=True):
            path = path_of(ground, part, name, ending)
            write(part.sheet(ground), path)
            part.spoil_county_file()
            yield Fault(Spot(ground.name_of(path)), part.table, schools=(part.school.school_id,))

    return Kind(name, "asset_register", "1", f"学校更正文件：{zh}", f"a school's corrected file: {en}", READ_RIGHT, USUAL, plant, SCHOOLS)


def refused(
    name: str, rule: str, outcome: str, zh: str, en: str, ending: str, spoil: Callable[[Sheet], object], *, tables: tuple[str, ...] = (CARDS, BUILDINGS, ROOMS),
    is_dated: bool = True, section: str = "1",
) -> Kind:
    """A file that says other amounts, and must not be let in. `spoil` gives the bytes, or writes the file when it takes a path."""

    def plant(ground: Ground, rate: float) -> Iterator[Fault]:
        for part in parts(ground, ground.random(name), rate, tables, is_alone=False):
            path = path_of(ground, part, name, ending, is_dated=is_dated)
            sheet = part.with_other_amounts(part.sheet(ground))
            made = spoil(sheet)
            if callable(made):
                made(path)
            else:
                path.write_bytes(made)
            yield Fault(Spot(ground.name_of(path)), part.table, rule=rule, schools=(part.school.school_id,))

    return Kind(name, "asset_register", section, f"学校报来的坏文件：{zh}", f"a bad file of one school: {en}", outcome, USUAL, plant, SCHOOLS)


KINDS = tuple(_dressed(name) for name in DRESSES)
