"""The budget: a table with merged headers in 万元, and an indicator list in 元.

Here: two tellings of the same money; the list decides, the table is the control
total. What 2.6, 2.7 and 3.4 need is planned here, on both sides of its line.
Not here: anything that part 1 of the standard needs, and any judgement.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from pathlib import Path

import numpy as np

from sandbox.places import MARK
from sandbox.plan import County, School
from sandbox.catalogue import SMALL_SCHOOL_FUNDING, SPECIAL_ED_FUNDING, TRAINING_BUDGET
from sandbox.standard import (
    FUNDED_AS, JUDGED_STAGES, JUNIOR, PRIMARY, SPECIAL_FUNDING, baseline,
)  # fmt: skip
from sandbox.workbook import workbook

LINE_HEADERS = (
    "财政区划代码", "预算年度", "单位代码", "单位名称", "原指标主键", "支出功能分类科目", "部门支出经济分类科目", "资金性质",
    "本级指标文号", "指标金额", "是否删除", "更新时间",
)  # fmt: skip
_PRIMARY, _JUNIOR, _SENIOR, _SPECIAL = (
    ("2050202", "小学教育"), ("2050203", "初中教育"), ("2050204", "高中教育"), ("2050701", "特殊学校教育"),
)  # fmt: skip
_OFFICE, _TRAINING = "30201-办公费", "30216-培训费"
_TEN_THOUSAND = Decimal(10_000)

_ORDINARY = ("primary_school", "junior_school", "nine_year_school", "twelve_year_school", "complete_secondary_school")


@dataclass(frozen=True)
class Budget:
    """One unit's money for one function, in yuan; all but training are whole hundreds."""

    school: School
    function: tuple[str, str]
    staff: Decimal
    running: Decimal  # 公用经费: office, training and equipment
    training: Decimal
    projects: Decimal

    @property
    def equipment(self) -> Decimal:
        return _hundreds(self.running / 10)

    @property
    def basic(self) -> Decimal:
        return self.staff + self.running


@dataclass(frozen=True)
class Line:
    """A version of a line of the indicator list."""

    unit_code: str
    unit_name: str
    key: str
    function: str
    economic: str
    document: str
    amount: Decimal
    is_deleted: bool
    updated: str

    @property
    def economic_code(self) -> str:
        return self.economic.partition("-")[0]


