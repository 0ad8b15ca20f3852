"""Payroll as a bureau has it: a workbook a month, and the year-end awards in one of their own.

Here: the pay rows of the database under real headings, in one header row or two.
December's pay is divided: a part of it is paid as an award, so that only both
workbooks together make what the database holds. Not here: the rows (hr_tables.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sandbox.places import MARK
from sandbox.plan import County
from sandbox.sheets import write_rows, write_sheet
from sandbox.workbook import workbook, write_title

_PAID = ("岗位工资", "薪级工资", "基础性绩效工资", "住房补贴", "应发工资")
_KEPT = ("代扣住房公积金", "养老保险", "个税")
_AWARD_SHARE = 5  # a fifth of December's pay


def write_pay(county: County, pay: pa.Table, folder: Path) -> None:
    """`2024年1月工资表.xlsx` ... and `2024年度年终奖发放表.xlsx`; amounts in yuan."""
    folder.mkdir(parents=True, exist_ok=True)
    units = {school.budget_unit_code: school.name for school in county.schools}
    cents = np.array([int(amount.scaleb(2)) for amount in pay["gross_yuan"].to_pylist()])
    month = np.array(pay["pay_month"].to_pylist())
    award = np.where(np.char.endswith(month, "-12"), cents // _AWARD_SHARE, 0)
    for of_month in np.unique(month).tolist():
        rows = pay.filter(pa.array(month == of_month))
        number, name = int(of_month[5:]), f"{of_month[:4]}年{int(of_month[5:])}月工资表"
        columns = _columns(rows, units, (cents - award)[month == of_month])
        with workbook(folder / f"{name}.xlsx", _day(of_month)) as book:
            # some clerks write the month into the title, some into a column, all into the name
            if number % 2:
                columns["执行时间"] = [of_month.replace("-", "")] * len(rows)
                write_sheet(book, name, tuple(columns), list(columns.values()))
            else:
                _two_header_rows(book, columns, f"{county.name}教育系统{name}（{MARK}）")
    for year in np.unique(month.astype("U4")).tolist():
        is_paid = (award > 0) & (month.astype("U4") == year)
        _write_awards(county, year, pay.filter(pa.array(is_paid)), units, award[is_paid], folder)


def _day(month: str) -> date:
    return date(int(month[:4]), int(month[5:]), 28)


def _columns(rows: pa.Table, units: dict[str, str], cents: np.ndarray) -> dict[str, Sequence[str]]:
    parts = [cents // 2, cents // 8, cents // 8]
    paid = [*parts, cents - sum(parts), cents]
    kept = [cents // 10, cents // 12, cents * 0]
    codes = rows["budget_unit_code"].to_pylist()
    who = {
        "身份证号": rows["id_number"].to_pylist(), "姓名": ["模拟姓名"] * len(rows), "单位代码": codes, "单位名称": [units.get(code, "") for code in codes],
        "人员状况": rows["person_status"].to_pylist(), "代发银行": ["模拟银行"] * len(rows),
    }  # fmt: skip
    amounts = dict(zip((*_PAID, *_KEPT), map(_yuan, (*paid, *kept)), strict=True))
    return who | amounts | {"实发工资": _yuan(cents - sum(kept))}


def _yuan(cents: np.ndarray) -> list[str]:
    return [f"{amount // 100}.{amount % 100:02d}" for amount in cents.tolist()]


def _two_header_rows(book, columns: dict[str, Sequence[str]], title: str) -> None:
    """应发项 and 扣款项 above their columns, the others merged over both rows."""
    sheet = book.add_worksheet("工资")
    first = write_title(book, sheet, title, len(columns), "单位：元")
    names = list(columns)
    for group, headings in (("应发项", _PAID), ("扣款项", _KEPT)):
        places = [names.index(heading) for heading in headings]
        sheet.merge_range(first, places[0], first, places[-1], group)
        for place in places:
            sheet.write_string(first + 1, place, names[place])
    for place, heading in enumerate(names):
        if heading not in (*_PAID, *_KEPT):
            sheet.merge_range(first, place, first + 1, place, heading)
    write_rows(sheet, first + 2, list(columns.values()))


def _write_awards(county: County, year: str, rows: pa.Table, units: dict[str, str], award: np.ndarray, folder: Path) -> None:
    codes = rows["budget_unit_code"]
    columns = {
        "身份证号": rows["id_number"], "姓名": ["模拟姓名"] * len(rows), "单位代码": codes, "单位名称": [units.get(code, "") for code in codes.to_pylist()],
        "人员状况": pc.fill_null(rows["person_status"], ""), "年终及考核优秀奖": _yuan(award),
    }  # fmt: skip
    with workbook(folder / f"{year}年度年终奖发放表.xlsx", _day(f"{year}-12")) as book:
        write_sheet(book, "年终奖", tuple(columns), list(columns.values()), title=f"{county.name}教育系统{year}年度年终奖发放表（{MARK}）")
