"""What the growth of education budgets must be, year by year.

Here: sums of the planned tables of each year and the one before it over the enrolled
students, as fractions. A year's students are those of the last roll that was handed out
in it: of the days that the sandbox stood on, each is taken to be pulled; the year before
the first day has what the county filed. Not here: the indicators that budgets decide
(truth_government.py).
"""

from __future__ import annotations

from collections.abc import Iterator
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
        _rows(county),
    )


def _rows(county: County) -> Iterator[tuple]:
    """Every year that has a table, by spending; the first has none before it."""
    tables, students = _tables(county), _students(county)
    for year in sorted(tables):
        for spending, (functions, stages) in sorted(SPENDINGS.items()):
            total, heads = _sum(tables[year], functions), _heads(students.get(year), stages)
            previous = _sum(tables[year - 1], functions) if year - 1 in tables else None
            heads_before = _heads(students.get(year - 1), stages) if previous else None
            growth = total / previous - 1 if previous else None
            each = (total / heads) / (previous / heads_before) - 1 if heads and heads_before else None
            yield year, spending, total, previous, growth, heads, heads_before, each, _is_not_less(growth), _is_not_less(each)


def _tables(county: County) -> dict[int, list[Budget]]:
    first = county.first
    made = county.kept.budgeted if county.kept else [county]
    return {first.as_of.year - 1: last_years_budgets(first)} | {of_year.as_of.year: budgets(of_year) for of_year in made}


def _students(county: County) -> dict[int, dict[str, int]]:
    """By year and stage; a year in which the sandbox stood on no day has none."""
    rolls = county.kept.rolls if county.kept else {}
    today = {stage: county.students_of(stage) for stage in JUDGED_STAGES}
    return {county.first.as_of.year - 1: students_of_last_year(county.first)} | rolls | {county.as_of.year: today}


def _heads(of_year: dict[str, int] | None, stages: tuple[str, ...]) -> int | None:
    return sum(of_year[stage] for stage in stages) if of_year and stages else None


def _sum(lines: list[Budget], functions: tuple[str, ...]) -> Fraction:
    return sum((Fraction(line.basic + line.projects) for line in lines if line.function[0].startswith(functions)), Fraction(0))


def _is_not_less(growth: Fraction | None) -> str | None:
    return None if growth is None else str(growth >= 0).lower()
