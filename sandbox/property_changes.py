"""What schools get in the course of a month: equipment, buildings and grounds, rooms.

Here: entries of the asset books, which close on the last day of each month, and the
amounts of the plan. Not here: the files (assets.py), schools that close (school_changes.py).
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np

from sandbox.catalogue import ART_ROOMS, MUSIC_ROOMS
from sandbox.cards import COMPUTER_CLASSES, TEACHING_CLASSES, Card, is_in_workbook
from sandbox.changes import WHOLE, Day
from sandbox.plan import School
from sandbox.pupil_changes import refresh_classes
from sandbox.rooms import Room, rooms_needed, suffices
from sandbox.spaces import Space
from sandbox.standard import EQUIPMENT, LEAST_ROOM_M2, MULTIMEDIA, ROOM_KINDS, SPORTS_AREA, TEACHING_AREA

# of the schools, in a month
_BUY, _BUILD, _EQUIP, _FURNISH = 0.10, 0.02, 0.04, 0.12
_BUILT = (("专用教室", "钢混结构"), ("普通教室", "钢混结构"), ("实验室", "钢混结构"), ("图书阅览室", "砖混"))
_GROUND = ("运动场地", "其他")


def books_close(day: Day) -> None:
    """Book what each school got during the month, on its last day."""
    if not day.is_last_of_month:
        return
    rng = day.random("property")
    refresh_classes(day)
    chances = rng.random((len(day.county.schools), 4)) < (_BUY, _BUILD, _EQUIP, _FURNISH)
    for place, (buys, builds, equips, furnishes) in enumerate(chances.tolist()):
        if buys:
            _buy(day, place, rng)
        if builds:
            _build(day, place, rng)
        if equips:
            _equip(day, place, rng)
        if furnishes:
            _furnish(day, place, rng)


def _buy(day: Day, place: int, rng: np.random.Generator) -> None:
    """A card of teaching equipment worth half a percent to three of what there is."""
    school = day.county.schools[place]
    share = Decimal(int(rng.integers(50, 300))) / 10_000
    value = max(Decimal(2000), (school.facilities[EQUIPMENT] * share).quantize(Decimal("0.01")))
    of_class = TEACHING_CLASSES[int(rng.integers(len(TEACHING_CLASSES)))]
    books = day.county.kept.books
    cards = books.in_workbook if is_in_workbook(school.township) else books.in_csv
    card = Card(school.holder_code, school.name, *of_class, value, "教学", "在用")
    # numbers go on, also where cards of a closed school have been taken out
    card = replace(card, number=max((c.number for c in cards), default=0) + 1, entered=day.day)
    cards.append(card)
    day.move_facility("equipment_bought", place, EQUIPMENT, value)
    if card.class_code in COMPUTER_CLASSES:
        day.move_computers("equipment_bought", place, card.quantity)


def _build(day: Day, place: int, rng: np.random.Generator) -> None:
    school = day.county.schools[place]
    is_ground = rng.random() < 0.4
    kind, structure = _GROUND if is_ground else _BUILT[int(rng.integers(len(_BUILT)))]
    area = Decimal(int(rng.integers(40_000, 300_000) if is_ground else rng.integers(6_000, 90_000))) / 100
    space = Space(kind, structure, area, "在用", day.day.isoformat())
    day.county.kept.books.spaces[school.school_id].append(space)
    day.move_facility("building_added", place, SPORTS_AREA if is_ground else TEACHING_AREA, area)


def _equip(day: Day, place: int, rng: np.random.Generator) -> None:
    """One to three rooms with a multimedia system."""
    count = int(rng.integers(1, 4))
    room = Room("普通教室", Decimal("63.5"), True, "在用")
    day.county.kept.books.rooms[day.county.schools[place].school_id] += [room] * count
    day.move_facility("room_equipped", place, MULTIMEDIA, Decimal(count))


def _furnish(day: Day, place: int, rng: np.random.Generator) -> None:
    """A music or an art room where the school has too few."""
    school = day.county.schools[place]
    for component in (MUSIC_ROOMS, ART_ROOMS):
        have = enough_rooms(day, school, component)
        if have < rooms_needed(school):
            area = Decimal(int(LEAST_ROOM_M2[component])) + Decimal(int(rng.integers(0, 2000))) / 100
            day.county.kept.books.rooms[school.school_id].append(Room(ROOM_KINDS[component], area, False, "在用"))
            day.note("music_art_room_built", school, WHOLE, component, have, have + 1)
            return


def enough_rooms(day: Day, school: School, component: str) -> int:
    """Rooms of the school that are in use and large enough."""
    return sum(suffices(room, component) for room in day.county.kept.rooms_of(school.school_id))
