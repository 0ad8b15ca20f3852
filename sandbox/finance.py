"""The budget: a table with merged headers in 万元, and an indicator list in 元.

Here: two tellings of the same money; the list decides, the table is the control
total. Not here: anything that part 1 of the standard needs.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path


from sandbox.places import COUNTY_CODE, MARK
from sandbox.plan import County, School
from sandbox.standard import JUNIOR, PRIMARY
from sandbox.workbook import workbook

LINE_HEADERS = (
    "财政区划代码", "预算年度", "单位代码", "单位名称", "原指标主键", "支出功能分类科目", "部门支出经济分类科目", "资金性质",
    "本级指标文号", "指标金额", "是否删除", "更新时间",
)  # fmt: skip
_PRIMARY, _JUNIOR, _SENIOR, _SPECIAL = (
    ("2050202", "小学教育"), ("2050203", "初中教育"), ("2050204", "高中教育"), ("2050701", "特殊学校教育"),
)  # fmt: skip
_TEN_THOUSAND = Decimal(10_000)


@dataclass(frozen=True)
class Budget:
    """One unit's money for one function, in yuan, each a whole hundred."""

    school: School
    function: tuple[str, str]
    staff: Decimal
    running: Decimal
    training: Decimal  # part of running
    projects: Decimal

    @property
    def basic(self) -> Decimal:
        return self.staff + self.running


def write_finance(county: County, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    budgets = _budgets(county)
    year = county.as_of.year
    _write_table(county, budgets, folder / f"部门预算表_{year}年.xlsx")
    _write_lines(budgets, year, folder / f"预算指标_{year}_{MARK}.csv")


def _budgets(county: County) -> list[Budget]:
    """Units without public money (private schools) have none."""
    rng = county.random("budget")
    result = []
    for school in county.schools:
        if school.is_private:
            continue
        for stage, students in school.students.items():
            function = _SPECIAL if school.kind == "special_school" else {PRIMARY: _PRIMARY, JUNIOR: _JUNIOR}.get(stage, _SENIOR)
            heads = max(students, 100)  # small schools are funded as 100
            per_student = 720 if stage == PRIMARY else 940
            running = _hundreds(heads * per_student)
            training = _hundreds(float(running) * rng.uniform(0.04, 0.08))
            staff = _hundreds(school.teachers[stage].full_time * rng.uniform(95_000, 110_000) + 50_000)
            result.append(Budget(school, function, staff, running, training, _hundreds(rng.uniform(0, 400_000))))
    return result


def _hundreds(amount: float) -> Decimal:
    return Decimal(round(amount / 100)) * 100


def _write_table(county: County, budgets: list[Budget], path: Path) -> None:
    """Title, unit line, two merged header rows, a 小计 a unit, a 合计 at the end."""
    year = county.as_of.year
    with workbook(path, county.as_of) as book:
        sheet = book.add_worksheet("一般公共预算支出表")
        middle = book.add_format({"align": "center", "valign": "vcenter"})
        sheet.merge_range(0, 0, 0, 8, f"{year}年一般公共预算支出表（{MARK}）", middle)
        sheet.write_string(1, 8, "单位：万元")
        for column, heading in ((0, "单位代码"), (1, "单位名称"), (2, "科目编码"), (3, "科目名称"), (4, "合计"), (8, "项目支出")):
            sheet.merge_range(2, column, 3, column, heading, middle)
        sheet.merge_range(2, 5, 2, 7, "基本支出", middle)
        for column, heading in ((5, "小计"), (6, "人员经费"), (7, "公用经费")):
            sheet.write_string(3, column, heading)
        row = 4
        for unit, lines in _by_unit(budgets).items():
            first = row
            for line in lines:
                sheet.write_string(row, 2, line.function[0])
                sheet.write_string(row, 3, line.function[1])
                _write_amounts(sheet, row, [line])
                row += 1
            school = lines[0].school
            for column, text in ((0, unit), (1, school.name)):
                if row - first > 1:
                    sheet.merge_range(first, column, row - 1, column, text, middle)
                else:
                    sheet.write_string(first, column, text)
            sheet.write_string(row, 3, "小计")
            _write_amounts(sheet, row, lines)
            row += 1
        sheet.write_string(row, 0, "合计")
        _write_amounts(sheet, row, budgets)


def _by_unit(budgets: list[Budget]) -> dict[str, list[Budget]]:
    units: dict[str, list[Budget]] = {}
    for budget in budgets:
        lines = units.setdefault(budget.school.budget_unit_code, [])
        lines.append(budget)
    return {unit: _merged_functions(lines) for unit, lines in units.items()}


def _merged_functions(lines: list[Budget]) -> list[Budget]:
    """One line a function: a special school's stages are paid from one."""
    result: dict[tuple[str, str], Budget] = {}
    for line in lines:
        seen = result.get(line.function)
        if seen:
            line = Budget(
                line.school, line.function, seen.staff + line.staff, seen.running + line.running,
                seen.training + line.training, seen.projects + line.projects,
            )  # fmt: skip
        result[line.function] = line
    return list(result.values())


def _write_amounts(sheet, row: int, lines: list[Budget]) -> None:
    """Amounts in 万元 with thousands separators, as text."""
    staff, running, projects = (sum((getattr(line, name) for line in lines), Decimal(0)) for name in ("staff", "running", "projects"))
    for column, amount in enumerate((staff + running + projects, staff + running, staff, running, projects), start=4):
        sheet.write_string(row, column, f"{amount / _TEN_THOUSAND:,.2f}")


def _write_lines(budgets: list[Budget], year: int, path: Path) -> None:
    """GBK; values as `code-name`; two versions of a line, one of them replaced, one deleted line."""
    rows = []
    for number, line in enumerate((line for lines in _by_unit(budgets).values() for line in lines), start=1):
        pieces = (
            ("30101-基本工资", line.staff), ("30201-办公费", line.running - line.training), ("30216-培训费", line.training),
            ("31002-办公设备购置", line.projects),
        )  # fmt: skip
        for part, (economic, amount) in enumerate(pieces):
            key = f"{year}{number:05d}{part}"
            base = (
                f"{COUNTY_CODE}000", str(year), line.school.budget_unit_code, line.school.name, key, "-".join(line.function),
                economic, "111-一般公共预算资金", f"新密财预〔{year}〕{part + 1}号",
            )  # fmt: skip
            if number % 10 == 3 and part == 1:
                rows.append((*base, f"{amount / 2:.2f}", "0", f"{year}-01-05 09:00:00"))  # an earlier version
            rows.append((*base, f"{amount:.2f}", "0", f"{year}-02-10 10:30:00"))
    deleted = rows[0]
    rows.append((*deleted[:4], f"{year}999990", *deleted[5:9], "50000.00", "1", f"{year}-03-01 08:00:00"))
    with path.open("w", encoding="gbk", newline="") as file:
        csv.writer(file).writerows([LINE_HEADERS, *rows])
