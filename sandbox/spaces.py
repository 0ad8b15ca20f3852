"""The spaces of every school: teaching areas, gyms and grounds, and those that must not count.

Here: spaces that add up to the planned areas, as the building and grounds ledger
lists them. Not here: the ledger as a file (assets.py), rooms (rooms.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from sandbox.plan import County, School
from sandbox.standard import SPORTS_AREA, TEACHING_AREA

_TEACHING_SPACES = (("普通教室", 0.62), ("专用教室", 0.16), ("实验室", 0.09), ("图书阅览室", 0.07), ("心理辅导室", 0.02))
_REST_SPACE = "其他教学辅助用房"


@dataclass(frozen=True)
class Space:
    """A building, part of one, or a ground; `since` as its clerk wrote it."""

    kind: str
    structure: str
    area: Decimal
    use: str
    since: str


def spaces_by_school(county: County) -> list[list[Space]]:
    """The spaces of each school, in the order of the plan."""
    rng = county.random("ledger")
    number, result = 0, []
    for school in county.schools:
        spaces = []
        for kind, structure, area, use in _spaces_of(school, rng):
            number += 1
            spaces.append(Space(kind, structure, area, use, f"{1980 + number % 40}{'年9月' if number % 2 else '-09-01'}"))
        result.append(spaces)
    return result


def gym_of(school: School) -> Decimal:
    """m2 of the gym, which counts as a sports venue and not as a teaching area; some have none."""
    has_gym = school.style % 3 == 0 or school.kind == "nine_year_school"
    return (school.facilities[SPORTS_AREA] / 10).quantize(Decimal("0.01")) if has_gym else Decimal(0)


def _spaces_of(school: School, rng: np.random.Generator) -> list[tuple[str, str, Decimal, str]]:
    """Kind, structure, m2 and use of every space; those in use add up to the plan."""
    teaching, sports = school.facilities[TEACHING_AREA], school.facilities[SPORTS_AREA]
    cent = Decimal("0.01")
    areas = [(kind, (teaching * Decimal(str(share))).quantize(cent)) for kind, share in _TEACHING_SPACES]
    spaces = [(kind, "钢混结构", area, ("自用", "在用")[i % 2]) for i, (kind, area) in enumerate(areas)]
    spaces.append((_REST_SPACE, "砖混", teaching - sum(area for _, area in areas), "自用"))
    gym = gym_of(school)
    if gym:
        spaces.append(("室内体育用房", "钢混结构", gym, "自用"))
    spaces.append(("运动场地", "其他", sports - gym, "自用"))
    astray = (
        ("行政办公用房", "砖混", "自用"), ("食堂", "砖混", "自用"), ("普通教室", "砖木", "闲置"),
        ("专用教室", "砖木", "出租"), ("运动场地", "其他", "出借"), ("其他生活用房", "砖木", "自用"),
    )  # fmt: skip
    if school.is_boarding:
        astray += (("学生宿舍", "砖混", "自用"),)
    spaces += [(kind, of, Decimal(int(rng.integers(3_000, 90_000))) / 100, use) for kind, of, use in astray]
    return spaces
