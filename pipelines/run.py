"""One run from the command line: the same assets as the schedule, told as they happen.

Here: starting Dagster's own job in this process, following its events, and
turning the run record into an exit code.
Not here: the assets (definitions.py) and what is printed (terminal.py).
"""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from pipelines.settings import Settings
from warehouse import durable
from warehouse.clock import utc_now
from warehouse.disk import disk_trouble
from warehouse.layout import Layout
from warehouse.run_record import Exit, RunRecord
from warehouse.settling import below_home, clear_unfinished

EVERYTHING = "everything"  # the job of that name, said here so that Dagster is imported late
INSTANCE_SETTINGS = Path(__file__).with_name("instance.yaml")


@dataclass(frozen=True)
class Step:
    """A step of the run as it is told: `state` is `started`, `done` or `failed`."""

    name: str
    state: str
    seconds: float | None = None
    of: int = 0
    error: str = ""


def dagster_home(layout: Layout) -> Path:
    """The persistent instance's folder, with the tracked settings in it."""
    layout.dagster.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(INSTANCE_SETTINGS, layout.dagster / "dagster.yaml")
    return layout.dagster


def run_everything(
    settings: Settings, *, as_of: str = "", rule_set: str = "", full: bool = False, tell: Callable[[Step], None] = lambda step: None
) -> tuple[Exit, RunRecord]:
    """Materialise everything once; returns the exit code and the run's record. `full`: systems are pulled whole.

    Raises durable.Busy while another run writes.
    """
    from sources.register import SOURCES

    ops = {
        "run_inputs": {"config": {"as_of": as_of, "rule_set": rule_set}},
        **{f"ingest_{source.name}": {"config": {"full": full}} for source in SOURCES if source.pull},
    }
    return run_job(settings, EVERYTHING, ops, tell)


def run_job(
    settings: Settings, name: str, ops: dict[str, dict], tell: Callable[[Step], None] = lambda step: None
) -> tuple[Exit, RunRecord]:
    """Run one of Dagster's jobs in this process; `ops` is the configuration of its steps by name.

    Raises durable.Busy while another run writes.
    """
    layout = Layout(settings.home)
    with ExitStack() as held:
        try:
            held.enter_context(durable.lock(layout.run_lock, wait=False))
            cleared = below_home(clear_unfinished(layout), layout)  # first of all: what a crash left may be what fills the disk
            layout.prepare()
        except OSError as error:
            return _stopped_by_the_disk(layout, error)
        return _run(layout, name, ops, cleared, tell)


def _stopped_by_the_disk(layout: Layout, error: OSError) -> tuple[Exit, RunRecord]:
    """The record, written nowhere, of a run that could not begin."""
    record = RunRecord(str(uuid.uuid4()), utc_now(), trouble=disk_trouble(error, layout.home))
    if record.trouble is None:
        raise error
    record.conclude()
    return Exit(record.exit_code), record


def _run(layout: Layout, name: str, ops: dict[str, dict], cleared: list[str], tell: Callable[[Step], None]) -> tuple[Exit, RunRecord]:
    from pipelines.judging import worker

    worker()  # on the second core while Dagster is imported on this one
    import dagster as dg

    from pipelines.definitions import build_definitions

    job = build_definitions().resolve_job_def(name)
    run_id, failures = str(uuid.uuid4()), []
    # In memory: the run record is what lasts, and hundreds of small commits to the event log
    # of the persistent instance would cost a third of the run.
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_event_listener(run_id, _listener(tell, len(job.nodes), failures.append))
        job.execute_in_process(
            instance=instance,
            run_id=run_id,
            raise_on_error=False,
            run_config={
                "resources": {"home": {"config": {"is_locked": True, "cleared": cleared}}},
                "ops": ops,
                "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},  # the steps are told by `tell`
            },
        )
    record = _record(layout, run_id, failures)
    return Exit(record.exit_code), record


def _record(layout: Layout, run_id: str, failures: list[str]) -> RunRecord:
    """The run's record; where the disk did not take it, one that says so."""
    record = RunRecord.read(layout, run_id) if layout.run_record(run_id).exists() else RunRecord(run_id, utc_now())
    if record.exit_code is None:
        record.trouble = disk_trouble("\n".join(failures), layout.home)
        record.conclude()
    return record


def _error(error) -> str:
    """The innermost error of a failed step and where it was raised: what a developer needs."""
    while error is not None and error.cause is not None:
        error = error.cause
    if error is None:
        return ""
    return f"{error.message.strip()}\n{''.join(error.stack[-3:])}"


def _listener(tell: Callable[[Step], None], steps: int, failed: Callable[[str], None]) -> Callable:
    def on_event(entry) -> None:
        event = entry.dagster_event
        if event is not None and (error := getattr(event.event_specific_data, "error", None)) is not None:
            failed(_error(error))
        if event is None or event.step_key is None:
            return
        if event.event_type_value == "STEP_START":
            tell(Step(event.step_key, "started", of=steps))
        elif event.event_type_value == "STEP_SUCCESS":
            tell(Step(event.step_key, "done", event.step_success_data.duration_ms / 1000, of=steps))
        elif event.event_type_value == "STEP_FAILURE":
            tell(Step(event.step_key, "failed", of=steps, error=_error(event.step_failure_data.error)))

    return on_event
