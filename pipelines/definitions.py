"""Definitions: the house, assembled by a function. Importing it does nothing heavy.

Here: which assets, jobs and schedules there are.
Not here: what any of them does.
"""

from __future__ import annotations

import dagster as dg


def build_definitions() -> dg.Definitions:
    """The graph from the county's systems to the release, one job, one schedule.

    `junheng run`, the schedule and the button 'Materialize all' run the same
    assets in one process: the data is small, and imports are what costs.
    """
    from pipelines.automation import arrival_assets, automation_sensor
    from pipelines.ingest import raw_assets
    from pipelines.periods import backfill_jobs, delivered_assets
    from pipelines.publish import candidate, release
    from pipelines.resources import Home
    from pipelines.run import EVERYTHING
    from pipelines.run_inputs import run_inputs
    from pipelines.sensors import sensors
    from pipelines.transform import transformation

    everything = dg.define_asset_job(
        EVERYTHING,
        selection=dg.AssetSelection.all(),
        description="从数据源到发布，全部更新 / everything, from the sources to the release",
    )
    daily = dg.ScheduleDefinition(
        name="daily",
        job=everything,
        cron_schedule="0 2 * * *",
        execution_timezone="Asia/Shanghai",
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="每日 02:00（北京时间） / every day at 02:00 Asia/Shanghai",
    )
    return dg.Definitions(
        assets=[*arrival_assets(), *raw_assets(), *delivered_assets(), run_inputs(), transformation(), candidate(), release()],
        jobs=[everything, *backfill_jobs()],
        schedules=[daily],
        sensors=[*sensors(), automation_sensor()],
        resources={"home": Home()},
        executor=dg.in_process_executor,
    )


@dg.definitions
def defs() -> dg.Definitions:
    return build_definitions()
