"""Inspections and visits: what the supervision office held, what it found, and when the next is due.

Here: a workbook of the last two years over the duties of the plan, some schools and
a few indicators; some next dates have passed. They decide no indicator.
Not here: evidence (evidence.py).
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sandbox.calendar_days import in_chinese
from sandbox.catalogue import SUPERVISION_DUTIES
from sandbox.evidence import CONFORM, INSPECTION, NOT_CONFORM, TO_BE_REVIEWED, VISIT, schools_to_show
from sandbox.evidence_files import written
from sandbox.places import MARK
from sandbox.plan import County
from sandbox.workbook import workbook, write_title

HEADERS = ("序号", "类型", "指标或任务", "学校标识码", "学校名称", "日期", "督查人", "发现问题", "结论", "下次日期", "备注")
_OF_SCHOOLS = ("t6_1", "t6_4", "3.7", "class_size", "t7_2")
_FINDINGS = ("", "功能室使用记录不全", "大课间活动时间不足", "消防通道堆放杂物")


def write_inspections(county: County, folder: Path) -> None:
    rng = county.random("inspections")
    rows = []
    for duty in SUPERVISION_DUTIES:
        for quarter in range(8, 0, -1):
            rows.append((INSPECTION, duty, None, 90 * quarter - int(rng.integers(0, 60))))
    schools = schools_to_show(county)
    for school in schools[:: max(1, len(schools) // 40)]:
        subject = _OF_SCHOOLS[int(rng.integers(len(_OF_SCHOOLS)))]
        rows.append(((INSPECTION, VISIT)[int(rng.integers(2))], subject, school, int(rng.integers(5, 400))))
    with workbook(folder / f"督查走访记录_{county.calendar.school_year}.xlsx", county.as_of) as book:
        sheet = book.add_worksheet("督查走访记录")
        first = write_title(book, sheet, f"{county.name}督查走访记录（{MARK}）{in_chinese(county.as_of)}", len(HEADERS))
        for column, heading in enumerate(HEADERS):
            sheet.write_string(first, column, heading)
        for number, (kind, subject, school, days) in enumerate(rows, start=1):
            held = county.as_of - timedelta(days=days)
            conclusion = str(rng.choice((CONFORM, NOT_CONFORM, TO_BE_REVIEWED), p=[0.75, 0.15, 0.1]))
            finding = "" if conclusion == CONFORM else _FINDINGS[1 + number % 3]
            cells = (
                str(number), kind, subject, school.school_id if school else "", school.name if school else "", written(held, number), "模拟督查人",
                finding, conclusion, written(held + timedelta(days=90), number + 1), "",
            )  # fmt: skip
            for column, text in enumerate(cells):
                sheet.write_string(first + number, column, text)
