"""What the asset register holds: cards, the building and grounds ledger, the room list.

Here: cards and spaces that add up to the plan, and those that must not count
(idle, let, other classes, administration); the files. Not here: how much a
school has (targets.py), its rooms (rooms.py).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np

from sandbox.calendar_days import in_chinese
from sandbox.places import MARK
from sandbox.plan import County, School
from sandbox.register import retired_budget_code
from sandbox.rooms import rooms_by_school
from sandbox.standard import EQUIPMENT, SPORTS_AREA, TEACHING_AREA
from sandbox.workbook import workbook, write_title

CARD_HEADERS = (
    "序号", "单位代码", "单位名称", "卡片编号", "资产名称", "固定资产分类代码（2010国标码）", "资产分类名称", "计量单位",
    "数量", "使用方向", "使用状况", "取得方式", "价值类型", "价值", "累计折旧", "净值", "入账日期", "会计凭证号", "使用人",
    "存放地点", "备注",
)  # fmt: skip
LEDGER_HEADERS = ("序号", "学校标识码", "学校名称", "台账编号", "用途类别", "建筑结构", "面积（平方米）", "使用状况", "投入使用日期", "备注")
ROOM_HEADERS = ("序号", "学校标识码", "学校名称", "房间编号", "教室类别", "使用面积（平方米）", "是否网络多媒体教室", "使用状况", "备注")

# class code, name of the class, name of the asset; both generations stand in one register
_TEACHING_CLASSES = (
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
_TEACHING_SPACES = (("普通教室", 0.62), ("专用教室", 0.16), ("实验室", 0.09), ("图书阅览室", 0.07), ("心理辅导室", 0.02))
_REST_SPACE = "其他教学辅助用房"


@dataclass(frozen=True)
class Card:
    """One asset card; `value` is the book original value in yuan."""

    holder_code: str
    holder_name: str
    class_code: str
    class_name: str
    asset_name: str
    value: Decimal
    use_direction: str
    use_status: str


def write_assets(county: County, folder: Path) -> None:
    """The card exports of two days, the ledger and the room list."""
    folder.mkdir(parents=True, exist_ok=True)
    day, older = county.calendar.asset_day, county.calendar.older_asset_day
    in_csv, in_workbook, old_cards = _all_cards(county)
    _write_cards_csv(folder / f"资产卡片_{MARK}_{older.isoformat()}.csv", old_cards, older)
    _write_cards_csv(folder / f"资产卡片_{MARK}_{day.isoformat()}.csv", in_csv, day)
    _write_cards_workbook(county, folder / f"资产卡片_乡镇学校_{MARK}.xlsx", in_workbook, day)
    _write_ledger(county, folder / "校舍场地台账.xlsx", day)
    _write_rooms(county, folder / "教室清单.xlsx", day)


def parts_of(total: Decimal, count: int, rng: np.random.Generator, places: int = 2) -> list[Decimal]:
    """`count` positive amounts that add up to `total`; only the last may be finer than `places`."""
    step = Decimal(1).scaleb(-places)
    shares = rng.dirichlet(np.full(count, 4.0))
    parts = [max(step, (total * Decimal(float(share))).quantize(step)) for share in shares[:-1]]
    return [*parts, total - sum(parts, Decimal(0))]


def _all_cards(county: County) -> tuple[list[Card], list[Card], list[Card]]:
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
        target = in_workbook if school.township % 4 == 3 else in_csv
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
        target += _cards(school.holder_code, name, value, count, rng)
        if place == 0:
            old += _cards(school.holder_code, name, value / 2, 4, rng)
    return in_csv, in_workbook, old


def _cards(holder: str, name: str, value: Decimal, count: int, rng: np.random.Generator) -> list[Card]:
    """Cards worth exactly `value` that count, and a few that do not."""
    cards = []
    for number, part in enumerate(parts_of(value, count, rng)):
        of_class = _TEACHING_CLASSES[int(rng.integers(len(_TEACHING_CLASSES)))]
        direction = "" if number % 7 == 3 else "教学"  # where it is empty the class decides
        cards.append(Card(holder, name, *of_class, part, direction, ("自用", "在用")[number % 2]))
    astray = (
        (_TEACHING_CLASSES, "教学", "闲置"),
        (_TEACHING_CLASSES, "教学", "待报废"),
        (_TEACHING_CLASSES, "", "出借"),
        (_TEACHING_CLASSES, "教学", "出租"),
        (_TEACHING_CLASSES, "行政", "自用"),
        (_TEACHING_CLASSES, "后勤", "在用"),
        (_OTHER_CLASSES, "教学", "自用"),
        (_OTHER_CLASSES, "", "在用"),
        (_OTHER_CLASSES, "行政", "自用"),
    )
    for classes, direction, status in astray:
        of_class = classes[int(rng.integers(len(classes)))]
        amount = Decimal(int(rng.integers(80_000, 9_000_000))) / 100
        cards.append(Card(holder, name, *of_class, amount, direction, status))
    return cards


def _card_rows(cards: list[Card], day: date) -> list[tuple[str, ...]]:
    """Rows under CARD_HEADERS; net value is a made-up half, and must not be taken."""
    rows = []
    for number, card in enumerate(cards, start=1):
        net = (card.value / 2).quantize(Decimal("0.01"))
        value = f"{card.value:,.2f}" if number % 3 == 0 else f"{card.value:.2f}"
        entered = date(day.year - 1 - number % 9, number % 12 + 1, number % 28 + 1)
        entry = entered.strftime("%Y%m%d") if number % 2 else entered.isoformat()
        rows.append(
            (
                str(number), card.holder_code, card.holder_name, f"ZC{number:06d}", card.asset_name, card.class_code,
                card.class_name, "台", str(1 + number % 20), card.use_direction, card.use_status, "购置", "原值", value,
                f"{card.value - net:.2f}", f"{net:.2f}", entry, f"记-{number}", "模拟使用人", "模拟楼", "",
            )  # fmt: skip
        )
    return rows


def _write_cards_csv(path: Path, cards: list[Card], day: date) -> None:
    """GB18030 without a byte-order mark, as the asset system exports it."""
    with path.open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows([CARD_HEADERS, *_card_rows(cards, day)])


def _write_cards_workbook(county: County, path: Path, cards: list[Card], day: date) -> None:
    headers = [header.replace("（2010国标码）", "") for header in CARD_HEADERS]
    value_column = headers.index("价值")
    with workbook(path, day) as book:
        sheet = book.add_worksheet("资产卡片")
        first = write_title(book, sheet, f"{county.name}固定资产卡片（{MARK}）{in_chinese(day)}", len(headers), "单位：元", "填报单位(盖章)：模拟学区")
        sheet.write_row(first, 0, headers)
        row = first
        for row, (card, cells) in enumerate(zip(cards, _card_rows(cards, day), strict=True), start=first + 1):
            for column, text in enumerate(cells):
                if column == value_column and row % 2:
                    sheet.write_number(row, column, float(card.value))
                else:
                    sheet.write_string(row, column, text)
        sheet.write_string(row + 1, 0, "合计")
        sheet.write_number(row + 1, value_column, float(sum(card.value for card in cards)))


def gym_of(school: School) -> Decimal:
    """m2 of the gym, which counts as a sports venue and not as a teaching area; some have none."""
    has_gym = school.style % 3 == 0 or school.kind == "nine_year_school"
    return (school.facilities[SPORTS_AREA] / 10).quantize(Decimal("0.01")) if has_gym else Decimal(0)


def spaces_of(school: School, rng: np.random.Generator) -> list[tuple[str, str, Decimal, str]]:
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


def _write_ledger(county: County, path: Path, day: date) -> None:
    rng = county.random("ledger")
    total = Decimal(0)
    with workbook(path, day) as book:
        sheet = book.add_worksheet("校舍场地")
        row = write_title(book, sheet, f"{county.name}校舍场地台账（{MARK}）{in_chinese(day)}", len(LEDGER_HEADERS))
        sheet.write_row(row, 0, LEDGER_HEADERS)
        number = 0
        for school in county.schools:
            spaces = spaces_of(school, rng)
            for serial, (kind, structure, area, use) in enumerate(spaces, start=1):
                number, row = number + 1, row + 1
                since = f"{1980 + number % 40}年9月" if number % 2 else f"{1980 + number % 40}-09-01"
                sheet.write_row(row, 0, (str(number), school.school_id, school.name, f"XF{serial:03d}", kind, structure, float(area), use, since, ""))
            row += 1
            subtotal = sum((area for _, _, area, _ in spaces), Decimal(0))
            total += subtotal
            sheet.write_string(row, 0, "小计")
            sheet.write_number(row, 6, float(subtotal))
        sheet.write_string(row + 1, 0, "合计")
        sheet.write_number(row + 1, 6, float(total))


def _write_rooms(county: County, path: Path, day: date) -> None:
    with workbook(path, day) as book:
        sheet = book.add_worksheet("教室清单")
        row = write_title(book, sheet, f"{county.name}教室清单（{MARK}）{in_chinese(day)}", len(ROOM_HEADERS))
        sheet.write_row(row, 0, ROOM_HEADERS)
        number = 0
        for school, rooms in zip(county.schools, rooms_by_school(county), strict=True):
            for serial, room in enumerate(rooms, start=1):
                number, row = number + 1, row + 1
                is_multimedia = "是" if room.is_multimedia else "否"
                sheet.write_row(row, 0, (number, school.school_id, school.name, f"R{serial:03d}", room.kind, float(room.area), is_multimedia, room.use, ""))
