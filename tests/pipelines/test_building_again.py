"""How much dbt builds: what was asked for, and whatever is not as raw has it."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pipelines.lineage import built_in_every_run, moved_by
from pipelines.transform import to_build
from sources.register import SOURCES
from warehouse.built import Built, ledger_state, remember, remembered
from warehouse.layout import Layout

NAMES = [source.name for source in SOURCES]
BEFORE = Built("project", "2025-09-01", "cn-2017-6", "410183", {name: "0" for name in NAMES})
EVERYTHING = ()


def after(*moved: str) -> Built:
    return dataclasses.replace(BEFORE, sources=BEFORE.sources | {name: "1" for name in moved})


def test_what_was_asked_for_is_enough_where_nothing_else_moved():
    asked = moved_by(["finance_budget"])
    assert to_build(after("finance_budget"), BEFORE, asked) == tuple(sorted(asked))


def test_a_source_that_an_earlier_run_left_behind_is_built_with_it():
    built = to_build(after("finance_budget", "student_status"), BEFORE, moved_by(["finance_budget"]))
    assert set(built) == moved_by(["finance_budget", "student_status"])


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(moved=st.sets(st.sampled_from(NAMES)), asked=st.sets(st.sampled_from(NAMES), min_size=1))
def test_everything_that_moved_is_always_built(moved, asked):
    built = to_build(after(*moved), BEFORE, moved_by(asked))
    assert set(built) == moved_by(moved | asked)


@pytest.mark.parametrize(
    "other", [{"as_of_date": "2025-10-01"}, {"rule_set": "draft"}, {"county_code": None}, {"project": "another"}]
)
def test_another_day_or_other_rules_leave_no_model_as_it_is(other):
    assert to_build(dataclasses.replace(BEFORE, **other), BEFORE, moved_by(["survey"])) == EVERYTHING


def test_without_a_memory_everything_is_built():
    assert to_build(BEFORE, None, moved_by(["survey"])) == EVERYTHING
    assert to_build(BEFORE, BEFORE, None) == EVERYTHING


def test_every_run_builds_what_hangs_on_the_run_itself():
    assert built_in_every_run() <= moved_by([])


def test_the_memory_is_kept_whole_or_not_at_all(tmp_path):
    path = tmp_path / "built_from.json"
    assert remembered(path) is None
    remember(path, BEFORE)
    assert remembered(path) == BEFORE
    for spoilt in ("", "{", "[]", '{"project": "x"}', '{"another": 1}'):
        path.write_text(spoilt, encoding="utf-8")
        assert remembered(path) is None


def test_a_record_written_or_taken_away_is_another_state_of_its_source_alone(tmp_path):
    layout = Layout(tmp_path)
    folder = layout.ledger / "survey" / "answers"
    folder.mkdir(parents=True)
    states = [ledger_state(layout, "survey")]
    record, other = folder / "a.json", ledger_state(layout, "finance_budget")
    record.write_text("{}", encoding="utf-8")
    states.append(ledger_state(layout, "survey"))
    record.unlink()
    states.append(ledger_state(layout, "survey"))
    assert len(set(states)) == 3
    assert ledger_state(layout, "survey") == states[-1]
    assert ledger_state(layout, "finance_budget") == other
