"""What teachers get while they stay: degrees, titles, training, lessons of a new term, pay, an end of illness.

Here: the rows of the personnel database, and the counts of the plan that follow.
Not here: who comes and goes (teacher_changes.py).
"""

from __future__ import annotations

import zlib
from datetime import timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sandbox import staff as roles
from sandbox.catalogue import TRAINING_360H
from sandbox.changes import Day
from sandbox.hr_tables import COUNTED_LEVELS
from sandbox.people_rows import added, changed
from sandbox.pupils import coded
from sandbox.staff import STAGES
from sandbox.standard import JUDGED_STAGES, TRAINING_HOURS_A_YEAR, TRAINING_YEARS

_DAYS_OF_ILLNESS = 150  # under half a year, so that who is ill keeps counting
_FINISH = 0.06  # of those without the degree, at each of two days of a year
_AWARDED = 1 / 60  # titles a month for each backbone teacher: about as many as end after five years
_TITLE_DAYS = 5 * 365
_SPRING_HOURS, _LEAST_HOURS = 40, 8
_SPRING, _AUTUMN = (3, 4, 5), (10, 11, 12)
_LACK_HOURS = 1 / 120  # of the teachers, in a county that is not to meet 2.9
_RAISE, _FIRST_PAY = 1.03, 5200.0


def the_ill_come_back(day: Day) -> None:
    """Who fell ill shortly before the first day; the others have been ill for long and count no more."""
    kept = day.county.kept
    table = kept.people["staff"]
    since = table["status_since"].to_numpy().astype("datetime64[D]")
    is_ill = np.array(table["person_status"].to_pylist()) == "病休"
    back = np.flatnonzero(is_ill & kept.staff.is_teacher() & ((np.datetime64(day.day, "D") - since).astype(int) >= _DAYS_OF_ILLNESS))
    if len(back):
        kept.people["staff"] = changed(table, back, {"person_status": "在岗", "status_since": day.day})
        day.note("illness_ended", before=len(back), after=0)


def lessons_given_out(day: Day) -> None:
    """On the first day of a term everybody who teaches has the lessons of the last one; older terms are struck off."""
    kept = day.county.kept
    table, calendar = kept.people["subjects_taught"], day.county.calendar
    teaching = kept.staff.identity[kept.staff.role != roles.RETIRED]
    newest = table.group_by("id_number").aggregate([("term", "max")]).rename_columns(["id_number", "newest"])
    place = pc.index_in(table["id_number"], value_set=newest["id_number"].combine_chunks())
    repeated = pc.and_(pc.equal(table["term"], newest["newest"].take(place)), pc.is_in(table["id_number"], value_set=pa.array(teaching, pa.string())))
    again = table.filter(repeated)
    again = again.set_column(again.schema.get_field_index("term"), table.schema.field("term"), pa.repeat(calendar.term, len(again)))
    recent = table.filter(pc.greater_equal(table["term"], calendar.last_term))
    kept.people["subjects_taught"] = pa.concat_tables([recent, again])
    day.note("lessons_given_out", before=len(recent), after=len(recent) + len(again), detail_zh=calendar.term, detail_en=calendar.term)


def degrees_finished(day: Day) -> None:
    """A few of those whose degree is not above the required one get one that is."""
    kept, schools = day.county.kept, day.county.schools
    staff, rng = kept.staff, day.random("degrees")
    able = np.flatnonzero(staff.is_teacher() & ~staff.is_above & np.isin(staff.stage, [STAGES.index(s) for s in JUDGED_STAGES]))
    chosen = rng.permutation(able)[: max(1, round(len(able) * _FINISH))]
    if not len(chosen):
        return
    _count_marks(day, "degree_finished", chosen, "above_degree", +1)
    staff.is_above[chosen] = True
    columns = {
        "id_number": staff.identity[chosen],
        "degree": [coded(schools[place].style, "21", "本科毕业") for place in staff.school[chosen].tolist()],
        "graduated_month": day.day.strftime("%Y-%m"),
    }
    kept.people["degrees"] = added(kept.people["degrees"], columns, len(chosen))


def _count_marks(day: Day, kind: str, persons: np.ndarray, mark: str, sign: int) -> None:
    """Bring a mark that full-time teachers got or lost into the plan, by school and stage."""
    staff = day.county.kept.staff
    units, heads = np.unique(np.stack([staff.school[persons], staff.stage[persons]]), axis=1, return_counts=True)
    for (place, stage), number in zip(units.T.tolist(), heads.tolist(), strict=True):
        day.move_teachers(kind, place, STAGES[stage], **{mark: sign * number})


def titles_awarded(day: Day) -> None:
    """On the fifteenth of each month some teachers become backbone teachers of the county for five years."""
    kept = day.county.kept
    staff, rng = kept.staff, day.random("titles")
    able = np.flatnonzero(staff.is_teacher() & ~staff.is_backbone)
    expected = (staff.is_teacher() & staff.is_backbone).sum() * _AWARDED
    chosen = rng.permutation(able)[: int(expected) + int(rng.random() < expected % 1)]
    table = kept.people["backbone_titles"]
    columns = {
        "id_number": staff.identity[chosen], "title": "骨干教师", "level": "县级", "awarded_on": day.day,
        "document_number": [f"教师字〔{day.day.year}〕{len(table) + number}号" for number in range(1, len(chosen) + 1)],
        "valid_to": day.day + timedelta(days=_TITLE_DAYS),
    }  # fmt: skip
    kept.people["backbone_titles"] = added(table, columns, len(chosen))


