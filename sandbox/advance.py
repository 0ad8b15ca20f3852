"""A county that moves: what happens on which day, and what then lies in its folder.

Here: the calendar of changes, living through days, the files that arrive, the truth
of each day. A county of a later day is always made from its first day again, so that
ten days and twenty are thirty. Not here: any one kind of change (the *_changes modules).
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from sandbox import assets, declared, finance, register
from sandbox.career_changes import (
    degrees_finished, lessons_given_out, pay_booked, the_ill_come_back, titles_awarded, titles_begin_and_end, training_booked,
)  # fmt: skip
from sandbox.changes import Change, Day, write_changes
from sandbox.form_changes import book_sent_again, budget_made, figures_corrected, forms_filed
from sandbox.kept import begin_to_move, hand_out_roll
from sandbox.make import INBOX, TRUTH, Order, SandboxCounty, drop_folder, first_plan, orders_of, read_summary, write_day, write_truths
from sandbox.places import MARK
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
    (_on((11, 12)), figures_corrected),
    (_on((9, 25)), book_sent_again),
)


@dataclass(frozen=True)
class Advanced:
    """Where the counties stand now, and how many changes of each kind the last days brought."""

    counties: list[SandboxCounty]
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
    orders, first_day = orders_of(summary), date.fromisoformat(summary["first_day"])
    today = date.fromisoformat(summary["as_of_date"])
    if any(order.dirt for order in orders):
        raise ValueError("a county with planted faults does not move: its answer file would be of another day / 埋设了差错的模拟县不能推进")
    _keep_truth(folder, today)
    stood_on = [first_day, *map(date.fromisoformat, summary["earlier_rolls"]), today]
    counties = [begin_to_move(first_plan(order, first_day)) for order in orders]
    changes = list(_live_again(counties, first_day, today, stood_on))
    before = len(changes)
    for number, day in enumerate(_days(today, today + timedelta(days=days)), start=1):
        for county, order in zip(counties, orders, strict=True):
            lived = live(county, day)
            changes += lived
            deliver(county, lived, folder / INBOX, order, is_alone=len(orders) == 1)
        if every and number % every == 0 and number < days:
            _settle(counties)
            write_truths(counties, _day_folder(folder, day))
    _settle(counties)
    write_truths(counties, folder / TRUTH)
    write_changes(changes, folder / TRUTH / CHANGES)
    made = write_day(counties, orders, folder, first_day=first_day, earlier_rolls=_last_of_earlier_years(stood_on, counties[0].as_of))
    _keep_truth(folder, counties[0].as_of)
    return Advanced(made, Counter(change.kind for change in changes[before:]))


def _live_again(counties: Sequence[County], first_day: date, today: date, stood_on: Collection[date]) -> Iterator[Change]:
    """What happened until today; on the days that the sandbox stood on, the rolls of that day were handed out."""
    for day in _days(first_day, today):
        for county in counties:
            yield from live(county, day)
            if day in stood_on:
                hand_out_roll(county)


def _last_of_earlier_years(stood_on: Sequence[date], today: date) -> list[date]:
    return [day for year, day in {day.year: day for day in stood_on}.items() if year < today.year]


def county_on(first: County, today: date) -> County:
    """The county with that first day, as it is on `today`."""
    if today == first.as_of:
        return first
    county = begin_to_move(first)
    for day in _days(first.as_of, today):
        live(county, day)
    _settle([county])
    return county


def live(county: County, today: date) -> list[Change]:
    """Let one day pass; returns what changed."""
    county.as_of = today
    day = Day(county, today)
    for comes, happens in _HAPPENS:
        if comes(today):
            happens(day)
    county.kept.stamps.pass_day(county)
    return day.changes


def deliver(county: County, changes: list[Change], inbox: Path, order: Order, *, is_alone: bool) -> None:
    """The files that arrive at the end of a day, one way or another because of what changed."""
    today, kinds, without = county.as_of, {change.kind for change in changes}, order.without

    def folder(source: str) -> Path:
        return drop_folder(inbox, source, county, is_alone=is_alone)

    if kinds & {"school_merged", "school_renamed", "opening_postponed"} and "registry" not in without:
        register.write_schools(county, folder("registry") / f"学校名录_{today}.xlsx")
    if Day(county, today).is_last_of_month and "asset_register" not in without:
        assets.write_month_end(county, folder("asset_register"), today)
    if "budget_made" in kinds and "finance_budget" not in without:
        finance.write_finance(county.budgeted, folder("finance_budget"))
    if "declared" not in without:
        _deliver_forms(county, changes, folder("declared"), files_only=order.files_only)


def _deliver_forms(county: County, changes: list[Change], folder: Path, *, files_only: bool) -> None:
    """The forms of a new school year, corrected figures in a file of their own day, or the book of statistics again."""
    today, kinds = county.as_of, {change.kind for change in changes}
    schools = {school.school_id: school for school in county.schools}
    if "forms_filed" in kinds:
        declared.write_school_forms(county.filed, folder, f"_{today.year}", files_only=files_only)
    if "form_corrected" in kinds:
        figures = [(schools[c.school_id], c.stage, c.measure_id, c.after) for c in changes if c.kind == "form_corrected"]
        declared.write_tidy(county, figures, today, folder / f"填报数据_更正_{MARK}_{today}.csv")
    if "book_sent_again" in kinds:
        _settle([county])
        declared.write_statistics(county, schools[declared.school_in_book(county.filed).school_id], folder)


def _days(after: date, until: date) -> Iterator[date]:
    return (after + timedelta(days=number) for number in range(1, (until - after).days + 1))


def _settle(counties: Sequence[County]) -> None:
    """Bring the classes of the plan up to date with the rolls."""
    for county in counties:
        refresh_classes(Day(county, county.as_of))


def _day_folder(folder: Path, day: date) -> Path:
    return folder / TRUTH / DAYS / day.isoformat()


def _keep_truth(folder: Path, day: date) -> None:
    """Lay the truth of the day beside those of other days."""
    target = _day_folder(folder, day)
    target.mkdir(parents=True, exist_ok=True)
    for path in sorted((folder / TRUTH).glob("*.csv")):
        if path.name != CHANGES:
            shutil.copyfile(path, target / path.name)
