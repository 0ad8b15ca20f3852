"""Whatever arrives in whatever order: the verdict is that of one run over what must be accepted of it all.

Runs come between. At the end the verdict tables are held, byte by byte, against those of a home
that met everything at once; the journals against what the releases themselves say, told again in plain
Python. Ten arrivals here, two hundred, with a run after each, in `make soak`.
"""

from __future__ import annotations

from collections.abc import Iterable

import pytest
import replay
from arriving import Arriving
from county_run import Run, run_county

from sandbox.serve import serve
from warehouse.published_tables import PUBLISHED_TABLES, VERDICT

VERDICT_FILES = {f"{table.name}.parquet" for table in PUBLISHED_TABLES if table.kind == VERDICT}
SYSTEMS = ("student_status", "hr_payroll")
ALL_KINDS = (("new", "bad file"), ("repeated", "corrected badly"), ("corrected", "late", "pupil", "out of order", "card", "bad row"))


def lived_through(folder, seed: int, between_runs: Iterable[tuple[str, ...]]) -> tuple[Arriving, list[Run], Run]:
    """The arrivals (a kind of each, "" draws one), the runs, and one run of another home over what must be accepted of them all."""
    arriving = Arriving(folder, seed)
    with serve(arriving.sandbox) as settings:
        runs = [run_county(folder / "home", settings)]
        assert int(runs[0].code) == 0, runs[0].record.messages
        for kinds in between_runs:
            for kind in kinds:
                arriving.arrive(kind)
            runs.append(run_county(folder / "home", settings))
            assert int(runs[-1].code) in (0, 4) and not runs[-1].record.held, (arriving.told, runs[-1].record.messages)
        at_once = run_county(folder / "at once", {**settings, "JUNHENG_INBOX": str(arriving.accepted)})
    assert int(at_once.code) == 0, at_once.record.messages
    return arriving, runs, at_once


def check_the_verdict(arriving: Arriving, runs: list[Run], at_once: Run) -> None:
    differ = {name for name in VERDICT_FILES if runs[-1].sums[name] != at_once.sums[name]}
    assert not differ, arriving.told


def check_the_journals(arriving: Arriving, runs: list[Run], at_once: Run) -> None:
    last, published = runs[-1], [run for run in runs if run.record.outcome == "published"]
    assert all(run.record.became_current for run in published)
    releases = [replay.Release.with_gaps(run.record.release_id, run.record.as_of_date, run.rows) for run in published]
    columns = (*replay.SUBJECT, *replay.SAID, "valid_from", "valid_to", "release_id")
    told = sorted(str([row[name] for name in columns]) for row in last.rows("indicator_history"))
    assert told == sorted(str([row[name] for name in columns]) for row in replay.history_of(releases)), arriving.told
    ledger = {tuple(row[name] for name in replay.ABOUT): row for row in last.rows("rectification_ledger")}
    again = replay.ledger_of(releases)
    assert ledger.keys() == again.keys(), arriving.told
    for about, state in again.items():
        assert {name: ledger[about][name] for name in replay.STATE} == {name: state.get(name) for name in replay.STATE}, arriving.told
    for of_run in (in_use, stopped):
        assert of_run(last) == of_run(at_once), arriving.told


def in_use(run: Run) -> set[tuple]:
    """Files in use, by what they hold; a system was asked more often in one home than in the other."""
    rows = (row for row in run.rows("delivery") if row["status"] == "in_use" and row["source"] not in SYSTEMS)
    return {(row["source"], row["table_name"], row["digest"], row["rows_accepted"]) for row in rows}


def stopped(run: Run) -> set[tuple]:
    rows = (row for row in run.rows("quarantine") if row["status"] == "open")
    return {(row["source"], row["table_name"], row["origin"], row["row_number"], row["column_name"], row["rule"]) for row in rows}


@pytest.fixture(scope="module")
def ten(tmp_path_factory):
    return lived_through(tmp_path_factory.mktemp("ten"), 7, ALL_KINDS)


def test_ten_arrivals_end_in_the_verdict_of_one_run(ten):
    check_the_verdict(*ten)


def test_ten_arrivals_end_in_journals_that_can_be_told_again(ten):
    check_the_journals(*ten)


def test_every_arrival_was_met_as_it_must_be(ten):
    """Else the comparison would be of a county that stood still: bytes repeated and a file refused are no news, all else is."""
    _, runs, _ = ten
    sums = [{name: run.sums[name] for name in VERDICT_FILES} for run in runs]
    assert [before != after for before, after in zip(sums, sums[1:], strict=False)] == [True, False, True]
    refused = [row["origin"] for row in runs[-1].rows("delivery") if row["status"] == "refused"]
    assert len(stopped(runs[-1])) == 1 and len(refused) == 2


@pytest.mark.soak
@pytest.mark.parametrize("seed", [11, 12])
def test_two_hundred_arrivals_at_random_end_in_the_verdict_of_one_run(tmp_path, seed):
    lived = lived_through(tmp_path, seed, [("",)] * 200)
    check_the_verdict(*lived)
    check_the_journals(*lived)