def titles_begin_and_end(day: Day) -> None:
    """Titles hold from the day of award to their last day; whoever has another one keeps the rank."""
    kept = day.county.kept
    staff, table, today = kept.staff, kept.people["backbone_titles"], np.datetime64(day.day, "D")
    awarded = table["awarded_on"].to_numpy().astype("datetime64[D]")
    until = table["valid_to"].to_numpy().astype("datetime64[D]")
    turning = (awarded == today) | (until == today - 1)
    if not turning.any():
        return
    counts = np.isin(np.array(table["level"].to_pylist()), COUNTED_LEVELS)
    holds = counts & (awarded <= today) & (np.isnat(until) | (until >= today))
    person = np.array(table["id_number"].to_pylist())
    is_holder = np.isin(staff.identity, person[holds])
    touched = staff.is_teacher() & np.isin(staff.identity, person[turning])
    for kind, who, sign in (
        ("title_received", touched & is_holder & ~staff.is_backbone, +1),
        ("title_ended", touched & ~is_holder & staff.is_backbone, -1),
    ):
        persons = np.flatnonzero(who)
        if len(persons):
            _count_marks(day, kind, persons, "backbone", sign)
            staff.is_backbone[persons] = sign > 0


def training_booked(day: Day) -> None:
    """On the twentieth of the training months, a third of the schools a month.

    In spring the same hours for everybody; in autumn what the five years that end with
    this one still lack, for a few half an hour less where 2.9 is not to be met.
    """
    if day.day.month not in _SPRING + _AUTUMN:
        return
    kept = day.county.kept
    staff, rng, year = kept.staff, day.random("training"), day.day.year
    turn = np.array([zlib.crc32(school.school_id.encode()) % 3 for school in day.county.schools])
    persons = np.flatnonzero(staff.is_teacher() & (turn[staff.school] == day.day.month % 3))
    if not len(persons):
        return
    if day.day.month in _SPRING:
        halves, project = np.full(len(persons), 2 * _SPRING_HOURS), f"{year}年春季集中研修（模拟）"
    else:
        halves, project = _lacking(day, persons, rng), f"{year}年秋季集中研修（模拟）"
    columns = {"id_number": staff.identity[persons], "training_year": year, "project": project, "hours": halves / 2}
    kept.people["training_hours"] = added(kept.people["training_hours"], columns, len(persons))
    for place in np.unique(staff.school[persons]).tolist():
        hours = int(halves[staff.school[persons] == place].sum())
        day.note("training_booked", day.county.schools[place], "", "training_hours", 0, hours // 2, project, project)


def _lacking(day: Day, persons: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Half hours to book for each person."""
    kept, year = day.county.kept, day.day.year
    table = kept.people["training_hours"]
    window = pc.and_(pc.greater(table["training_year"], year - TRAINING_YEARS), pc.less_equal(table["training_year"], year))
    booked = table.filter(window).group_by("id_number").aggregate([("hours", "sum")])
    have = dict(zip(booked["id_number"].to_pylist(), booked["hours_sum"].to_pylist(), strict=True))
    halves = np.array([int(2 * have.get(person, 0)) for person in kept.staff.identity[persons].tolist()])
    since = np.array(kept.people["staff"]["teaching_since"].to_pylist(), "datetime64[M]")[persons]
    first_full = since.astype("datetime64[Y]").astype(int) + 1970 + (since != since.astype("datetime64[Y]").astype("datetime64[M]"))
    needed = 2 * TRAINING_HOURS_A_YEAR * np.clip(year + 1 - first_full, 0, TRAINING_YEARS)
    result = np.maximum(needed - halves, 2 * _LEAST_HOURS)
    lacks = (rng.random(len(persons)) < _LACK_HOURS) & (needed - halves > 1) & (TRAINING_360H not in day.county.wishes.met)
    return np.where(lacks, needed - halves - 1, result)


def pay_booked(day: Day) -> None:
    """On 1 January the twelve months of the past year, for everybody while in service."""
    kept, year = day.county.kept, day.day.year - 1
    staff, table, rng = kept.staff, kept.people["monthly_pay"], day.random("pay")
    before = table.filter(pc.starts_with(table["pay_month"], str(year - 1)))
    before = before.group_by("id_number").aggregate([("gross_yuan", "sum"), ("pay_month", "count_distinct")])
    sums = zip(*(before[name].to_pylist() for name in ("id_number", "gross_yuan_sum", "pay_month_count_distinct")), strict=True)
    usual = {person: float(total) / months for person, total, months in sums}
    of_person = np.array([usual.get(person, _FIRST_PAY) for person in staff.identity.tolist()]) * _RAISE
    people = kept.people["staff"]
    joined = np.array(people["teaching_since"].to_pylist(), "datetime64[M]")
    retired = np.where(staff.role == roles.RETIRED, people["status_since"].to_numpy().astype("datetime64[M]"), np.datetime64("9999-12"))
    month = np.tile(np.arange(f"{year}-01", f"{year + 1}-01", dtype="datetime64[M]"), len(staff))
    person = np.repeat(np.arange(len(staff)), 12)
    served = joined[person] <= month
    month, person = month[served], person[served]
    cents = np.rint(of_person[person] * 100).astype(int) + rng.integers(0, 9_999, size=len(person))
    budget = np.array([school.budget_unit_code for school in day.county.schools])[staff.school]
    columns = {
        "id_number": staff.identity[person], "pay_month": month.astype(str), "budget_unit_code": budget[person],
        "person_status": np.where(month > retired[person], "退休", "在职"), "gross_yuan": cents / 100,
    }  # fmt: skip
    kept.people["monthly_pay"] = added(table, columns, len(person))
    day.note("pay_booked", before=0, after=len(person), detail_zh=f"{year}年", detail_en=str(year))
