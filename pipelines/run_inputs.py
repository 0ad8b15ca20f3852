"""Run inputs: the ledger, the gate's list, the day and the journals so far, as tables that models read.

Here: settling which day a run speaks of and writing the input tables.
Not here: deliveries themselves (intake.py).
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import dagster as dg
import pyarrow.parquet as pq

from pipelines.automation import CONTEXT, INPUTS_OF_A_RUN
from pipelines.resources import Home
from pipelines.rule_changes import log_changed_rules
from pipelines.rule_sets import rule_set_problems
from sources.register import SOURCES
from warehouse import decisions
from warehouse.clock import today
from warehouse.journals import continued_release, hand_over
from warehouse.layout import write_run_context
from warehouse.mending import lost
from warehouse.release import current_release, next_release_id

DELIVERIES = dg.AssetKey(["ledger", "deliveries"])
QUARANTINED_ROWS = dg.AssetKey(["ledger", "quarantined_rows"])
PREVIOUS_HISTORY = dg.AssetKey(["run", "previous_history"])
PREVIOUS_LEDGER = dg.AssetKey(["run", "previous_ledger"])
PREVIOUS_QUARANTINE = dg.AssetKey(["run", "previous_quarantine"])
DECISIONS = dg.AssetKey(["ledger", "decisions"])


class RunQuestion(dg.Config):
    """What is asked of a run. Empty: the newest day that the deliveries speak of,
    and the rule set of the settings. `period_begins`: a period is judged again that begins
    that day; the run speaks of no later day than the deliveries do."""

    as_of: str = ""
    rule_set: str = ""
    period_begins: str = ""

    def day(self, newest: date | None) -> date | None:
        """The day that the run speaks of; None where there is nothing to judge."""
        if newest is None or not self.as_of:
            return newest
        if self.period_begins:
            return None if date.fromisoformat(self.period_begins) > newest else min(date.fromisoformat(self.as_of), newest)
        return date.fromisoformat(self.as_of)


NOTHING_TO_JUDGE = {
    "message_en": "No delivery is acceptable, so there is nothing to judge and no release is made. "
    "`junheng doctor` says which sources are on and what was refused.",
    "message_zh": "没有任何可用的数据交付，无法判定，也不会发布。请运行 junheng doctor 查看数据源状态与被退回的文件。",
}


NOTHING_OF_THE_PERIOD = {
    "message_en": "Nothing that was delivered speaks of this period yet, so there is nothing to judge again.",
    "message_zh": "尚无该期间的数据交付，无可重算。",
}


def run_inputs() -> dg.AssetsDefinition:
    """Tables that every model may read: deliveries, stopped rows, the run's day, the journals so far."""
    raw = [dg.AssetKey([source.name, table.name]) for source in SOURCES for table in source.tables]
    described = {
        DELIVERIES: "收到的全部数据交付 / every delivery: what it is, when it speaks of, what became of it",
        QUARANTINED_ROWS: "被验收拦下的行及原因 / rows that a gate stopped, and why",
        DECISIONS: "人工决定日志 / what people decided, and why",
        CONTEXT: "本次运行的数据日期与规则版本 / the day and the rule set of this run",
        PREVIOUS_HISTORY: "所接续版本的指标历史 / indicator history as the release said it that this run continues",
        PREVIOUS_LEDGER: "所接续版本的整改台账 / rectification ledger as the release said it that this run continues",
        PREVIOUS_QUARANTINE: "所接续版本的隔离数据 / quarantine as the release said it that this run continues",
    }
    specs = [
        dg.AssetSpec(
            key,
            deps=raw,
            group_name="raw",
            automation_condition=INPUTS_OF_A_RUN,
            description=text,
            kinds={"parquet"},
            owners=["team:data-engineering"],
            tags={"layer": "raw"},
        )
        for key, text in described.items()
    ]

    @dg.multi_asset(name="run_inputs", specs=specs, pool="warehouse")
    def settle(context: dg.AssetExecutionContext, home: Home, config: RunQuestion) -> Iterator[dg.MaterializeResult]:
        rule_set = config.rule_set or home.settings.rule_set
        if problems := rule_set_problems(rule_set):
            home.record.misconfigured = " ".join(problems)
            raise dg.Failure(home.record.misconfigured)
        with home.record.stage("run inputs"):
            before = write_run_inputs(home, config, rule_set)
        decided = pq.read_metadata(home.layout.decisions_snapshot).num_rows
        yield dg.MaterializeResult(asset_key=DELIVERIES, metadata={"dagster/row_count": len(home.ledger.records())})
        yield dg.MaterializeResult(asset_key=QUARANTINED_ROWS)
        yield dg.MaterializeResult(asset_key=DECISIONS, metadata={"dagster/row_count": decided})
        yield dg.MaterializeResult(asset_key=CONTEXT, metadata={"as-of date": home.record.as_of_date.isoformat(), "rule set": rule_set})
        for journal in (PREVIOUS_HISTORY, PREVIOUS_LEDGER, PREVIOUS_QUARANTINE):
            yield dg.MaterializeResult(asset_key=journal, metadata={"continues": before.name if before else "nothing"})

    return settle


def write_run_inputs(home: Home, question: RunQuestion, rule_set: str) -> Path | None:
    """Settle the day of the run and write what models read; returns the release that it continues.

    Raises dagster.Failure where no delivery is acceptable, or one that was accepted is lost, after
    writing that down.
    """
    standing = current_release(home.layout)
    gone = lost(home.layout, home.layout.current.resolve() if standing else None)
    home.record.add_check("nothing_lost", not gone, [one.message for one in gone])
    if gone:
        raise dg.Failure("; ".join(one.message["message_en"] for one in gone))
    known = date.fromisoformat(standing["as_of_date"]) if standing else None
    as_of = question.day(home.ledger.newest_as_of(today(at_least=known)))
    if as_of is None or not home.ledger.any_landed(as_of):
        nothing = NOTHING_OF_THE_PERIOD if question.period_begins else NOTHING_TO_JUDGE
        home.record.add_check("deliveries", False, [nothing])
        raise dg.Failure(nothing["message_en"])
    home.record.speaks_of(as_of, rule_set, {source.name: home.ledger.data_in_use(source.name, as_of) for source in SOURCES})
    write_run_context(home.layout, as_of, rule_set, home.settings.county_code, release_id=next_release_id(home.layout, as_of))
    before = continued_release(home.layout, as_of, rule_set)
    hand_over(home.layout, before)
    home.ledger.write_snapshot()
    log_changed_rules(home.layout, home.settings)
    decisions.write_snapshot(home.layout)
    return before
