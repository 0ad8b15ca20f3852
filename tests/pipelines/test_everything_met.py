"""A whole run, gates and release included, of a county that meets every indicator of the standard."""

from __future__ import annotations

from datetime import date

import pytest

from county_run import Run, run_county
from sandbox.fulfilment import EVERYTHING
from sandbox.make import make_sandbox
from sandbox.serve import serve

PARTS = ("preconditions", "resource", "government", "quality", "social", "veto", "all")


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> Run:
    """Sixteen schools: every kind, a private one, one without students."""
    folder = tmp_path_factory.mktemp("everything-met")
    make_sandbox(folder / "sandbox", schools=16, students=1600, fulfilling=EVERYTHING, as_of=date(2025, 9, 1))
    with serve(folder / "sandbox") as settings:
        return run_county(folder / "home", settings)


def test_it_is_published(run):
    assert int(run.code) == 0, run.record.messages


def test_every_part_passes(run):
    found = {row["part"]: (row["verdict"], row["reasons"]) for row in run.rows("county_compliance")}
    assert found == dict.fromkeys(PARTS, ("pass", []))


def test_every_school_meets_all_seven(run):
    judged = [row for row in run.rows("school_compliance") if row["verdict"] != "out_of_scope"]
    assert judged and {(row["verdict"], row["indicators_met"]) for row in judged} == {("pass", 7)}
