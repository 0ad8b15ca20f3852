"""The rooms of every school: those that part 1 counts, and the music and art rooms of 2.3.

Here: kinds, areas and use of rooms, planned so that multimedia rooms add up to the
plan and music and art rooms are enough, or are not. Not here: the room list as a
file (assets.py), and the judgement (county_truth.py).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from sandbox.plan import County, School
from sandbox.catalogue import ART_ROOMS, MUSIC_ROOMS
from sandbox.standard import CLASSES_PER_ROOM, JUDGED_STAGES, KINDS_WITH_MUSIC_AND_ART, LEAST_ROOM_M2, MULTIMEDIA, ROOM_KINDS

_HAIR = Decimal("0.01")


@dataclass(frozen=True)
class Room:
    kind: str
    area: Decimal
    is_multimedia: bool
    use: str


def rooms_by_school(county: County) -> list[list[Room]]:
    """The rooms of each school, in the order of the plan; of a county that has moved those of the schools it took over too."""
    if county.kept:
        return [county.kept.rooms_of(school.school_id) for school in county.schools]
    rng = county.random("rooms")
    rooms = [_ordinary(school, rng) for school in county.schools]
    rng = county.random("music and art rooms")
    for component in (MUSIC_ROOMS, ART_ROOMS):
        short = _short_places(county, rooms, component)
        for place, school in enumerate(county.schools):
            if rooms_needed(school):
                have = sum(suffices(room, component) for room in rooms[place])
                rooms[place] += _added(place, component, rooms_needed(school) - have, place in short, rng)
    return rooms


def _ordinary(school: School, rng: np.random.Generator) -> list[Room]:
    """Multimedia rooms in use add up to the plan; beside them those that must not count."""
    multimedia = int(school.facilities[MULTIMEDIA])
    special = ("音乐教室", "美术教室", "计算机教室", "实验室")
    rooms = []
    for number in range(multimedia):
        kind = special[number // 9 % 4] if number % 9 == 8 else "普通教室"
        area = 54 + number % 5 * Decimal("9.5") + (40 if kind in special else 0)
        rooms.append(Room(kind, area, True, ("在用", "自用")[number % 2]))
    plain = int(rng.integers(1, 4))
    rooms += [Room("普通教室", Decimal(54), False, "在用")] * plain
    return [
        *rooms,
        Room("普通教室", Decimal("60.5"), True, "闲置"),
        Room("实验室", Decimal(92), True, "出租"),
        Room("图书阅览室", Decimal(120), False, "自用"),
    ]


def _classes(school: School) -> int:
    return sum(group.stage in JUDGED_STAGES for group in school.classes)


def rooms_needed(school: School) -> int:
    """Rooms of each kind that the school needs; points, special and vocational schools need none."""
    return math.ceil(_classes(school) / CLASSES_PER_ROOM) if school.kind in KINDS_WITH_MUSIC_AND_ART else 0


def suffices(room: Room, component: str) -> bool:
    return room.kind == ROOM_KINDS[component] and room.use in ("在用", "自用") and room.area >= LEAST_ROOM_M2[component]


def _short_places(county: County, rooms: list[list[Room]], component: str) -> set[int]:
    """Schools that get one room too few: those of 13 classes, and every eleventh; the parent of the point never."""
    if component in county.wishes.met:
        return set()
    able = [
        place
        for place, school in enumerate(county.schools)
        if place != county.point.parent and rooms_needed(school) > sum(suffices(room, component) for room in rooms[place])
    ]
    return {p for n, p in enumerate(able) if n % 11 == 0 or _classes(county.schools[p]) == CLASSES_PER_ROOM + 1}


def _added(place: int, component: str, missing: int, is_short: bool, rng: np.random.Generator) -> list[Room]:
    """The rooms still missing, every third first one exactly on the line; then those that do not count."""
    kind, least = ROOM_KINDS[component], Decimal(int(LEAST_ROOM_M2[component]))
    more = [least + Decimal(int(rng.integers(0, 3000))) / 100 for _ in range(max(missing, 0) + 1)]
    if place % 3 == 0:
        more[0] = least
    rooms = [Room(kind, area, False, "自用") for area in more[: max(missing, 0) - is_short]]
    if is_short or place % 4 == 1:
        rooms.append(Room(kind, least - _HAIR, False, "在用"))
    if is_short or place % 5 == 2:
        rooms.append(Room(kind, more[-1], False, ("闲置", "出租")[place % 2]))
    return rooms
