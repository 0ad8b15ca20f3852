"""A county that moves: what happens on which day, and what then lies in its folder.

Here: the calendar of changes, living through days, the files that arrive, the truth
of each day. A county of a later day is always made from its first day again, so that
ten days and twenty are thirty. Not here: any one kind of change (the *_changes modules).
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from sandbox import assets, declared, finance, register
from sandbox.career_changes import (
    degrees_finished, lessons_given_out, pay_booked, the_ill_come_back, titles_awarded, titles_begin_and_end, training_booked,
)  # fmt: skip
from sandbox.changes import Change, Day, write_changes
from sandbox.form_changes import book_is_stale, budget_made, corrections, forms_filed
from sandbox.kept import begin_to_move
from sandbox.make import INBOX, TRUTH, SandboxCounty, first_plan, read_summary, write_day, write_truths
from sandbox.places import COUNTY_CODE, MARK
from sandbox.plan import County
from sandbox.property_changes import books_close
from sandbox.pupil_changes import pupils_come_and_go, refresh_classes
from sandbox.school_changes import openings_are_postponed, schools_are_renamed, schools_merge
from sandbox.school_year import begin_school_year
from sandbox.teacher_changes import teachers_hired, teachers_retire, teachers_rotate

CHANGES, DAYS = "changes.csv", "days"


def _always(day: date) -> bool:
    return True


def _on(*days: tuple[int, int]) -> Callable[[date], bool]:
    """On these (month, day) of each year."""
    return lambda day: (day.month, day.day) in days


def _each_month(number: int) -> Callable[[date], bool]:
    return lambda day: day.day == number


_NEW_SCHOOL_YEAR, _NEW_YEAR = _on((9, 1)), _on((1, 1))
# What happens in the course of a day, in this order.
_HAPPENS: tuple[tuple[Callable[[date], bool], Callable[[Day], None]], ...] = (
    (_on((9, 1), (2, 1)), lessons_given_out),
    (_always, the_ill_come_back),
    (_NEW_YEAR, pay_booked),
    (_NEW_SCHOOL_YEAR, begin_school_year),
    (_NEW_SCHOOL_YEAR, teachers_rotate),
    (_on((9, 1), (3, 1)), teachers_hired),
    (_on((7, 10)), schools_merge),
    (_on((4, 20)), schools_are_renamed),
    (_always, openings_are_postponed),
    (_always, pupils_come_and_go),
    (_on((1, 10), (7, 1)), degrees_finished),
    (_each_month(15), titles_awarded),
    (_always, titles_begin_and_end),
    (_each_month(20), training_booked),
    (_always, teachers_retire),  # on the last day of a month
    (_always, books_close),  # likewise
    (_NEW_SCHOOL_YEAR, forms_filed),
    (_NEW_YEAR, budget_made),
)
_CORRECTIONS, _BOOK_AGAIN = _on((11, 12)), _on((9, 25))


@dataclass(frozen=True)
class Advanced:
    """Where the county stands now, and how many changes of each kind the last days brought."""

    county: SandboxCounty
    changes: Counter


def advance_sandbox(folder: Path, days: int, *, every: int | None = None) -> Advanced:
    """Let `days` more days pass in the sandbox of `folder`.

    New files arrive beside the old ones, the stores of the systems and the truth speak
    of the new day, `truth/changes.csv` tells what happened since the first day, and
    `truth/days/<day>/` keeps the truth of each day that an advance ended on, and of every
    `every`-th day on the way. Raises FileNotFoundError where there is no sandbox,
    ValueError for less than one day.
    """
    if days < 1 or (every is not None and every < 1):
        raise ValueError("a county moves by at least one day / 至少推进一天")
    folder = Path(folder)
    summary = read_summary(folder)
    first, today = first_plan(summary), date.fromisoformat(summary["as_of_date"])
    _keep_truth(folder, today)
    changes: list[Change] = []
    county = begin_to_move(first)
    for day in _days(first.as_of, today):
        changes += _live(county, day, None)
    before = len(changes)
    for number, day in enumerate(_days(today, today + timedelta(days=days)), start=1):
        changes += _live(county, day, folder / INBOX)
        if every and number % every == 0 and number < days:
            refresh_classes(Day(county, day))
            write_truths(county, _day_folder(folder, day))
    refresh_classes(Day(county, county.as_of))
    listed = folder / TRUTH / CHANGES
    listed.unlink(missing_ok=True)
    write_changes(changes, listed)
    made = write_day(county, folder, summary["asked"])
    _keep_truth(folder, county.as_of)
    return Advanced(made, Counter(change.kind for change in changes[before:]))


def county_on(first: County, today: date) -> County:
    """The county with that first day, as it is on `today`."""
    if today == first.as_of:
        return first
    county = begin_to_move(first)
    for day in _days(first.as_of, today):
        _live(county, day, None)
    refresh_classes(Day(county, today))
    return county


def _days(after: date, until: date) -> Iterator[date]:
    return (after + timedelta(days=number) for number in range(1, (until - after).days + 1))


def _live(county: County, today: date, inbox: Path | None) -> list[Change]:
    """One day: what changes, and what then arrives in the inbox (None: nothing is written)."""
    county.as_of = today
    day = Day(county, today)
    for comes, happens in _HAPPENS:
        if comes(today):
            happens(day)
    corrected = corrections(day) if _CORRECTIONS(today) else []
    book_again = _BOOK_AGAIN(today) and book_is_stale(day)
    if inbox is not None:
        kinds = {change.kind for change in day.changes}
        if kinds & {"school_merged", "school_renamed", "opening_postponed"}:
            register.write_schools(county, inbox / "registry" / f"学校名录_{today}.xlsx")
        if day.is_last_of_month:
            assets.write_month_end(county, inbox / "asset_register", today)
        if "budget_made" in kinds:
            finance.write_finance(county.kept.budgeted, inbox / "finance_budget" / COUNTY_CODE)
        if "forms_filed" in kinds:
            declared.write_declared(county.kept.filed, inbox / "declared", f"_{today.year}")
        if corrected:
            rows = [(item.school, item.stage, item.measure, item.value) for item in corrected]
            declared.write_tidy(rows, today, inbox / "declared" / f"填报数据_更正_{MARK}_{today}.csv")
        if book_again:
            refresh_classes(day)
            declared.write_statistics(county, declared.school_in_book(county), inbox / "declared")
    return day.changes


def _day_folder(folder: Path, day: date) -> Path:
    return folder / TRUTH / DAYS / day.isoformat()


def _keep_truth(folder: Path, day: date) -> None:
    """Lay the truth of the day beside those of other days."""
    target = _day_folder(folder, day)
    target.mkdir(parents=True, exist_ok=True)
    for path in sorted((folder / TRUTH).glob("*.csv")):
        if path.name != CHANGES:
            shutil.copyfile(path, target / path.name)
