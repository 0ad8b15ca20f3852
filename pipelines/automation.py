"""Automation: what an arrival moves, said once, as Dagster's automation conditions.

Here: the assets that stand for arrivals, the condition of every other asset, and the sensor
that evaluates them. An arrival and all that depends on it are asked for in one tick, and so in
one run.
Not here: noticing an arrival (sensors.py), what depends on what (lineage.py and the assets themselves).

A run's own inputs (the ledger's lists, the day, the rules) hang between every source and every
model. An update of theirs moves nothing else: what an arrival changes in them is of its own
source, and a run that finds the day or the rules changed builds everything (transform.py).
"""

from __future__ import annotations

from functools import cache

import dagster as dg
from dagster import AutomationCondition as When

from pipelines.lineage import OF_THE_RUN, built_in_every_run
from sources.declaration import Source
from sources.register import SOURCES

GROUP = "arrivals"
SECONDS_BETWEEN_TICKS = 5

CONTEXT = dg.AssetKey(["run", "context"])
RELEASE = dg.AssetKey("release")


def arrival_key(source_name: str) -> dg.AssetKey:
    """The asset that stands for what lies before a source's door."""
    return dg.AssetKey([GROUP, source_name])


_IDLE = ~When.in_progress()
# What arrives while a run is on its way to a release waits for its end: taken in before, it would need
# a run for itself and another one for what depends on it.
_NO_RELEASE_ON_ITS_WAY = ~When.asset_matches(RELEASE, When.in_progress())

# Of a source's tables: something new lies before the door, as a sensor says.
ARRIVED = (
    When.any_deps_updated().allow(dg.AssetSelection.assets(*(arrival_key(source.name) for source in SOURCES))).since_last_handled()
    & _IDLE
    & _NO_RELEASE_ON_ITS_WAY
).with_label("arrived")

# A dependency whose blocking check has failed and is not asked for again in this very tick. The ready-made
# `all_deps_blocking_checks_passed` also wants checks to have passed before that run with their assets, and
# would stop at the first one in a new home.
_SOUND = ~When.any_deps_match(
    When.any_checks_match(When.check_failed(), blocking_only=True) & ~When.will_be_requested()
).with_label("blocking_check_failed")

# Of the run's inputs, which hang on every table of every source: raw that is not what it was stops a run here.
INPUTS_OF_A_RUN = (
    (When.any_deps_match(When.will_be_requested()) | When.any_deps_updated().since_last_handled()) & _SOUND & _IDLE
).with_label("inputs_of_a_run")

# Nothing behind raw is built but in a run that first settles its day and its lists.
_WITH_A_RUN = When.asset_matches(CONTEXT, When.will_be_requested())

# Of models that hang on the run's inputs alone.
IN_EVERY_RUN = (_WITH_A_RUN & _IDLE).with_label("in_every_run")


@cache
def depends_on_arrivals() -> When:
    """The condition of models, candidate and release: something that it is made of is made anew,
    and no blocking check of what stays as it is has failed."""
    of_the_run = dg.AssetSelection.groups("raw") & dg.AssetSelection.key_prefixes(*([name] for name in sorted(OF_THE_RUN)))
    passed_by = of_the_run | dg.AssetSelection.assets(*sorted(built_in_every_run()))
    # `since_last_handled` forgets what comes in the tick that first sees the asset itself made, the end of the run
    # before: what is asked for in this very tick counts whatever that run left behind.
    asked_for_now = When.any_deps_match(When.will_be_requested()).ignore(passed_by)
    moved = asked_for_now | When.any_deps_updated().ignore(passed_by).since_last_handled()
    return (moved & _WITH_A_RUN & _SOUND & _IDLE).with_label("depends_on_arrival")


def condition_of_model(name: str) -> When:
    """The condition of a dbt model by its name."""
    return IN_EVERY_RUN if name in built_in_every_run() else depends_on_arrivals()


def arrival_assets() -> list[dg.AssetSpec]:
    """One asset a source that no run makes: a sensor says when it has changed."""
    return [_arrival(source) for source in SOURCES]


def _arrival(source: Source) -> dg.AssetSpec:
    return dg.AssetSpec(
        key=arrival_key(source.name),
        group_name=GROUP,
        description=f"{source.label_zh}有新到或更正的数据 / {source.label_en}: something new or corrected has arrived",
        kinds={"sensor"},
        owners=["team:data-engineering"],
        tags={"layer": GROUP, "source": source.name},
    )


def automation_sensor() -> dg.AutomationConditionSensorDefinition:
    """Evaluates the conditions; on from the first start."""
    return dg.AutomationConditionSensorDefinition(
        "arrivals_move",
        target=dg.AssetSelection.all(),
        minimum_interval_seconds=SECONDS_BETWEEN_TICKS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        run_tags={"junheng/because": "arrival"},
        description="有数据到达时，仅重算受其影响的部分 / rebuilds what an arrival moves, in one run",
    )
