"""Five releases of a county that moves, in one home: each tells the truth of its own day.

Between them pupils and teachers come and go, titles end, rooms are built, a budget
and a school year begin, and a school is merged into another. The truth of each day
is computed by the sandbox in fractions, from the plan of that day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest

from against_truth import CHECKS
from county_run import Run, run_county
from sandbox.advance import advance_sandbox
from sandbox.make import make_sandbox
from sandbox.serve import serve
from warehouse.published_tables import PUBLISHED_TABLES, VERDICT

FIRST = date(2025, 9, 1)
DAYS = (0, 30, 61, 200, 400)  # the first school year, its second month, a new budget, a new school year after a merger
VERDICT_FILES = {f"{table.name}.parquet" for table in PUBLISHED_TABLES if table.kind == VERDICT}


@dataclass(frozen=True)
class Moved:
    """The runs by day since the first, a last run that asks for the first day again, and the sandbox."""

    runs: dict[int, Run]
    first_again: Run
    sandbox: Path

    def truth(self, day: int) -> Path:
        return self.sandbox / "truth" / "days" / (FIRST + timedelta(days=day)).isoformat()


@pytest.fixture(scope="module")
def moved(tmp_path_factory) -> Moved:
    folder = tmp_path_factory.mktemp("moving")
    sandbox, home = folder / "sandbox", folder / "home"
    make_sandbox(sandbox, schools=20, seed=3, as_of=FIRST)
    runs: dict[int, Run] = {}
    for day in DAYS:
        if day:
            advance_sandbox(sandbox, day - max(runs))
        with serve(sandbox) as settings:
            runs[day] = run_county(home, settings)
    with serve(sandbox) as settings:
        first_again = run_county(home, settings, as_of=FIRST.isoformat())
    return Moved(runs, first_again, sandbox)


def test_nothing_is_held_of_a_county_that_only_moves(moved):
    """A merger, a new school year, a new budget and a year of purchases are no reason to wait for a person."""
    assert {day: run.record.held for day, run in moved.runs.items()} == {day: [] for day in DAYS}


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_each_release_tells_the_truth_of_its_day(moved, day, check):
    check(moved.runs[day], moved.truth(day))


@pytest.mark.parametrize("day", DAYS)
def test_each_release_speaks_of_its_day_and_stops_no_row(moved, day):
    run = moved.runs[day]
    assert {row["as_of_date"] for row in run.rows("school_unit")} == {FIRST + timedelta(days=day)}
    assert run.rows("quarantine") == []


def test_every_release_is_another_one(moved):
    assert len({run.record.release_id for run in moved.runs.values()}) == len(DAYS)
    values = [{(r["school_id"], r["stage"]): r["students"] for r in run.rows("school_unit")} for run in moved.runs.values()]
    assert all(before != after for before, after in zip(values, values[1:], strict=False))


def test_the_first_day_asked_for_again_is_the_same_bytes(moved):
    assert int(moved.first_again.code) == 0, moved.first_again.record.messages
    assert moved.first_again.release != moved.runs[0].release
    first, again = moved.runs[0].sums, moved.first_again.sums
    assert {name: again[name] for name in VERDICT_FILES} == {name: first[name] for name in VERDICT_FILES}


def test_the_merged_school_is_gone_and_what_it_had_is_not(moved):
    """The school is in no table of the last release, and the areas of the county's primary schools are no less for it."""
    before, after = ({row["school_id"]: row["school_type"] for row in moved.runs[day].rows("school")} for day in (200, 400))
    assert before.keys() - after.keys() and not after.keys() - before.keys()
    primary = {school for school, kind in before.items() if kind in ("primary_school", "teaching_point")}
    areas = {
        day: sum(row["teaching_area_m2"] for row in moved.runs[day].rows("school_fact") if row["school_id"] in primary) for day in (200, 400)
    }
    assert areas[400] >= areas[200] * (1 - 1e-12)
