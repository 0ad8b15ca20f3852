"""Months of pay, school years of statistics, and the rhythm in which each source must come."""

from __future__ import annotations

from datetime import date, timedelta

import dagster as dg
import pytest
from pipelines.periods import GROUP, MONTHS, PAYROLL, PERIODS, RHYTHMS, SCHOOL_YEARS, STATISTICS, question
from pipelines.run_inputs import RunQuestion
from sources.register import SOURCES


@pytest.fixture(scope="module")
def repository():
    from pipelines.definitions import build_definitions

    return build_definitions().get_repository_def()


def test_pay_and_statistics_come_in_periods_and_nothing_else_does(repository):
    graph = repository.asset_graph
    found = {key.to_user_string(): graph.get(key).partitions_def for key in graph.get_all_asset_keys() if graph.get(key).partitions_def}
    assert found == {"delivered/payroll": MONTHS, "delivered/statistics": SCHOOL_YEARS}


def test_every_source_has_a_rhythm_in_the_county_s_own_time(repository):
    graph = repository.asset_graph
    for source in SOURCES:
        policy = graph.get(dg.AssetKey([GROUP, source.name])).freshness_policy
        assert policy == RHYTHMS[source.name]
        assert getattr(policy, "timezone", "Asia/Shanghai") == "Asia/Shanghai"
    assert RHYTHMS["student_status"].deadline_cron == "0 6 * * *"


@pytest.mark.parametrize(
    ("value", "month"), [("2025-03", "2025-03"), ("2014-12", None), ("2025-13", None), ("", None), (None, None), ("9999-01", None)]
)
def test_a_row_of_pay_lies_in_its_month(value, month):
    assert PAYROLL.of_value(value) == month


@pytest.mark.parametrize(
    ("day", "year"),
    [(date(2025, 9, 1), "2025"), (date(2025, 8, 31), "2024"), (date(2026, 1, 1), "2025"), (date(2014, 9, 1), None), (None, None)],
)
def test_a_school_year_begins_on_the_first_of_september(day, year):
    assert STATISTICS.of_value(day) == year


def test_a_month_speaks_of_its_last_day_and_a_school_year_of_its_first():
    assert PAYROLL.as_of("2024-02") == date(2024, 2, 29)
    assert STATISTICS.as_of("2024") == date(2024, 9, 1)
    assert question(PAYROLL, "2024-02") == {"ops": {"run_inputs": {"config": {"as_of": "2024-02-29", "period_begins": "2024-02-01"}}}}


def test_a_period_is_judged_as_of_no_later_day_than_something_was_delivered_of():
    asked = RunQuestion(as_of="2025-09-30", period_begins="2025-09-01")
    assert asked.day(date(2025, 9, 12)) == date(2025, 9, 12)
    assert asked.day(date(2025, 11, 1)) == date(2025, 9, 30)
    assert asked.day(date(2025, 8, 31)) is None
    assert asked.day(None) is None
    assert RunQuestion(as_of="2025-09-30").day(date(2025, 9, 12)) == date(2025, 9, 30)
    assert RunQuestion().day(date(2025, 9, 12)) == date(2025, 9, 12)


@pytest.mark.parametrize("periods", PERIODS, ids=lambda periods: periods.name)
def test_a_period_is_judged_again_without_asking_any_source(repository, periods):
    job = repository.get_job(periods.job_name)
    assert job.partitions_def == periods.partitions
    selected = {key.path[0] for key in job.asset_layer.executable_asset_keys}
    assert not selected & {source.name for source in SOURCES}
    assert {"release", "measure", "ledger", "run"} <= selected


def test_a_deadline_leaves_room_for_a_source_that_comes_in_time():
    """A cron policy with a window longer than its rhythm would pass on last time's delivery."""
    shortest = {"0 6 * * *": timedelta(days=1), "0 0 10 * *": timedelta(days=28), "0 0 1 * *": timedelta(days=28)}
    for policy in (*RHYTHMS.values(), *(periods.freshness for periods in PERIODS)):
        if hasattr(policy, "deadline_cron"):
            assert policy.lower_bound_delta <= shortest.get(policy.deadline_cron, timedelta(days=365)), policy
