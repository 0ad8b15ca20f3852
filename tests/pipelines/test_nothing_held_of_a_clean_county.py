"""A clean county that moves for more than a year, looked at often and both ways in: nothing is ever held."""

from __future__ import annotations

from datetime import date

import pytest
from county_run import run_county

from sandbox.advance import advance_sandbox
from sandbox.make import make_sandbox
from sandbox.serve import serve

DAYS = (0, 1, 15, 30, 61, 91, 122, 151, 181, 212, 242, 273, 303, 314, 334, 365, 366, 400)


@pytest.mark.soak
@pytest.mark.parametrize("files_only", [False, True], ids=["systems", "files"])
@pytest.mark.parametrize("seed", [3, 4])
def test_nothing_is_held_on_any_day(tmp_path, seed, files_only):
    sandbox = tmp_path / "sandbox"
    make_sandbox(sandbox, schools=12, seed=seed, as_of=date(2025, 9, 1), files_only=files_only)
    held = {}
    for before, day in zip((0, *DAYS), DAYS, strict=False):
        if day:
            advance_sandbox(sandbox, day - before)
        with serve(sandbox) as settings:
            run = run_county(tmp_path / "home", settings)
        held[day] = [said["message_en"] for said in run.record.held]
    assert held == {day: [] for day in DAYS}
