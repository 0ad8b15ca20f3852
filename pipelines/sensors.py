"""Sensors: what has come to a source's door, told to Dagster.

Here: three sensors (the inbox, the student-status service, the personnel database), when each
tells of an arrival and when it tells of it again, and the end of runs whose process is gone.
Not here: what waits (waiting.py) and what an arrival moves (automation.py).

A sensor never asks for a run by a run key, which Dagster would remember for ever: it says that
the arrival asset has changed, and says so again, later and later, while the same arrival waits.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass

import dagster as dg

from pipelines.arrivals import Unlistable
from pipelines.automation import arrival_key
from pipelines.settings import Settings
from pipelines.waiting import Waiting, files_at_rest, files_waiting, marks_waiting, unreleased, waiting_for
from sources.declaration import Source
from sources.refusal import SourceError
from sources.register import SOURCES
from warehouse import durable
from warehouse.layout import Layout

SECONDS_BETWEEN_LOOKS = 5
SECONDS_BETWEEN_QUESTIONS = 15  # a system is asked less often than a folder is looked at
FIRST_WAIT_SECONDS, MOST_TIMES = 60, 6  # 1, 2, 4, 8, 16 minutes; then the daily run tries
SECONDS_OF_GRACE = 120  # for a run to begin or to end without the lock

UNFINISHED = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


@dataclass(frozen=True)
class Told:
    """What was told of a source: of which state, how many times, when last (seconds since 1970)."""

    state: str
    times: int
    at: float

    def is_due(self, waiting: Waiting, now: float, *, taken_in: bool) -> bool:
        """Whether to tell again. `taken_in`: the source was, since this was told; then it is answered
        if nothing of it is behind. A clock that went backwards counts as time gone by."""
        if waiting.state != self.state:
            return True
        if taken_in and not waiting.is_behind:
            return False
        return self.times < MOST_TIMES and not 0 <= now - self.at < FIRST_WAIT_SECONDS * 2 ** (self.times - 1)

    def again(self, waiting: Waiting, now: float) -> Told:
        return Told(waiting.state, self.times + 1 if waiting.state == self.state else 1, now)


def sensors() -> list[dg.SensorDefinition]:
    """All of them, on from the first start."""
    systems = [source for source in SOURCES if source.marks is not None]
    return [inbox_sensor(), *(system_sensor(source) for source in systems), lost_runs_sensor()]


def inbox_sensor() -> dg.SensorDefinition:
    """Files in the inbox: by content, once they have come to rest, at any depth below a source's folder."""

    @dg.sensor(
        name="inbox",
        minimum_interval_seconds=SECONDS_BETWEEN_LOOKS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="收件目录中新到或更正的文件 / new and corrected files in the inbox, by their content",
    )
    def inbox(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        settings = Settings()
        cursor = json.loads(context.cursor or "{}")
        seen, waiting = {}, {}
        for source in SOURCES:
            if not settings.has_folder(source.name):
                continue
            try:
                at_rest, seen[source.name] = files_at_rest(settings, source, cursor.get("seen", {}).get(source.name, {}))
            except Unlistable:  # the daily run says so in the release
                continue
            waiting[source] = _files_and_ledger(settings, source, at_rest)
        return _tell(context, waiting, cursor | {"seen": seen})

    return inbox


def _files_and_ledger(settings: Settings, source: Source, at_rest: Iterable) -> Waiting | None:
    layout = Layout(settings.home)
    return waiting_for(files_waiting(layout, source, at_rest), unreleased(layout, source))


def system_sensor(source: Source) -> dg.SensorDefinition:
    """A system that says how far it could be read: an arrival is a mark that is not the last pull's."""

    @dg.sensor(
        name=source.name,
        minimum_interval_seconds=SECONDS_BETWEEN_QUESTIONS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description=f"{source.label_zh}系统的变动 / changes in the system of {source.label_en}",
    )
    def system(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        settings = Settings()
        if not settings.has_system(source.name):
            return dg.SkipReason("not configured / 未配置")
        layout = Layout(settings.home)
        try:
            moved = marks_waiting(settings, layout, source)
        except SourceError as problem:  # unreachable or misconfigured: the daily run says so in the release
            return dg.SkipReason(str(problem))
        waiting = {source: waiting_for(moved, unreleased(layout, source))}
        return _tell(context, waiting, json.loads(context.cursor or "{}"))

    return system


def lost_runs_sensor() -> dg.SensorDefinition:
    """Ends runs whose process is gone: the queue, which lets one run through, would wait for them for ever."""

    @dg.sensor(
        name="lost_runs",
        minimum_interval_seconds=SECONDS_BETWEEN_QUESTIONS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="进程已消失的运行记为失败，让出队列 / a run whose process is gone is marked as failed",
    )
    def lost_runs(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        ended = end_lost_runs(context.instance, Layout(Settings().home), older_than=SECONDS_OF_GRACE)
        return dg.SkipReason(f"{ended} runs ended / 已结束 {ended} 个失踪的运行")

    return lost_runs


def end_lost_runs(instance: dg.DagsterInstance, layout: Layout, *, older_than: float) -> int:
    """Report runs as failed that are said to be under way while nobody holds the lock of a run.

    The kernel lets go of the lock when a process dies. `older_than`: seconds since the run last
    changed its state, for what it does before it takes the lock and after it gives it back.
    """
    under_way = instance.get_run_records(dg.RunsFilter(statuses=[s for s in UNFINISHED if s is not dg.DagsterRunStatus.QUEUED]))
    old = [record for record in under_way if time.time() - record.update_timestamp.timestamp() > older_than]
    if not old:
        return 0
    try:
        with durable.lock(layout.run_lock, wait=False):
            for record in old:
                instance.report_run_failed(record.dagster_run, "The process of this run is gone. / 该运行的进程已不存在。")
    except durable.Busy:
        return 0
    return len(old)


def _tell(
    context: dg.SensorEvaluationContext,
    waiting: dict[Source, Waiting | None],
    cursor: dict,
    clock: Callable[[], float] = time.time,
) -> dg.SensorResult | dg.SkipReason:
    """Say which sources something waits for, unless a run is under way: the tick after it sees what came."""
    told = {name: Told(**said) for name, said in cursor.get("told", {}).items()}
    moved, now = {}, clock()
    if not context.instance.get_runs_count(dg.RunsFilter(statuses=UNFINISHED)):
        for source, what in waiting.items():
            before = told.pop(source.name, None)
            if what is None:
                continue
            if before is None or before.is_due(what, now, taken_in=_taken_in_since(context.instance, source, before.at)):
                moved[source] = what
                before = (before or Told(what.state, 0, now)).again(what, now)
            told[source.name] = before
    context.update_cursor(json.dumps(cursor | {"told": {name: asdict(said) for name, said in told.items()}}))
    if not moved:
        return dg.SkipReason("nothing new, or a run is under way / 没有新数据，或有运行正在进行")
    return dg.SensorResult(
        skip_reason=f"told of / 已告知: {', '.join(source.name for source in moved)}",
        asset_events=[
            dg.AssetMaterialization(arrival_key(source.name), metadata={"waiting": what.count, "state": what.state})
            for source, what in moved.items()
        ]
    )


def _taken_in_since(instance: dg.DagsterInstance, source: Source, at: float) -> bool:
    """Whether a run has taken in what the source offers after that moment."""
    last = instance.get_latest_materialization_event(dg.AssetKey([source.name, source.tables[0].name]))
    return last is not None and last.timestamp > at
