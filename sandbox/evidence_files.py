"""The evidence register as files: the county's workbook of spring and of today, and a township's CSV.

Here: which item stands in which file, and how its clerk writes dates. Not here: the
items (evidence.py).
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from sandbox.calendar_days import in_chinese
from sandbox.evidence import Item, items
from sandbox.places import MARK, TOWNSHIPS
from sandbox.plan import County
from sandbox.workbook import workbook, write_title

HEADERS = (
    "序号", "类别", "指标或任务", "分项", "学校标识码", "学校名称", "文件名称", "文号", "日期", "文件摘要", "审核单位", "审核人", "结论",
    "备注",
)  # fmt: skip
_TOWNSHIP = 5  # keeps a register of its own, as GBK text
_OFFICES = ("市教育督导室", "市教育局基础教育科", "市教育局计划财务科", "市教育局人事科")


def write_evidence(county: County, folder: Path) -> None:
    """What is older than a year stands in the register of spring; a township keeps one of its own for its schools."""
    spring, today = county.calendar.month_end_before(6), county.as_of
    every = items(county)
    old = [item for item in every if (today - item.dated_on).days > 365]
    new = [item for item in every if (today - item.dated_on).days <= 365]
    of_township = [item for item in new if _is_of_township(item)]
    _write_workbook(county, old, spring, folder / f"佐证台账_{spring:%Y%m}.xlsx")
    _write_workbook(county, [item for item in new if not _is_of_township(item)], today, folder / f"佐证台账_{today:%Y%m%d}.xlsx")
    if of_township:
        name = f"佐证台账_{TOWNSHIPS[_TOWNSHIP][0]}_{MARK}_{today}.csv"
        with (folder / name).open("w", encoding="gbk", newline="") as file:
            csv.writer(file).writerows([HEADERS, *_rows(of_township)])


def _is_of_township(item: Item) -> bool:
    return item.school is not None and item.school.township == _TOWNSHIP


def _rows(items: Iterable[Item]) -> Iterator[tuple[str, ...]]:
    for number, item in enumerate(items, start=1):
        digest = hashlib.sha256(f"{item.title}{number}".encode()).hexdigest()
        yield (
            str(number), item.kind, item.subject, item.component, item.school.school_id if item.school else "", item.school.name if item.school else "",
            f"{item.title}（{MARK}）", f"新教督〔{item.dated_on.year}〕{number}号" if number % 3 else "", written(item.dated_on, number),
            digest if number % 2 else "", _OFFICES[number % len(_OFFICES)], "模拟审核人", item.conclusion, "",
        )  # fmt: skip


def written(day: date, number: int) -> str:
    """A day as one clerk or another writes it."""
    return (day.isoformat(), day.strftime("%Y%m%d"), in_chinese(day), f"{day.year}/{day.month}/{day.day}", f"{day.year}.{day.month}.{day.day}")[number % 5]


def _write_workbook(county: County, items: list[Item], day: date, path: Path) -> None:
    with workbook(path, day) as book:
        sheet = book.add_worksheet("佐证台账")
        first = write_title(book, sheet, f"{county.name}佐证台账（{MARK}）{in_chinese(day)}", len(HEADERS))
        for row, cells in enumerate([HEADERS, *_rows(items)], start=first):
            for column, text in enumerate(cells):
                sheet.write_string(row, column, text)
