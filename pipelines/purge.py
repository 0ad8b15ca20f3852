"""The purge: what is past its period is removed, and it is said what that was.

Here: the periods of the settings brought to the things that they speak of, and the
line in the log of decisions. Not here: which deliveries nothing uses any more and
how they go (warehouse/purging.py), which releases stay (warehouse/retention.py), and
the words at the terminal (purge_command.py).
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from pipelines.settings import Settings
from warehouse import durable, purging, retention
from warehouse.decisions import PURGED, decide
from warehouse.delivery_record import DeliveryRecord
from warehouse.layout import Layout
from warehouse.release import current_release


@dataclass(frozen=True)
class Purge:
    """What one purge removes. `before`: no earlier day can be judged again afterwards; None where
    no period is set or nothing was published. Times of runs are UTC."""

    before: date | None
    deliveries: tuple[DeliveryRecord, ...]
    releases: tuple[str, ...]
    runs: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        return not (self.deliveries or self.releases or self.runs)

    @property
    def sentence(self) -> str:
        rows = sum(record.rows_delivered or 0 for record in self.deliveries)
        since = f" of days before {self.before}" if self.deliveries else ""
        return f"{len(self.deliveries)} deliveries ({rows} rows){since}, {len(self.releases)} releases, {len(self.runs)} runs"


def purge(settings: Settings, *, try_only: bool = False) -> Purge:
    """Remove what is past the periods of the settings; with `try_only` nothing is removed.

    Waits for a run that is under way.
    """
    layout = Layout(settings.home)
    layout.prepare()
    with durable.lock(layout.run_lock):
        purging.finish(layout)
        before = _years_back(layout, settings.keep_years)
        deliveries = tuple(purging.past_period(layout, before)) if before else ()
        runs = tuple(_old_runs(layout, settings.keep_log_days))
        stay = settings.keep_releases
        found = Purge(before, deliveries, tuple(retention.past_keeping(layout, stay)) if stay else (), runs)
        if try_only or found.is_empty:
            return found
        purging.purge(layout, deliveries)
        if stay:
            retention.retire(layout, stay)
        _forget_runs(layout, runs, settings.keep_log_days)
        decide(layout, PURGED, subject=found.sentence, because=_because(settings), by=settings.operator)
        return found


def _years_back(layout: Layout, years: int | None) -> date | None:
    """So many years before the day of the current release: the clock of this machine decides nothing here."""
    standing = current_release(layout)
    if years is None or standing is None:
        return None
    day = date.fromisoformat(standing["as_of_date"])
    return day.replace(year=day.year - years, day=min(day.day, 28) if day.month == 2 else day.day)


def _old_runs(layout: Layout, days: int | None) -> list[str]:
    """Ids of finished runs whose record was last written longer ago than that."""
    if days is None:
        return []
    oldest = datetime.now(UTC).timestamp() - days * 86_400
    return sorted(path.stem for path in layout.runs.glob("*.json") if path.stat().st_mtime < oldest)


def _forget_runs(layout: Layout, runs: tuple[str, ...], days: int | None) -> None:
    """Remove run records, and of Dagster's own storage the runs and logs of the same age."""
    if days is not None and (layout.dagster / "dagster.yaml").exists():
        _forget_dagster_runs(layout, datetime.now(UTC) - timedelta(days=days))
    for run_id in runs:
        layout.run_record(run_id).unlink(missing_ok=True)


def _forget_dagster_runs(layout: Layout, before: datetime) -> None:
    import dagster as dg  # late: seconds, and only where a daemon or page has left something

    with dg.DagsterInstance.from_config(str(layout.dagster)) as instance:
        for record in instance.get_run_records(filters=dg.RunsFilter(created_before=before)):
            instance.delete_run(record.dagster_run.run_id)
            shutil.rmtree(layout.dagster / "storage" / record.dagster_run.run_id, ignore_errors=True)


def _because(settings: Settings) -> str:
    periods = {
        "JUNHENG_KEEP_YEARS": settings.keep_years,
        "JUNHENG_KEEP_RELEASES": settings.keep_releases,
        "JUNHENG_KEEP_LOG_DAYS": settings.keep_log_days,
    }
    return ", ".join(f"{name}={period}" for name, period in periods.items() if period is not None)
