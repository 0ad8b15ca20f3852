"""Many counties in one warehouse, through the readers and the models and past the gates.

Here: what a run does, without Great Expectations and without Dagster, because judging
hundreds of sound files costs minutes and decides nothing here: every file goes through
its reader, is landed and settled as in a run, and dbt builds once for all counties.
Not here: the gates (a whole run of one such county goes through them), and what a
test expects.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from concurrent.futures import Future
from datetime import date
from functools import cached_property
from pathlib import Path

import duckdb

from county_run import environment
from expectations.delivery_gate import DeliveryVerdict
from pipelines.intake import take_in
from pipelines.settings import Settings
from sources.register import SOURCES
from warehouse.delivery_record import LANDED
from warehouse.journals import hand_over
from warehouse.landing import PendingDelivery
from warehouse.layout import Layout, write_run_context
from warehouse.ledger import Ledger
from warehouse.ledger_tables import QUARANTINED_ROWS
from warehouse.release import next_release_id


class Counties:
    """What the models say of every county."""

    def __init__(self, warehouse: Path):
        self._warehouse = warehouse

    def rows(self, table: str) -> list[dict]:
        with duckdb.connect(str(self._warehouse)) as warehouse:
            return warehouse.sql(f"select * from main.{table}").to_arrow_table().to_pylist()

    @cached_property
    def compliance(self) -> dict[str, dict[str, dict]]:
        """Rows of county_compliance by county and part."""
        result: dict[str, dict[str, dict]] = defaultdict(dict)
        for row in self.rows("county_compliance"):
            result[row["county_code"]][row["part"]] = row
        return result


def judged_together(home: Path, settings: Mapping[str, str], as_of: date, rule_set: str = "cn-2017-6") -> Counties:
    """Take in everything that `settings` point at and build the models once.

    Raises AssertionError when a source offers something that is refused or held.
    """
    with environment(**{**settings, "JUNHENG_HOME": str(home)}):
        ours = Settings()
        layout = Layout(ours.home)
        layout.prepare()
        ledger = Ledger(layout)
        for source in SOURCES:
            intake = take_in(source, ours, layout, ledger, _sound)
            stopped = [*intake.refused, *intake.held]
            assert not stopped, [record.message_en for record in stopped[:3]]
        write_run_context(layout, as_of, rule_set, ours.county_code, release_id=next_release_id(layout, as_of))
        hand_over(layout, None)  # a first release continues no other
        ledger.write_snapshot()
        _build(layout)
    return Counties(layout.warehouse_file)


def _sound(pending: PendingDelivery) -> Future[DeliveryVerdict]:
    """The verdict of a gate that found nothing."""
    verdict: Future[DeliveryVerdict] = Future()
    verdict.set_result(DeliveryVerdict(LANDED, QUARANTINED_ROWS.empty_table(), pending.record.rows_delivered or 0))
    return verdict


def _build(layout: Layout) -> None:
    """One dbt build, as a run does it; raises AssertionError with dbt's own words."""
    from pipelines.transform import build

    failed = [f"{r.node.name}: {r.message}" for r in build(_Home(layout)) if r.status in ("error", "fail")]
    assert not failed, failed


class _Home:
    """The one thing that a build asks of a run's home."""

    def __init__(self, layout: Layout):
        self.layout = layout
