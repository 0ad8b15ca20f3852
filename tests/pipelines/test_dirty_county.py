"""Dirty counties through the whole pipeline: every planted fault met as it must be, and no number wrong where nothing was hit."""

from __future__ import annotations

import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from against_truth import CHECKS, it_publishes
from county_run import Run, run_county
from sandbox.dirt.kind import QUARANTINED, READ_RIGHT
from sandbox.dirt.kinds import USUAL_RATE, all_kinds, rates
from sandbox.make import make_sandbox
from sandbox.scorer import Score, score
from sandbox.serve import serve

SMALL = [(12, 3, 1, False), (12, 5, 10, False)]
FIVE_SEEDS = [(20, seed, times, False) for seed in range(1, 6) for times in (1, 10)]
LARGE = [(schools, seed, times, False) for schools, seed in ((40, 6), (64, 7), (128, 8)) for times in (1, 10)]
FILES = [(12, 4, 1, True), (20, 6, 10, True)]


def run_of(folder: Path, schools: int, seed: int, dirt: dict[str, float], *, files_only: bool = False) -> Run:
    make_sandbox(folder / "county", schools=schools, seed=seed, dirt=dirt, files_only=files_only)
    with serve(folder / "county") as settings:
        return run_county(folder / "home", settings)


def say(result: Score) -> str:
    missed = [(answer.kind, answer.file, answer.row or answer.row_key, answer.rule) for answer in result.missed[:5]]
    return f"missed {missed}; false alarms {result.false_alarms[:5]}; wrong {result.truth.wrong[:5]}"


def all_was_met(folder: Path, schools: int, seed: int, times: int, files_only: bool) -> tuple[Run, Score]:
    run = run_of(folder, schools, seed, rates(times * USUAL_RATE, []), files_only=files_only)
    result = score(folder / "county", run.release)
    assert not result.missed, say(result)
    assert not result.truth.wrong, say(result)
    assert len(result.false_alarms) * 1000 <= result.rows, say(result)
    # schools that nothing hit were held against the truth, and not none of them
    assert result.truth.rows > 5 * schools
    return run, result


@pytest.fixture(scope="module", params=SMALL, ids=lambda county: f"{county[0]}-schools-seed-{county[1]}-times-{county[2]}")
def small(request, tmp_path_factory) -> tuple[Path, Run, Score]:
    folder = tmp_path_factory.mktemp("dirty")
    return folder, *all_was_met(folder, *request.param)


def test_every_fault_is_met_as_it_must_be(small):
    _, run, result = small
    assert result.is_good and int(run.code) == 4
    assert result.found == result.planted and set(result.planted) >= {kind.name for kind in all_kinds() if kind.outcome == QUARANTINED}


@pytest.mark.soak
@pytest.mark.parametrize(("schools", "seed", "times", "files_only"), [*FIVE_SEEDS, *LARGE, *FILES])
def test_faults_of_other_counties_are_met(tmp_path, schools, seed, times, files_only):
    all_was_met(tmp_path, schools, seed, times, files_only)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(1, 6))
def test_a_clean_county_alarms_nobody(tmp_path, seed):
    run = run_of(tmp_path, 20, seed, {})
    result = score(tmp_path / "county", run.release)
    assert int(run.code) == 0 and result.false_alarms == [] and result.is_good, say(result)
    # nothing is hit, so every row of the truth is held against the release
    told = [path for path in (tmp_path / "county" / "truth").glob("*.csv") if path.name != "survey_result.csv"]
    assert result.truth.rows == sum(len(path.read_text("utf-8-sig").splitlines()) - 1 for path in told)


@pytest.fixture(scope="module")
def harmless(tmp_path_factory) -> tuple[Path, Run]:
    """Everything that must be read right, at ten times the usual rate, and nothing else."""
    folder = tmp_path_factory.mktemp("harmless")
    asked = {kind.name: min(1.0, 10 * kind.rate) for kind in all_kinds() if kind.outcome == READ_RIGHT}
    return folder, run_of(folder, 12, 7, asked)


@pytest.mark.parametrize("check", [check for check in CHECKS if check is not it_publishes], ids=lambda check: check.__name__)
def test_what_must_be_read_right_changes_no_number_of(harmless, check):
    folder, run = harmless
    check(run, folder / "county" / "truth")


def test_what_must_be_read_right_alarms_nobody(harmless):
    folder, run = harmless
    result = score(folder / "county", run.release)
    assert int(run.code) == 0, run.record.messages
    assert result.planted and not result.missed and result.false_alarms == [], say(result)


# --- the scorer itself: a release that is tampered with


def tampered(small, tmp_path: Path, table: str, change) -> Score:
    folder, run, _ = small
    release = tmp_path / "release"
    shutil.copytree(run.release, release)
    path = release / f"{table}.parquet"
    path.chmod(0o644)
    pq.write_table(change(pq.read_table(path)), path)
    return score(folder / "county", release)


def test_a_stopped_row_that_is_not_told_is_missed(small, tmp_path):
    result = tampered(small, tmp_path, "quarantine", lambda rows: rows.slice(1))
    assert 1 <= len(result.missed) <= 2 and not result.is_good


def test_a_row_stopped_for_nothing_is_a_false_alarm(small, tmp_path):
    def with_another(rows: pa.Table) -> pa.Table:
        place = rows.schema.get_field_index("rule")
        one = rows.slice(0, 1)
        return pa.concat_tables([rows, one.set_column(place, rows.schema.field(place), pa.array(["bad_weather"], rows.schema.field(place).type))])

    result = tampered(small, tmp_path, "quarantine", with_another)
    assert len(result.false_alarms) == len(small[2].false_alarms) + 1 and not result.missed


def test_a_wrong_number_of_a_school_that_nothing_hit_is_wrong(small, tmp_path):
    def one_more(rows: pa.Table) -> pa.Table:
        place = rows.schema.get_field_index("students")
        return rows.set_column(place, rows.schema.field(place), pa.array([(count or 0) + 1 for count in rows["students"].to_pylist()], rows.schema.field(place).type))

    result = tampered(small, tmp_path, "school_unit", one_more)
    assert result.truth.wrong and not result.is_good


def test_a_verdict_that_the_truth_does_not_know_is_wrong(small, tmp_path):
    def with_another(rows: pa.Table) -> pa.Table:
        place = rows.schema.get_field_index("school_id")
        one = rows.slice(0, 1)
        return pa.concat_tables([rows, one.set_column(place, rows.schema.field(place), pa.array(["2141999999"], rows.schema.field(place).type))])

    result = tampered(small, tmp_path, "school_compliance", with_another)
    assert any("2141999999" in line for line in result.truth.wrong) and not result.is_good


def test_a_refusal_that_is_not_told_is_missed(small, tmp_path):
    def all_in_use(rows: pa.Table) -> pa.Table:
        place = rows.schema.get_field_index("status")
        return rows.set_column(place, rows.schema.field(place), pa.array(["in_use"] * len(rows), rows.schema.field(place).type))

    result = tampered(small, tmp_path, "delivery", all_in_use)
    assert {answer.expected for answer in result.missed} == {"file_refused", "held"}
