"""Forms and budgets: those of a new year, and figures that are filed again.

Here: when they are made, and which figure is corrected. A correction speaks of its own
day, so that what was filed for an earlier day stays what it was; only a book of
statistics is sent again under its name. Not here: their files (declared.py, finance.py).
"""

from __future__ import annotations

from decimal import Decimal

from sandbox.changes import Day
from sandbox.declared import filed_figures, filing_schools, school_in_book
from sandbox.kept import snapshot
from sandbox.plan import School
from sandbox.pupil_changes import refresh_classes

_CORRECT = 0.15  # of the schools that filed


def forms_filed(day: Day) -> None:
    """On 1 September schools file what they have on that day."""
    refresh_classes(day)
    day.county.kept.filed = snapshot(day.county)
    day.county.kept.corrected.clear()
    day.note("forms_filed", detail_zh=f"{day.day.year}年", detail_en=str(day.day.year))


def budget_made(day: Day) -> None:
    """On 1 January the budget follows the schools, students and teachers of that day."""
    day.county.kept.budgeted.append(snapshot(day.county))
    day.note("budget_made", detail_zh=f"{day.day.year}年", detail_en=str(day.day.year))


def figures_corrected(day: Day) -> None:
    """On 12 November one figure each of some schools whose records have left what they filed behind."""
    county, rng = day.county, day.random("corrections")
    now = {school.school_id: school for school in county.schools}
    heirs = set(county.heirs.values())  # theirs is the sum of what two schools filed
    able = [
        (now[school.school_id], stale)
        for school in filing_schools(county.filed)
        if school.school_id in now.keys() - heirs - {school_in_book(county.filed).school_id}
        if (stale := _stale(school, now[school.school_id]))
    ]
    chosen = rng.permutation(len(able))[: max(1, round(len(able) * _CORRECT))]
    for place in sorted(chosen.tolist()):
        school, stale = able[place]
        stage, measure, before, after = stale[int(rng.integers(len(stale)))]
        _file_anew(day, "form_corrected", school, stage, measure, before, after)


def book_sent_again(day: Day) -> None:
    """On 25 September the book of statistics, where it is one of a school year that began while the county moved."""
    county = day.county
    if county.filed is county.first:
        return
    old = school_in_book(county.filed)
    now = next((school for school in county.schools if school.school_id == old.school_id), None)
    for stage, measure, before, after in _stale(old, now) if now else []:
        _file_anew(day, "book_sent_again", now, stage, measure, before, after)


def _file_anew(day: Day, kind: str, school: School, stage: str, measure: str, before: Decimal, after: Decimal) -> None:
    day.county.kept.corrected[school.school_id, stage, measure] = after
    day.note(kind, school, stage, measure, before, after)


def _stale(filed: School, now: School) -> list[tuple[str, str, Decimal, Decimal]]:
    """Stage, measure, filed and present figure of those that differ."""
    old = {(stage, measure): value for stage, measure, value in filed_figures(filed)}
    new = {(stage, measure): value for stage, measure, value in filed_figures(now)}
    return [(*key, old[key], new[key]) for key in sorted(old.keys() & new.keys()) if old[key] != new[key]]

