"""Back-filling: periods judged again, one after another, from the command line.

Here: which periods lie between two, and a run for each. In Dagster the same jobs are on the page
of each, under Partitions.
Not here: what a period is and what its run does (periods.py).
"""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.run import run_job
from pipelines.settings import Settings
from warehouse.run_record import Exit, RunRecord


def backfill_periods(settings: Settings, name: str, first: str, last: str) -> Iterator[tuple[str, Exit, RunRecord]]:
    """Yield (period, exit code, run record) for every period from the first to the last.

    Raises ValueError for a name or a period that there is none of, before anything runs.
    """
    from pipelines.periods import PERIODS, question

    periods = next((known for known in PERIODS if known.name == name), None)
    if periods is None:
        raise ValueError(f"{name} does not come in periods; these do: {', '.join(known.name for known in PERIODS)} / 该数据不分期")
    keys = periods.partitions.get_partition_keys()
    if unknown := [period for period in (first, last) if period not in keys]:
        raise ValueError(f"{unknown[0]} is none of {keys[0]} to {keys[-1]} / 没有该期间")
    if first > last:
        raise ValueError(f"{first} comes after {last} / 起止期间颠倒")
    for period in keys[keys.index(first) : keys.index(last) + 1]:
        yield period, *run_job(settings, periods.job_name, question(periods, period)["ops"])
