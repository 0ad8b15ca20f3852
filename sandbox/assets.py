"""The files of the asset register: card exports, the building and grounds ledger, the room list.

Here: headings, titles, totals, names of files. Not here: what stands in them:
cards (cards.py), spaces (spaces.py), rooms (rooms.py).
"""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

from sandbox.calendar_days import in_chinese
from sandbox.cards import Card, all_cards
from sandbox.places import MARK
from sandbox.plan import County
from sandbox.rooms import Room, rooms_by_school
from sandbox.spaces import Space, spaces_by_school
from sandbox.workbook import workbook, write_title

CARD_HEADERS = (
    "序号", "单位代码", "单位名称", "卡片编号", "资产名称", "固定资产分类代码（2010国标码）", "资产分类名称", "计量单位",
    "数量", "使用方向", "使用状况", "取得方式", "价值类型", "价值", "累计折旧", "净值", "入账日期", "会计凭证号", "使用人",
    "存放地点", "备注",
)  # fmt: skip
LEDGER_HEADERS = ("序号", "学校标识码", "学校名称", "台账编号", "用途类别", "建筑结构", "面积（平方米）", "使用状况", "投入使用日期", "备注")
ROOM_HEADERS = ("序号", "学校标识码", "学校名称", "房间编号", "教室类别", "使用面积（平方米）", "是否网络多媒体教室", "使用状况", "备注")

def write_assets(county: County, folder: Path) -> None:
    """The card exports of two days, the ledger and the room list."""
    folder.mkdir(parents=True, exist_ok=True)
    day, older = county.calendar.asset_day, county.calendar.older_asset_day
    in_csv, in_workbook, old_cards = all_cards(county)
    _write_cards_csv(folder / f"资产卡片_{MARK}_{older.isoformat()}.csv", old_cards)
    _write_cards_csv(folder / f"资产卡片_{MARK}_{day.isoformat()}.csv", in_csv)
    _write_cards_workbook(county, folder / f"资产卡片_乡镇学校_{MARK}.xlsx", in_workbook, day)
    _write_ledger(county, spaces_by_school(county), folder / "校舍场地台账.xlsx", day)
    _write_rooms(county, rooms_by_school(county), folder / "教室清单.xlsx", day)


def write_month_end(county: County, folder: Path, day: date) -> None:
    """What the asset system exports of a county that has moved on the last day of a month; earlier files stay.

    A closed school is in none of them: its rows in the last files that name it go to
    the school that took it over.
    """
    books, on = county.kept.books, day.isoformat()
    _write_cards_csv(folder / f"资产卡片_{MARK}_{on}.csv", books.in_csv)
    _write_cards_workbook(county, folder / f"资产卡片_乡镇学校_{MARK}_{on}.xlsx", books.in_workbook, day)
    _write_ledger(county, [books.spaces[school.school_id] for school in county.schools], folder / f"校舍场地台账_{on}.xlsx", day)
    _write_rooms(county, [books.rooms[school.school_id] for school in county.schools], folder / f"教室清单_{on}.xlsx", day)


def _card_rows(cards: list[Card]) -> list[tuple[str, ...]]:
    """Rows under CARD_HEADERS; net value is a made-up half, and must not be taken."""
    rows = []
    for card in cards:
        number, net = card.number, (card.value / 2).quantize(Decimal("0.01"))
        value = f"{card.value:,.2f}" if number % 3 == 0 else f"{card.value:.2f}"
        entry = card.entered.strftime("%Y%m%d") if number % 2 else card.entered.isoformat()
        rows.append(
            (
                str(number), card.holder_code, card.holder_name, f"ZC{number:06d}", card.asset_name, card.class_code,
                card.class_name, "台", str(card.quantity), card.use_direction, card.use_status, "购置", "原值", value,
                f"{card.value - net:.2f}", f"{net:.2f}", entry, f"记-{number}", "模拟使用人", "模拟楼", "",
            )  # fmt: skip
        )
    return rows


def _write_cards_csv(path: Path, cards: list[Card]) -> None:
    """GB18030 without a byte-order mark, as the asset system exports it."""
    with path.open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows([CARD_HEADERS, *_card_rows(cards)])


def _write_cards_workbook(county: County, path: Path, cards: list[Card], day: date) -> None:
    headers = [header.replace("（2010国标码）", "") for header in CARD_HEADERS]
    value_column = headers.index("价值")
    with workbook(path, day) as book:
        sheet = book.add_worksheet("资产卡片")
        first = write_title(book, sheet, f"{county.name}固定资产卡片（{MARK}）{in_chinese(day)}", len(headers), "单位：元", "填报单位(盖章)：模拟学区")
        sheet.write_row(first, 0, headers)
        row = first
        for row, (card, cells) in enumerate(zip(cards, _card_rows(cards), strict=True), start=first + 1):
            for column, text in enumerate(cells):
                if column == value_column and row % 2:
                    sheet.write_number(row, column, float(card.value))
                else:
                    sheet.write_string(row, column, text)
        sheet.write_string(row + 1, 0, "合计")
        sheet.write_number(row + 1, value_column, float(sum(card.value for card in cards)))


def _write_ledger(county: County, spaces: list[list[Space]], path: Path, day: date) -> None:
    total = Decimal(0)
    with workbook(path, day) as book:
        sheet = book.add_worksheet("校舍场地")
        row = write_title(book, sheet, f"{county.name}校舍场地台账（{MARK}）{in_chinese(day)}", len(LEDGER_HEADERS))
        sheet.write_row(row, 0, LEDGER_HEADERS)
        number = 0
        for school, of_school in zip(county.schools, spaces, strict=True):
            for serial, space in enumerate(of_school, start=1):
                number, row = number + 1, row + 1
                about = (str(number), school.school_id, school.name, f"XF{serial:03d}", space.kind, space.structure)
                sheet.write_row(row, 0, (*about, float(space.area), space.use, space.since, ""))
            row += 1
            subtotal = sum((space.area for space in of_school), Decimal(0))
            total += subtotal
            sheet.write_string(row, 0, "小计")
            sheet.write_number(row, 6, float(subtotal))
        sheet.write_string(row + 1, 0, "合计")
        sheet.write_number(row + 1, 6, float(total))


def _write_rooms(county: County, rooms: list[list[Room]], path: Path, day: date) -> None:
    with workbook(path, day) as book:
        sheet = book.add_worksheet("教室清单")
        row = write_title(book, sheet, f"{county.name}教室清单（{MARK}）{in_chinese(day)}", len(ROOM_HEADERS))
        sheet.write_row(row, 0, ROOM_HEADERS)
        number = 0
        for school, of_school in zip(county.schools, rooms, strict=True):
            for serial, room in enumerate(of_school, start=1):
                number, row = number + 1, row + 1
                is_multimedia = "是" if room.is_multimedia else "否"
                sheet.write_row(row, 0, (number, school.school_id, school.name, f"R{serial:03d}", room.kind, float(room.area), is_multimedia, room.use, ""))
