"""Exports of the systems that must not be let in, whole (dictionary 3.5, 4 and 6.3): rolls, training, budget tables.

Here: files that lie beside the good ones and are not as their headings say. Not here: files of the
asset register (spoilt_files.py) and forms (declared.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from sandbox.dirt.books import Book, Page, Row, as_text, opened
from sandbox.dirt.ground import Ground
from sandbox.dirt.kind import FILE_REFUSED, SCHOOLS, Fault, Kind, Spot
from sandbox.places import MARK

_SHIFTED_AFTER = 20
_ROWS = 30


def _roll(ground: Ground, rate: float) -> Iterator[Fault]:
    """A school's roll whose rows have one cell more than headings, so that half of the columns are shifted."""
    from sandbox.student_status_files import HEADINGS

    rng = ground.random("roll_shifted")
    for school in ground.schools("roll sent", rng, rate, where=lambda school: sum(school.students.values()) > 0, is_careless=True):
        rows = []
        for number in range(1, _ROWS + 1):
            about = {"学校标识码": school.school_id, "班号": "101", "年级": "一年级", "学籍状态": "在籍在读", "入学年月": "202409", "就读方式": "走读"}
            row = [about.get(heading, "") for heading in HEADINGS]
            row[HEADINGS.index("全国学籍号")] = f"J96018420190101{number:03d}7"
            rows.append([*row[:_SHIFTED_AFTER], "", *row[_SHIFTED_AFTER:]])
        path = _path(ground, "student_status", f"{school.name}_学籍_{MARK}_{ground.county.as_of.isoformat()}.csv")
        path.write_bytes(as_text([HEADINGS, *rows]).encode("gb18030"))
        yield Fault(Spot(ground.name_of(path)), "student_status.students", rule="shifted_columns", schools=(school.school_id,))


def _credits(ground: Ground, rate: float) -> Iterator[Fault]:
    """Training in 学分 alone: how many hours a credit is nobody can tell."""
    rng = ground.random("credits_instead_of_hours")
    for school in ground.schools("training sent", rng, rate, is_careless=True):
        headings = ["姓名", "身份证件号", "培训项目名称", "培训年度", "培训类别", "培训获得学分"]
        rows = [["模拟姓名", f"96018419900101{number:03d}7", "全员培训", "2024", "", "7.2"] for number in range(1, _ROWS + 1)]
        path = _path(ground, "hr_payroll", f"{school.name}_培训学分_{MARK}_{ground.county.as_of.isoformat()}.xlsx")
        Book(path, [Page("培训学时记录", list(map(Row, [headings, *rows])))]).save(ground.county.as_of)
        yield Fault(Spot(ground.name_of(path)), "hr_payroll.training_hours", rule="missing_column", schools=(school.school_id,))


def _path(ground: Ground, source: str, name: str) -> Path:
    folder = ground.folder_of(source)
    folder.mkdir(parents=True, exist_ok=True)
    return folder / name


def _bad_table(name: str, rule: str, zh: str, en: str, spoil: Callable[[Page], None]) -> Kind:
    """The budget table of the year once more, with other amounts than the good one."""

    def plant(ground: Ground, rate: float) -> Iterator[Fault]:
        year = ground.county.as_of.year
        (path,) = ground.files("finance_budget", f"部门预算表_{year}年.xlsx")
        book = opened(path)
        spoil(book.page)
        book.path = path.with_name(f"部门预算表_{name}_{MARK}_{year}年.xlsx")
        book.save(ground.county.as_of)
        yield Fault(Spot(ground.name_of(book.path)), "finance_budget.budget_table", rule=rule)

    return Kind(name, "finance_budget", "6.3", zh, en, FILE_REFUSED, 0.01, plant, SCHOOLS)


def _wrong_total(page: Page) -> None:
    total = next(row for row in page.rows if row.cell(0) == "合计")
    total.put(4, "1.00")


def _no_unit(page: Page) -> None:
    for row in page.rows:
        row[:] = ["" if cell == "单位：万元" else cell for cell in row]


KINDS = (
    Kind("roll_shifted", "student_status", "3.5.9", "学籍文件错列", "a roll whose columns are shifted", FILE_REFUSED, 0.005, _roll, SCHOOLS),
    Kind("credits_instead_of_hours", "hr_payroll", "4", "培训只有学分没有学时", "training in credits instead of hours", FILE_REFUSED, 0.005, _credits, SCHOOLS),
    _bad_table("total_that_is_not_the_sum", "control_total", "合计与明细不符", "a total that is not the sum", _wrong_total),
    _bad_table("no_unit_line", "unit_line_missing", "没有单位行", "no unit line", _no_unit),
)
