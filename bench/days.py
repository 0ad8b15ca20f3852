"""Day after day: what a run costs, and what it leaves on the disk, over many days of deliveries.

Here: two made-up counties of twelve schools that move day by day, a run each day in one process, and
the curves as `bench/days.md` and `bench/days.json`: `python -m bench.days --days 200`.
Not here: how flat a curve must be (tests/pipelines/test_days.py).
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from unittest import mock

from sandbox.advance import advance_sandbox
from sandbox.make import Order, make_counties
from sandbox.serve import serve
from warehouse.delivery_record import LANDED
from warehouse.layout import Layout
from warehouse.ledger import Ledger
from warehouse.published_tables import BY_NAME, JOURNAL
from warehouse.retention import READING, retire
from warehouse.run_record import RunRecord

FIRST = date(2025, 9, 1)
COUNTIES = ("410183", "410184")
HERE = Path(__file__).parent
WINDOW = 20  # days that one line of the report sums up


@dataclass(frozen=True)
class Day:
    """One day and the run at its end. Sizes are bytes of what stands after the run, times are seconds.

    `changes`: what happened in the counties. `deliveries`, `rows`: landed by this run, and how many of the rows came in
    full pulls and files (`rows_whole`). `ledger`: the records. `release`: the release of this run, of which `journals` is
    what tells how it came about; both 0 where nothing changed. `releases`: how many stand, and `published` their size.
    """

    number: int
    as_of_date: str
    outcome: str
    wall_seconds: float
    cpu_seconds: float
    transform_seconds: float
    changes: int
    deliveries: int
    rows: int
    rows_whole: int
    raw: int
    ledger: int
    release: int
    journals: int
    releases: int
    published: int


def lived(folder: Path, days: Iterable[int], *, keep_releases: int = 30, settings: Mapping[str, str] | None = None) -> Iterator[Day]:
    """Make the counties and let them move; yield one Day for each of `days` (0, the first one, begins), after a run.

    `settings`: of the runs, beside those that point at the counties. Releases are taken away as if the days
    took as long as days do.
    """
    sandbox, home = folder / "sandbox", folder / "home"
    make_counties(sandbox, [Order(code, 12, 1200, seed) for seed, code in enumerate(COUNTIES, start=3)], as_of=FIRST)
    today = 0
    for number in days:
        changes = sum(advance_sandbox(sandbox, number - today).changes.values()) if number > today else 0
        today = number
        with serve(sandbox) as systems:
            yield _run(home, {**systems, **(settings or {})}, number, changes, keep_releases)


def _run(home: Path, settings: Mapping[str, str], number: int, changes: int, keep_releases: int) -> Day:
    from pipelines.run import run_everything
    from pipelines.settings import Settings

    layout = Layout(home)
    known = {record.delivery_id for record in Ledger(layout).find(outcome=LANDED)}
    wall, cpu = time.perf_counter(), time.process_time()
    with mock.patch.dict(os.environ, {**settings, "JUNHENG_HOME": str(home)}):
        code, record = run_everything(Settings())
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    if int(code) != 0 or record.held:
        raise RuntimeError(f"day {number}: exit code {int(code)}: {record.messages}")
    retire(layout, keep_releases, now=datetime.now(UTC) + READING)
    return _day(layout, record, number, changes, wall, cpu, known)


def _day(layout: Layout, record: RunRecord, number: int, changes: int, wall: float, cpu: float, known: set[str]) -> Day:
    landed = [found for found in Ledger(layout).find(outcome=LANDED) if found.delivery_id not in known]
    release = layout.releases / record.release_id if record.outcome == "published" else None
    standing = [path for path in layout.releases.iterdir() if path.is_dir()]
    return Day(
        number=number,
        as_of_date=str(record.as_of_date),
        outcome=record.outcome,
        wall_seconds=round(wall, 2),
        cpu_seconds=round(cpu, 2),
        transform_seconds=record.stages["transform"],
        changes=changes,
        deliveries=len(landed),
        rows=sum(found.rows_delivered or 0 for found in landed),
        rows_whole=sum(found.rows_delivered or 0 for found in landed if found.kind == "full"),
        raw=sum(size_of(layout.raw / path.name) for path in layout.raw.iterdir() if path.name not in ("ledger", "run")),
        ledger=size_of(layout.ledger),
        release=size_of(release) if release else 0,
        journals=sum((release / f"{name}.parquet").stat().st_size for name in _journals(release)) if release else 0,
        releases=len(standing),
        published=size_of(layout.releases),
    )


def _journals(release: Path) -> list[str]:
    return [path.stem for path in release.glob("*.parquet") if BY_NAME[path.stem].kind == JOURNAL]


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


# --- the report --------------------------------------------------------------------


def write_report(days: Sequence[Day], folder: Path = HERE) -> Path:
    """Write `days.json` (every day) and `days.md` (a line for so many days); returns the latter."""
    (folder / "days.json").write_text(json.dumps([asdict(day) for day in days], indent=0) + "\n", encoding="utf-8")
    report = folder / "days.md"
    lines = [f"| {' | '.join(_line(days[first : first + WINDOW], days[first - 1] if first else None))} |" for first in range(0, len(days), WINDOW)]
    report.write_text("\n".join((*_head(days), *lines)) + "\n", encoding="utf-8")
    return report


def _head(days: Sequence[Day]) -> tuple[str, ...]:
    columns = (
        "days", "run s (median)", "CPU s (median)", "dbt s (median)", "changes", "rows landed", "of them whole", "raw KB", "raw KB a day",
        "ledger KB", "release KB", "its journals KB", "releases", "published MB",
    )  # fmt: skip
    return (
        "# Day after day",
        "",
        f"Two made-up counties of 12 schools and 1,200 students each, {days[-1].number} days of deliveries, a run a day, "
        f"{sum(day.outcome == 'published' for day in days)} releases made. Measured by `python -m bench.days`; every day stands in `days.json`.",
        "Sizes are those after the last day of a line. Rows that came whole are full pulls, which prove the changes right, and files.",
        "",
        f"| {' | '.join(columns)} |",
        "|" + "---:|" * len(columns),
    )


def _line(window: Sequence[Day], before: Day | None) -> list[str]:
    last, published = window[-1], [day for day in window if day.release]
    grown = (last.raw - (before.raw if before else 0)) / len(window)
    return [
        f"{window[0].number}–{last.number}",
        *(f"{statistics.median(getattr(day, name) for day in window):.1f}" for name in ("wall_seconds", "cpu_seconds", "transform_seconds")),
        *(f"{sum(getattr(day, name) for day in window):,}" for name in ("changes", "rows", "rows_whole")),
        f"{last.raw / 1024:,.0f}",
        f"{grown / 1024:,.0f}",
        f"{last.ledger / 1024:,.0f}",
        f"{published[-1].release / 1024:,.0f}" if published else "–",
        f"{published[-1].journals / 1024:,.0f}" if published else "–",
        str(last.releases),
        f"{last.published / 1024**2:,.0f}",
    ]


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--days", type=int, default=200)
    asked.add_argument("--keep-releases", type=int, default=30)
    arguments = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        days = []
        for day in lived(Path(folder), range(arguments.days + 1), keep_releases=arguments.keep_releases):
            days.append(day)
            print(day, flush=True)
    print(write_report(days))


if __name__ == "__main__":
    main()
