"""Days that follow from the as-of date: school year, term, month ends, statistics day.

Here: date arithmetic. Not here: what stands in a file of that date.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sandbox.standard import DAYS_OF_A_NEW_SCHOOL_YEAR


@dataclass(frozen=True)
class Calendar:
    """The days that the county's systems speak of."""

    as_of: date

    @property
    def school_year(self) -> int:
        """Calendar year in which the running school year began."""
        return self.as_of.year if self.as_of.month >= 9 else self.as_of.year - 1

    @property
    def school_year_start(self) -> date:
        return date(self.school_year, 9, 1)

    @property
    def exchange_year_start(self) -> date:
        """First day of the school year that rotation is counted in: the completed one while a new one has hardly begun."""
        just_begun = (self.as_of - self.school_year_start).days <= DAYS_OF_A_NEW_SCHOOL_YEAR
        return date(self.school_year - just_begun, 9, 1)

    @staticmethod
    def years_before(day: date, years: int) -> date:
        """The same day of an earlier year; of 29 February the day before where there is none."""
        try:
            return day.replace(year=day.year - years)
        except ValueError:
            return day.replace(year=day.year - years, day=28)

    @property
    def term(self) -> str:
        """`2025-2026-1` from September to January, `-2` from February to August."""
        return self._term(self.school_year, 2 if 2 <= self.as_of.month <= 8 else 1)

    @property
    def last_term(self) -> str:
        if self.term.endswith("-2"):
            return self._term(self.school_year, 1)
        return self._term(self.school_year - 1, 2)

    @staticmethod
    def _term(year: int, half: int) -> str:
        return f"{year}-{year + 1}-{half}"

    def month_end_before(self, months: int = 1) -> date:
        """Last day of the month `months` before that of the as-of date."""
        day = self.as_of
        for _ in range(months):
            day = day.replace(day=1) - timedelta(days=1)
        return day

    @property
    def asset_day(self) -> date:
        return self.month_end_before(1)

    @property
    def older_asset_day(self) -> date:
        return self.month_end_before(3)

    @property
    def merger_day(self) -> date:
        """The merged school is gone from here on: between the two asset deliveries."""
        return self.month_end_before(2).replace(day=15)

    @property
    def statistics_day(self) -> date:
        return self.school_year_start

    @property
    def pay_months(self) -> list[str]:
        """The twelve months of the last complete calendar year."""
        return [f"{self.as_of.year - 1}-{month:02d}" for month in range(1, 13)]


def in_chinese(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
