"""Results of the national quality monitoring as the county keeps them: a workbook of several years.

Here: levels and rates, planned so that the lowest level is III and the highest rate a
hair below 0.15, or level II or a rate of exactly 0.15. Older results are worse and
must not decide. Not here: the judgement (truth_quality.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from sandbox.catalogue import BETWEEN_SCHOOL_RATE, LEVEL, MONITORING
from sandbox.calendar_days import in_chinese
from sandbox.places import MARK
from sandbox.plan import County
from sandbox.standard import LEAST_LEVEL, MONITORING_YEARS, RATE_BELOW
from sandbox.workbook import workbook, write_title

HEADERS = ("序号", "年度", "年级", "学科", "学业水平等级", "校际差异率", "备注")
_SUBJECTS = (("四年级", "语文"), ("四年级", "数学"), ("四年级", "体育"), ("八年级", "语文"), ("八年级", "数学"), ("八年级", "科学"))
_LEVEL_TEXTS = {1: ("Ⅰ级", "I"), 2: ("Ⅱ级", "II"), 3: ("Ⅲ级", "III"), 4: ("Ⅳ级", "IV")}
_HAIR = Decimal("0.000001")


@dataclass(frozen=True)
class Result:
    """One subject of one year: level 1-4, rate as a ratio."""

    year: int
    grade: str
    subject: str
    level: int
    rate: Decimal


def results(county: County) -> list[Result]:
    """The year that decides and one long before; where 3.9 is to stay open only years too long ago."""
    rng = county.random("monitoring")
    last = county.as_of.year - int(rng.integers(1, MONITORING_YEARS + 1))
    if MONITORING in county.wishes.open:
        last = county.as_of.year - MONITORING_YEARS - 1
    spoilt = None if MONITORING in county.wishes.open else county.spoilt(MONITORING)
    line = Decimal(RATE_BELOW.numerator) / RATE_BELOW.denominator
    highest = line if spoilt == BETWEEN_SCHOOL_RATE else line - (_HAIR if rng.random() < 0.5 else Decimal("0.0125"))
    found = []
    for number, (grade, subject) in enumerate(_SUBJECTS):
        level = LEAST_LEVEL + int(rng.integers(2))
        level = LEAST_LEVEL if number == 1 else LEAST_LEVEL - 1 if number == 4 and spoilt == LEVEL else level
        rate = highest if number == 3 else (highest * int(rng.integers(40, 95)) / 100).quantize(_HAIR)
        found.append(Result(last, grade, subject, level, rate))
    older = [Result(last - 2, grade, subject, 2, Decimal("0.1875")) for grade, subject in _SUBJECTS[::2]]
    return [*older, *found]


def write_monitoring(county: County, folder: Path) -> None:
    with workbook(folder / "质量监测结果.xlsx", county.as_of) as book:
        sheet = book.add_worksheet("监测结果")
        row = write_title(book, sheet, f"{county.name}国家义务教育质量监测结果（{MARK}）{in_chinese(county.as_of)}", len(HEADERS))
        sheet.write_row(row, 0, HEADERS)
        for number, result in enumerate(results(county), start=1):
            text = _LEVEL_TEXTS[result.level][number % 2]
            year = f"{result.year}年" if number % 3 == 0 else result.year
            rate = f"{result.rate:f}" if number % 2 else float(result.rate)
            sheet.write_row(row + number, 0, (number, year, result.grade, result.subject, text, rate, ""))
