"""Forms and budgets: those of a new year, and figures that are filed again.

Here: when they are made, and which figure is corrected. A correction speaks of its own
day, so that what was filed for an earlier day stays what it was; only a book of
statistics is sent again under its name. Not here: their files (declared.py, finance.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sandbox.changes import Day
from sandbox.declared import filed_figures, filing_schools, school_in_book
from sandbox.kept import snapshot
from sandbox.plan import School
from sandbox.pupil_changes import refresh_classes

_CORRECT = 0.15  # of the schools that filed


@dataclass(frozen=True)
class Correction:
    """One figure as it is filed again."""

    school: School
    stage: str
    measure: str
    value: Decimal


def forms_filed(day: Day) -> None:
    """On 1 September schools file what they have on that day."""
    refresh_classes(day)
    day.county.kept.filed = snapshot(day.county)
    day.note("forms_filed", detail_zh=f"{day.day.year}年", detail_en=str(day.day.year))


def budget_made(day: Day) -> None:
    """On 1 January the budget follows the schools, students and teachers of that day."""
    day.county.kept.budgeted = snapshot(day.county)
    day.note("budget_made", detail_zh=f"{day.day.year}年", detail_en=str(day.day.year))


def corrections(day: Day) -> list[Correction]:
    """One figure each of some schools whose records have left what they filed behind, by school."""
    county, rng = day.county, day.random("corrections")
    filed = county.kept.filed
    now = {school.school_id: school for school in county.schools}
    heirs = set(county.kept.heirs.values())
    able = [
        (now[school.school_id], stale)
        for school in filing_schools(filed)
        if school is not school_in_book(filed) and school.school_id in now and school.school_id not in heirs
        if (stale := _stale(school, now[school.school_id]))
    ]
    chosen = rng.permutation(len(able))[: max(1, round(len(able) * _CORRECT))]
    result = []
    for place in sorted(chosen.tolist()):
        school, stale = able[place]
        stage, measure, before, after = stale[int(rng.integers(len(stale)))]
        result.append(Correction(school, stage, measure, after))
        _note(day, school, stage, measure, before, after)
    return result


def book_is_stale(day: Day) -> bool:
    """Whether the book of statistics is sent again: only one of a school year that began while the county moved."""
    filed = day.county.kept.filed
    if filed is day.county.kept.first:
        return False
    old = school_in_book(filed)
    now = next((school for school in day.county.schools if school.school_id == old.school_id), None)
    stale = _stale(old, now) if now else []
    for stage, measure, before, after in stale:
        _note(day, now, stage, measure, before, after)
    return bool(stale)


def _stale(filed: School, now: School) -> list[tuple[str, str, Decimal, Decimal]]:
    """Stage, measure, filed and present figure of those that differ."""
    old = {(stage, measure): value for stage, measure, value in filed_figures(filed)}
    new = {(stage, measure): value for stage, measure, value in filed_figures(now)}
    return [(*key, old[key], new[key]) for key in sorted(old.keys() & new.keys()) if old[key] != new[key]]


def _note(day: Day, school: School, stage: str, measure: str, before: Decimal, after: Decimal) -> None:
    day.note("form_corrected", school, stage, f"filed:{measure}", before, after)
