"""What the growth of education budgets must be, for the year of the county's first day.

Here: sums of the planned tables of two years over the filed and enrolled students, as
fractions. Not here: the indicators that budgets decide (truth_government.py). Later
years of a county that moves have no rows: which roll was pulled last in a year, the
plan does not know.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

from sandbox.county_form import students_of_last_year
from sandbox.finance import Budget, budgets, last_years_budgets
from sandbox.plan import County
from sandbox.standard import JUDGED_STAGES, JUNIOR, PRIMARY
from sandbox.truth import write_csv

# spending -> function codes by their beginning, stages whose students they are divided by
SPENDINGS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "education": (("205",), ()),
    "compulsory": (("2050202", "2050203"), JUDGED_STAGES),
    "primary": (("2050202",), (PRIMARY,)),
    "junior": (("2050203",), (JUNIOR,)),
}


def write_finance_truth(county: County, folder: Path) -> None:
    write_csv(
        folder / "spending_growth.csv",
        county.code,
        "county_code,fiscal_year,spending,total_yuan,previous_total_yuan,total_growth,students,previous_students,per_student_growth,"
        "is_total_not_reduced,is_per_student_not_reduced",
        _rows(county) if county.as_of.year == county.first.as_of.year else (),
    )


def _rows(county: County) -> Iterable[tuple]:
    first, now = county.first, {stage: _students(county, stage) for stage in JUDGED_STAGES}
    before = students_of_last_year(first)
    for spending, (functions, stages) in sorted(SPENDINGS.items()):
        total, previous = _sum(budgets(first), functions), _sum(last_years_budgets(first), functions)
        heads, heads_before = sum(now[stage] for stage in stages), sum(before[stage] for stage in stages)
        each = (total / heads) / (previous / heads_before) - 1 if stages else None
        yield (
            first.as_of.year, spending, total, previous, total / previous - 1, heads or None, heads_before or None, each,
            str(total >= previous).lower(), None if each is None else str(each >= 0).lower(),
        )  # fmt: skip


def _sum(lines: list[Budget], functions: tuple[str, ...]) -> Fraction:
    return sum((Fraction(line.basic + line.projects) for line in lines if line.function[0].startswith(functions)), Fraction(0))


def _students(county: County, stage: str) -> int:
    return sum(school.students.get(stage, 0) for school in county.schools)