def write_finance(county: County, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    year = county.as_of.year
    _write_table(county, _budgets(county), folder / f"部门预算表_{year}年.xlsx")
    _write_lines(county.code, budget_lines(county), year, folder / f"预算指标_{year}_{MARK}.csv")


def write_last_year(county: County, folder: Path) -> None:
    """The table of the year before, as it still lies in the folder."""
    _write_table(county, last_years_budgets(county), folder / f"部门预算表_{county.as_of.year - 1}年.xlsx", year=county.as_of.year - 1)


def budgets(county: County) -> list[Budget]:
    """What the table of the year holds, one entry a unit and function."""
    return [line for lines in _by_unit(_budgets(county)).values() for line in lines]


def last_years_budgets(county: County) -> list[Budget]:
    """About as much as this year's: by seed a little less in all, or more; running costs are the same."""
    rng = county.random("last year's budget")
    level = float(rng.choice([0.94, 0.985, 1.02]))
    return [
        replace(line, staff=_hundreds(float(line.staff) * level * rng.uniform(0.97, 1.03)), projects=_hundreds(float(line.projects) * level))
        for line in budgets(county)
    ]


def _budgets(county: County) -> list[Budget]:
    """Units without public money (private schools) have none."""
    rng = county.random("budget")
    running = _running_costs(county, county.random("running costs"))
    training = _training_budgets(county, running, county.random("training budgets"))
    result = []
    for place, school in enumerate(county.schools):
        if school.is_private:
            continue
        for stage in school.students:
            function = _SPECIAL if school.kind == "special_school" else {PRIMARY: _PRIMARY, JUNIOR: _JUNIOR}.get(stage, _SENIOR)
            staff = _hundreds(school.teachers[stage].full_time * rng.uniform(95_000, 110_000) + 50_000)
            projects = _hundreds(rng.uniform(0, 400_000))
            result.append(Budget(school, function, staff, running[place, stage], training[place, stage], projects))
    return result


def _running_costs(county: County, rng: np.random.Generator) -> dict[tuple[int, str], Decimal]:
    """公用经费 by school and stage, whole hundreds of yuan.

    Small schools are funded as 100 students: exactly on the line of 2.6, and of 2.7
    in every other county that meets it. Where 2.6 is not met every third point is
    funded by its students, or a hundred yuan short.
    """
    result = {}
    for place, school in enumerate(county.schools):
        for stage, students in school.students.items():
            # senior stages have no baseline: funded like the junior ones
            per_student = baseline(stage if stage in JUDGED_STAGES else JUNIOR, county.as_of.year)
            result[place, stage] = _hundreds(max(students, FUNDED_AS) * per_student)
    if SMALL_SCHOOL_FUNDING not in county.wishes.met:
        for number, place in enumerate(_places(county, "teaching_point")[::3]):
            by_head = _hundreds(county.schools[place].students[PRIMARY] * baseline(PRIMARY, county.as_of.year))
            result[place, PRIMARY] = result[place, PRIMARY] - 100 if number % 2 else by_head
    special = _places(county, "special_school")
    for place in special:
        for stage, students in county.schools[place].students.items():
            result[place, stage] = Decimal(int(SPECIAL_FUNDING) * students)
    is_on_the_line, hundreds = rng.random() < 0.5, int(rng.integers(1, 400))
    if SPECIAL_ED_FUNDING not in county.wishes.met:
        result[special[0], PRIMARY] -= 100 * hundreds
    elif not is_on_the_line:
        result[special[0], PRIMARY] += 100 * hundreds
    return result


def _places(county: County, *kinds: str) -> list[int]:
    return [place for place, school in enumerate(county.schools) if school.kind in kinds]


def _training_budgets(
    county: County, running: dict[tuple[int, str], Decimal], rng: np.random.Generator
) -> dict[tuple[int, str], Decimal]:
    """Teacher training by school and stage: 5 % or more; every fourth school exactly on that line.

    Where 3.4 is not met every eleventh ordinary school with students has less, some
    of them by one cent. A school is on one side of the line with all its stages.
    """
    ordinary = [p for p in _places(county, *_ORDINARY) if not county.schools[p].is_private and any(county.schools[p].students.values())]
    short = {} if TRAINING_BUDGET in county.wishes.met else {place: number for number, place in enumerate(ordinary[::11])}
    result = {}
    for place, school in enumerate(county.schools):
        above, below = int(rng.integers(501, 800)), int(rng.integers(300, 500))
        # in hundredths of a percent
        share = 500 if place % 4 == 1 or place in short else above
        if short.get(place, 0) % 2:
            share = below
        for stage in school.students:
            result[place, stage] = running[place, stage] * share / _TEN_THOUSAND
        if short.get(place, 1) % 2 == 0:
            result[place, next(iter(school.students))] -= Decimal("0.01")
    return result


def _hundreds(amount: float | Decimal) -> Decimal:
    return Decimal(round(amount / 100)) * 100


def _write_table(county: County, budgets: list[Budget], path: Path, *, year: int | None = None) -> None:
    """Title, unit line, two merged header rows, a 小计 a unit, a 合计 at the end."""
    year = year or county.as_of.year
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


def budget_lines(county: County) -> list[Line]:
    """Every version of every line: some replaced by a newer one, some deleted, some taken back by a negative one.

    A county that has moved has the budget that was made on the first day of the year.
    """
    county = county.budgeted
    year = county.as_of.year
    early, late = f"{year}-01-05 09:00:00", f"{year}-03-01 08:00:00"
    rows: list[Line] = []
    lines = (line for lines in _by_unit(_budgets(county)).values() for line in lines)
    for number, line in enumerate(lines, start=1):
        back = Decimal(1000) if number % 10 == 5 else Decimal(0)
        row = partial(_version, line, year, number)
        office = line.running - line.training - line.equipment
        if number % 10 == 3:
            rows.append(row(1, _OFFICE, office / 2, updated=early))
        if number % 10 == 7:
            rows.append(row(2, _TRAINING, line.training * 2, updated=early))
        rows += [
            row(0, "30101-基本工资", line.staff), row(1, _OFFICE, office + back), row(2, _TRAINING, line.training),
            row(3, "31002-办公设备购置", line.equipment), row(4, "30903-专用设备购置", line.projects),
        ]  # fmt: skip
        if back:
            rows.append(row(5, _OFFICE, -back))
        if number % 10 == 1 or line.school.kind == "teaching_point":
            rows.append(row(6, _OFFICE, Decimal(50_000), updated=late, is_deleted=True))
        if number % 10 == 9:
            rows.append(row(7, _TRAINING, Decimal(50_000), updated=late, is_deleted=True))
    return rows


def _version(
    budget: Budget, year: int, number: int, part: int, economic: str, amount: Decimal, *, updated: str = "", is_deleted: bool = False
) -> Line:
    school, function = budget.school, "-".join(budget.function)
    return Line(
        school.budget_unit_code, school.name, f"{year}{number:05d}{part}", function, economic, f"新密财预〔{year}〕{part + 1}号",
        amount, is_deleted, updated or f"{year}-02-10 10:30:00",
    )  # fmt: skip


def _write_lines(county_code: str, lines: list[Line], year: int, path: Path) -> None:
    """GBK; values as `code-name`."""
    with path.open("w", encoding="gbk", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(LINE_HEADERS)
        writer.writerows(
            (
                f"{county_code}000", str(year), line.unit_code, line.unit_name, line.key, line.function, line.economic,
                "111-一般公共预算资金", line.document, f"{line.amount:.2f}", "1" if line.is_deleted else "0", line.updated,
            )  # fmt: skip
            for line in lines
        )
