"""The cards of the asset register: equipment that counts, and what must not count beside it.

Here: cards that add up to the planned equipment of every school, computers among
them, under the codes that their holders had. Not here: the files (assets.py), areas and rooms.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import numpy as np

from sandbox.monitor_figures import computers
from sandbox.plan import County
from sandbox.register import retired_budget_code
from sandbox.standard import EQUIPMENT

# class code, name of the class, name of the asset; both generations stand in one register
COMPUTER_CLASSES = ("2010104", "A02010105")
TEACHING_CLASSES = (
    ("2010104", "台式机", "学生用计算机"),
    ("2010601", "打印设备", "激光打印机"),
    ("2010000", "计算机设备及软件", "计算机教室成套设备"),
    ("2320501", "电视机", "教学用电视机"),
    ("2400301", "光学仪器", "显微镜"),
    ("2400000", "仪器仪表", "科学实验仪器箱"),
    ("2410402", "电子测量仪器", "数字示波器"),
    ("A02010105", "台式计算机", "教师用计算机"),
    ("A02091102", "通用摄像机", "录播系统"),
    ("A02100301", "显微镜", "生物显微镜"),
)
_OTHER_CLASSES = (
    ("2020900", "办公设备", "复印机"),
    ("2030500", "车辆", "校车"),
    ("6010200", "床类", "学生床"),
    ("6020100", "台、桌类", "课桌椅"),
    ("1020200", "房屋", "教学楼"),
    ("A02020100", "复印机", "复印机"),
    ("A05010202", "办公桌", "课桌"),
)


@dataclass(frozen=True)
class Card:
    """One asset card; `value` is the book original value in yuan, `number` its place in its file. `pieces` None: as many as
    its number happens to say."""

    holder_code: str
    holder_name: str
    class_code: str
    class_name: str
    asset_name: str
    value: Decimal
    use_direction: str
    use_status: str
    number: int = 0
    entered: date = date.min
    pieces: int | None = None

    @property
    def quantity(self) -> int:
        return 1 + self.number % 20 if self.pieces is None else self.pieces


def parts_of(total: Decimal, count: int, rng: np.random.Generator, places: int = 2) -> list[Decimal]:
    """`count` positive amounts that add up to `total`; only the last may be finer than `places`."""
    step = Decimal(1).scaleb(-places)
    shares = rng.dirichlet(np.full(count, 4.0))
    parts = [max(step, (total * Decimal(float(share))).quantize(step)) for share in shares[:-1]]
    return [*parts, total - sum(parts, Decimal(0))]


def all_cards(county: County) -> tuple[list[Card], list[Card], list[Card]]:
    """Cards for the current CSV, the current workbook, and the older CSV.

    A holder's cards stand in one file alone: a newer file of a holder replaces
    the older one whole. The merged school's are in the older CSV only, and are
    its successor's by now; there too is a stale list of a school that has a newer.
    """
    rng = county.random("cards")
    retired_code, renumbered = retired_budget_code(county)
    in_csv: list[Card] = []
    in_workbook: list[Card] = []
    old: list[Card] = []
    for place, school in enumerate(county.schools):
        target = in_workbook if is_in_workbook(school.township) else in_csv
        value = school.facilities[EQUIPMENT]
        name = school.former_name or school.name  # the asset system is slow to learn a new name
        if place == county.merged.successor:
            inherited = (value / 8).quantize(Decimal("0.01"))
            old += _cards(county.merged.credit_code, county.merged.name, inherited, 6, rng)
            value -= inherited
        if place == county.point.parent:
            at_point = (value / 20).quantize(Decimal("0.01"))
            target += _cards(county.point.budget_unit_code, county.point.name, at_point, 3, rng)
            value -= at_point
        if school is renumbered:
            under_old_code = (value / 5).quantize(Decimal("0.01"))
            target += _cards(retired_code, name, under_old_code, 4, rng)
            value -= under_old_code
        count = int(np.clip(sum(school.students.values()) // 30, 5, 40))
        target += _cards(school.holder_code, name, value, count, rng, pieces=computers(county, school))
        if place == 0:
            old += _cards(school.holder_code, name, value / 2, 4, rng)
    day, older = county.calendar.asset_day, county.calendar.older_asset_day
    return numbered(in_csv, day), numbered(in_workbook, day), numbered(old, older)


def is_in_workbook(township: int) -> bool:
    """Every fourth township sends its cards in a workbook of their own."""
    return township % 4 == 3


def numbered(cards: list[Card], day: date) -> list[Card]:
    """The cards with numbers in their file, and days of entry before that of the file."""
    return [
        replace(card, number=number, entered=date(day.year - 1 - number % 9, number % 12 + 1, number % 28 + 1))
        for number, card in enumerate(cards, start=1)
    ]


def _cards(holder: str, name: str, value: Decimal, count: int, rng: np.random.Generator, *, pieces: int = 0) -> list[Card]:
    """Cards worth exactly `value` that count, `pieces` computers among them, and a few that do not."""
    cards = []
    for number, part in enumerate(parts_of(value, count, rng)):
        of_class = TEACHING_CLASSES[int(rng.integers(len(TEACHING_CLASSES)))]
        direction = "" if number % 7 == 3 else "教学"  # where it is empty the class decides
        cards.append(Card(holder, name, *of_class, part, direction, ("自用", "在用")[number % 2]))
    cards = _with_computers(cards, pieces)
    astray = (
        (TEACHING_CLASSES, "教学", "闲置"),
        (TEACHING_CLASSES, "教学", "待报废"),
        (TEACHING_CLASSES, "", "出借"),
        (TEACHING_CLASSES, "教学", "出租"),
        (TEACHING_CLASSES, "行政", "自用"),
        (TEACHING_CLASSES, "后勤", "在用"),
        (_OTHER_CLASSES, "教学", "自用"),
        (_OTHER_CLASSES, "", "在用"),
        (_OTHER_CLASSES, "行政", "自用"),
    )
    for classes, direction, status in astray:  # computers among them too
        of_class = classes[int(rng.integers(len(classes)))]
        amount = Decimal(int(rng.integers(80_000, 9_000_000))) / 100
        cards.append(Card(holder, name, *of_class, amount, direction, status))
    return cards


def _with_computers(cards: list[Card], pieces: int) -> list[Card]:
    """The same cards, of which those of computers have so many pieces; none of them where there is no piece."""
    of_computers = [place for place, card in enumerate(cards) if card.class_code in COMPUTER_CLASSES]
    if pieces and not of_computers:
        of_computers = [0]
    result = list(cards)
    for turn, place in enumerate(of_computers):
        share = pieces // len(of_computers) + (turn < pieces % len(of_computers))
        code, class_name, asset = TEACHING_CLASSES[1] if not pieces else TEACHING_CLASSES[0]
        if pieces and cards[place].class_code in COMPUTER_CLASSES:
            result[place] = replace(cards[place], pieces=share)
        else:
            result[place] = replace(cards[place], class_code=code, class_name=class_name, asset_name=asset, pieces=share or None)
    return result
