"""Faults of budget workbooks and of the indicator list (dictionary 6.3).

Here: lines of the list, the table in 万元 with merged unit cells. Not here: files that are
spoilt as a whole (sent_again.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import numpy as np

from sandbox.dirt.books import Page, Row
from sandbox.dirt.cells import broken, spelled
from sandbox.dirt.ground import Ground
from sandbox.dirt.kind import QUARANTINED, READ_RIGHT, SCHOOLS, Fault, Kind, Spot
from sandbox.dirt.lines import FileLine, Line
from sandbox.dirt.spellings import after_apostrophe, always, any_of, as_float, full_width, in_myriads, thousands

_SOURCE, _LINES, _TABLE = "finance_budget", "finance_budget.budget_lines", "finance_budget.budget_table"
_FIRST_AMOUNT = 4  # the columns of amounts of the table, 合计 first


def _is_lone(line: Line) -> bool:
    return line.get("is_deleted") == "0" and line.get("updated_on").endswith("10:30:00")


def _more_lines(name: str, zh: str, en: str, way: str) -> Kind:
    """Rows beside a line that leave its money as it is."""

    def plant(ground: Ground, rate: float) -> Iterator[Fault]:
        rng = ground.random(name)
        for line in ground.take(_LINES, rng, rate, where=_is_lone, is_careless=False):
            if way == "version":
                earlier = line.copied()
                earlier.put("amount_yuan", f"{Decimal(line.get('amount_yuan')) * 2 + 1:.2f}")
                earlier.put("updated_on", f"{line.get('fiscal_year')}-01-04 09:00:00")
                ground.add(earlier)
                yield Fault(earlier, _LINES, "amount_yuan", schools=(line.school,))
                continue
            for serial, amount in (("8", "70000.00"), ("9", "-70000.00")):
                more = line.copied()
                more.put("line_id", f"{line.get('line_id')}{serial}")
                more.put("amount_yuan", amount)
                ground.add(more)
                yield Fault(more, _LINES, "amount_yuan", schools=(line.school,))

    return Kind(name, _SOURCE, "6.3", zh, en, READ_RIGHT, 0.003, plant)


def _last_years_name(line: Line, rng: np.random.Generator) -> str | None:
    return f"{line.get('unit_name')}（原名）" if line.get("unit_name") else None


def _data(page: Page) -> tuple[int, int]:
    """Places of the first row of data and of 合计."""
    first = page.header("单位代码") + 2
    return first, next(place for place, row in enumerate(page.rows) if row.cell(0) == "合计")


def _units(page: Page) -> list[list[Row]]:
    """The rows of each unit with its 小计."""
    first, last = _data(page)
    units: list[list[Row]] = [[]]
    for row in page.rows[first:last]:
        units[-1].append(row)
        if row.cell(3) == "小计":
            units.append([])
    return units[:-1]


def _blank_units(name: str, zh: str, en: str, column: int, outcome: str) -> Kind:
    """The unit stands in its first row alone, and nothing is merged below it."""

    def plant(ground: Ground, rate: float) -> Iterator[Fault]:
        (path,) = ground.files(_SOURCE, f"部门预算表_{ground.county.as_of.year}年.xlsx")
        page = ground.book(path).page
        codes = {unit[0].cell(0): unit for unit in _units(page) if len(unit) > 2}
        wanted = {school.budget_unit_code: school for school in ground.county.schools if school.budget_unit_code in codes}
        rng = ground.random(name)
        for school in ground.schools("budget table", rng, rate, where=lambda school: school.budget_unit_code in wanted, is_careless=column == 0):
            unit = codes[school.budget_unit_code]
            for merge in [merge for merge in page.merges if merge[0] in unit and merge[1] == merge[3] == column]:
                page.merges.remove(merge)
            for row in unit[1:-1]:
                line = FileLine(_TABLE, school.school_id, ground.name_of(path), page, row, {})
                if outcome == READ_RIGHT:
                    yield Fault(line, _TABLE, "unit_name", schools=(school.school_id,))
                else:
                    yield Fault(line, _TABLE, "budget_unit_code", "missing_value", schools=(school.school_id,), is_hit=True)

    return Kind(name, _SOURCE, "6.3", zh, en, outcome, 0.01, plant, SCHOOLS)


def _yuan_on_the_next_sheet(ground: Ground, rate: float) -> Iterator[Fault]:
    """Half of the units on a second sheet that says 单位：元; each sheet has its own 合计."""
    (path,) = ground.files(_SOURCE, f"部门预算表_{ground.county.as_of.year - 1}年.xlsx")
    book = ground.book(path)
    page = book.page
    units, (first, last) = _units(page), _data(page)
    moved = [row for unit in units[len(units) // 2 :] for row in unit]
    if not moved:
        return
    top = [Row(row) for row in page.rows[:first]]
    head = dict(zip(page.rows[:first], top, strict=True))
    for row in top:
        for place, cell in enumerate(row):
            if cell == "单位：万元":
                row[place] = "单位：元"
    for row in moved:
        for place in range(_FIRST_AMOUNT, len(row)):
            row[place] = f"{_amount(row[place]) * 10_000:,.2f}"
    second = Page("续表", [*top, *moved, Row(page.rows[last])])
    second.merges = [(head[a], left, head[b], right) for a, left, b, right in page.merges if a in head]
    second.merges += [merge for merge in page.merges if merge[0] in moved]
    page.merges = [merge for merge in page.merges if merge[0] not in moved]
    page.rows = [row for row in page.rows if row not in moved]
    for sheet in (page, second):
        _total(sheet)
    book.pages.append(second)
    yield Fault(Spot(ground.name_of(path), second.name), _TABLE, "amount_yuan")


def _total(page: Page) -> None:
    subtotals = [unit[-1] for unit in _units(page)]
    _, last = _data(page)
    for place in range(_FIRST_AMOUNT, len(page.rows[last])):
        page.rows[last][place] = f"{sum((_amount(row[place]) for row in subtotals), Decimal(0)):,.2f}"


def _amount(cell: object) -> Decimal:
    return Decimal(str(cell).replace(",", ""))


def _subtotal_rows(ground: Ground, rate: float) -> Iterator[Fault]:
    """小计 and 合计 among the rows of the list."""
    rng = ground.random("totals_among_the_lines")
    for line in ground.take(_LINES, rng, rate, where=_is_lone, is_careless=False):
        total = line.copied()
        for place in range(len(total.row)):
            total.row[place] = ""
        total.put("unit_name", ("小计", "合计")[int(rng.integers(2))])
        total.put("amount_yuan", "99999999.00")
        yield Fault(total, _LINES, "amount_yuan", schools=(line.school,))


KINDS = (
    _more_lines("taken_back", "负数调整行", "adjustment rows below zero", "pair"),
    _more_lines("earlier_version", "年初预算与调整预算两个版本", "two versions of a line", "version"),
    spelled("name_of_last_year", _LINES, "unit_name", _last_years_name, "单位名称是旧名", "school names as of last year", section="6.3", rate=0.003),
    spelled("amount_with_thousands", _LINES, "amount_yuan", thousands("amount_yuan"), "金额带千分位", "amounts with thousands separators", section="1", rate=0.003),
    spelled("amount_in_full_width", _LINES, "amount_yuan", full_width("amount_yuan"), "金额全角数字", "amounts in full-width digits", section="1", rate=0.003),
    spelled("amount_in_myriads", _LINES, "amount_yuan", in_myriads("amount_yuan"), "金额写成“12.3万”", "amounts such as 12.3万", section="1", rate=0.003),
    spelled("unit_code_after_apostrophe", _LINES, "budget_unit_code", after_apostrophe("budget_unit_code"), "代码带撇号", "codes behind an apostrophe", section="1", rate=0.003),
    _blank_units("blank_unit_name", "单位名称未重复填写", "a blank instead of a repeated unit name", 1, READ_RIGHT),
    _blank_units("blank_unit_code", "单位代码未重复填写", "a blank instead of a repeated unit code", 0, QUARANTINED),
    Kind("yuan_on_the_next_sheet", _SOURCE, "6.3", "一张表万元，下一张元", "万元 in one sheet and 元 in the next", READ_RIGHT, 0.01, _yuan_on_the_next_sheet, SCHOOLS),
    Kind("totals_among_the_lines", _SOURCE, "1", "明细中夹小计合计", "totals among the lines", READ_RIGHT, 0.003, _subtotal_rows),
    broken("error_cell", _LINES, "amount_yuan", any_of("#REF!", "#N/A", "#VALUE!"), "error_cell", "公式错误单元格", "#REF! cells", section="6.3", rate=0.001),
    broken("amount_that_is_none", _LINES, "amount_yuan", any_of("待定", "1.2.3"), "not_a_number", "金额不是数字", "an amount that is no number", section="1", rate=0.001),
    broken("amount_not_filled", _LINES, "amount_yuan", always(""), "missing_value", "金额未填", "an amount that is not filled in", section="1", rate=0.001),
    broken("unit_code_as_float", _LINES, "budget_unit_code", as_float("budget_unit_code"), "damaged_id", "单位代码成了科学计数", "unit codes turned into floats", section="1", rate=0.0001),
    broken("budget_unit_nobody_knows", _LINES, "budget_unit_code", lambda line, rng: f"2058{int(rng.integers(10_000, 99_999))}", "unknown_school", "单位代码查无此单位", "a unit code that leads nowhere", section="6.3", rate=0.001),
    broken("deleted_or_not", _LINES, "is_deleted", any_of("Y", "已删"), "bad_format", "是否删除不是 0/1", "deleted or not, neither 0 nor 1", section="6.1", rate=0.001),
    broken("no_such_day", _LINES, "updated_on", lambda line, rng: f"{line.get('fiscal_year')}-02-30", "not_a_date", "更新时间不是日期", "a day that does not exist", section="1", rate=0.001),
)  # fmt: skip
