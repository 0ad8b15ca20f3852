"""The record of a run: when, of what, with which sources, to what end.

Here: `runs/<run_id>.json`, written when a run starts and again when it ends,
and the one rule that turns what happened into an exit code.
Not here: making things happen, and telling them (pipelines/).
"""

from __future__ import annotations

import dataclasses
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum
from pathlib import Path
from types import MappingProxyType

from warehouse import durable
from warehouse.clock import utc_now
from warehouse.delivery_record import HELD, REFUSED, DeliveryRecord
from warehouse.disk import disk_trouble
from warehouse.layout import Layout

ON, OFF, UNREACHABLE = "on", "off", "unreachable"  # states of a source


class Exit(IntEnum):
    """Exit codes of a run: what a script may rely on."""

    PUBLISHED = 0  # published or unchanged, whatever the verdict
    DEFECT = 1
    USAGE = 2  # usage or configuration
    GATE = 3  # a gate failed and the old release stands
    INCOMPLETE = 4  # published or unchanged, but something offered was refused, held or unreachable


OUTCOMES = {Exit.DEFECT: "defect", Exit.USAGE: "misconfigured", Exit.GATE: "gate_failed"}
DATES = {"as_of_date": date, "started_at": datetime, "finished_at": datetime}


@dataclass
class RunRecord:
    """One run. Times are UTC; `stages` are seconds by name.

    `sources`: one mapping a source with name, state (on, off, unreachable) and
    messages. `refused`, `held`: one mapping a delivery; never values. `cleared`:
    what an earlier run that died had left unfinished, as paths below the home. `retired`:
    releases that were taken away after this run had published.
    """

    run_id: str
    started_at: datetime
    finished_at: datetime | None = None
    as_of_date: date | None = None
    rule_set: str | None = None
    outcome: str = "running"
    exit_code: int | None = None
    release_id: str | None = None
    became_current: bool | None = None
    gate_failed: bool = False
    misconfigured: str | None = None
    trouble: dict[str, str] | None = None  # of the disk, in zh and en
    sources: list[dict] = field(default_factory=list)
    refused: list[dict] = field(default_factory=list)
    held: list[dict] = field(default_factory=list)
    mended: list[dict] = field(default_factory=list)  # what was put right in ledger and raw, in zh and en
    quarantined: dict[str, int] = field(default_factory=dict)
    checks: list[dict] = field(default_factory=list)
    stages: dict[str, float] = field(default_factory=dict)
    cleared: list[str] = field(default_factory=list)
    retired: list[str] = field(default_factory=list)

    _home = Path()  # no field: the record itself tells no path

    @classmethod
    def start(cls, layout: Layout, run_id: str) -> RunRecord:
        record = cls(run_id, utc_now())
        record._home = layout.home
        record.write(layout)
        return record

    @classmethod
    def read(cls, layout: Layout, run_id: str) -> RunRecord:
        said = durable.read_json(layout.run_record(run_id))
        for name, kind in DATES.items():
            said[name] = kind.fromisoformat(said[name]) if said[name] else None
        return cls(**said)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add the seconds of the block to the stage; note it when the disk ended the block."""
        begun = time.perf_counter()
        try:
            yield
        finally:
            if error := sys.exc_info()[1]:
                self.meets(error)
            self.stages[name] = round(self.stages.get(name, 0.0) + time.perf_counter() - begun, 3)

    def meets(self, error: object) -> bool:
        """Note trouble with the disk, if that is what an error or its text speaks of."""
        found = disk_trouble(error, self._home)
        self.trouble = self.trouble or found
        return found is not None

    def speaks_of(self, as_of: date, rule_set: str, in_use: Mapping[str, date | None] = MappingProxyType({})) -> None:
        """Settle what the run speaks of. `in_use`: the day that each source's data in use speak of;
        where a source did not answer, its messages say how old they are."""
        self.as_of_date, self.rule_set = as_of, rule_set
        for source in self.sources:
            day = in_use.get(source["name"])
            source["data_as_of"] = day.isoformat() if day else None
            if source["state"] == UNREACHABLE:
                en, zh = _age(day, as_of)
                source["message_en"], source["message_zh"] = f"{source['message_en']} {en}", f"{source['message_zh']}{zh}"

    def add_source(
        self, name: str, state: str, records: Iterable[DeliveryRecord] = (), message_en: str = "", message_zh: str = ""
    ) -> None:
        """Write down a source's state, and those of its deliveries now that were stopped."""
        records = list(records)
        self.sources.append(
            {"name": name, "state": state, "deliveries": len(records), "data_as_of": None, "message_en": message_en, "message_zh": message_zh}
        )
        for outcome, stopped in ((REFUSED, self.refused), (HELD, self.held)):
            stopped.extend(_stopped(record) for record in records if record.outcome == outcome)

    def add_check(self, name: str, passed: bool, findings: Iterable[dict] = (), *, blocking: bool = True) -> None:
        """Write down what a gate said; a check that failed closes the gate, unless it stands in nothing's way."""
        self.checks.append({"name": name, "passed": passed, "blocking": blocking, "findings": list(findings)})
        self.gate_failed = self.gate_failed or (blocking and not passed)

    def finish(self, layout: Layout, *, published: str | None = None) -> None:
        """Close the record; `published` is `published`, `unchanged`, or None when no
        release came about."""
        self.conclude(published)
        self.write(layout)

    def conclude(self, published: str | None = None) -> None:
        """Say how the run ended, without writing it down."""
        self.finished_at = utc_now()
        self.exit_code = self._exit_code(published)
        self.outcome = "disk_trouble" if self.trouble else OUTCOMES.get(self.exit_code, published or "stopped")

    def _exit_code(self, published: str | None) -> int:
        """3, then 4, outrank 0. A run that neither failed a gate nor came to a release is a defect, unless a
        setting was missing; so is one that a full disk ended, whatever that made the gates say."""
        if self.misconfigured:
            return Exit.USAGE
        if self.trouble:
            return Exit.DEFECT
        if self.gate_failed:
            return Exit.GATE
        if published is None:
            return Exit.DEFECT
        incomplete = self.refused or self.held or any(source["state"] == UNREACHABLE for source in self.sources)
        return Exit.INCOMPLETE if incomplete else Exit.PUBLISHED

    @property
    def notices(self) -> list[dict]:
        """What a person should know of an accepted run: what was mended, checks that failed in nothing's way, stopped rows; zh and en."""
        return [
            *self.mended,
            *self._findings(blocking=False),
            *({
                "zh": f"{said} 有 {count} 行被隔离，未计入；位置与原因见发布表 quarantine。",
                "en": f"{said}: {count} rows are quarantined and not counted; the table `quarantine` of the release says where and why.",
            }
            for said, count in sorted(self.quarantined.items())),
        ]

    @property
    def messages(self) -> list[dict]:
        """What a person must act on: zh and en sentences, stopped deliveries first."""
        if self.misconfigured:
            return [{"zh": "", "en": self.misconfigured}]
        if self.trouble:
            return [self.trouble]
        unreachable = [source for source in self.sources if source["state"] == UNREACHABLE]
        stopped = [{"zh": said["message_zh"], "en": said["message_en"]} for said in (*self.refused, *self.held, *unreachable)]
        return [*stopped, *self._findings(blocking=True)]

    def _findings(self, *, blocking: bool) -> list[dict]:
        """What failed checks say that stand in the way of a release, or in nothing's way."""
        failed = [check for check in self.checks if not check["passed"] and check["blocking"] == blocking]
        return [{"zh": said["message_zh"], "en": said["message_en"]} for check in failed for said in check["findings"]]

    def write(self, layout: Layout) -> Path:
        """Write the record durably, replacing what this run wrote before."""
        said = dataclasses.asdict(self)
        for name in DATES:
            said[name] = said[name].isoformat() if said[name] else None
        path = layout.run_record(self.run_id)
        durable.write_json(path, said)
        return path


def _age(day: date | None, as_of: date) -> tuple[str, str]:
    """How old the data in use are at the day of the run, in both languages."""
    if day is None:
        return "No earlier delivery of it is there: its measures are no_data.", "尚无此前的有效数据，相关指标为缺数据。"
    days = (as_of - day).days
    return (
        f"Its data in use speak of {day}: {days} day{'' if days == 1 else 's'} before {as_of}, the day of this run.",
        f"所沿用数据的日期为 {day}，比本次运行的数据日期 {as_of} 早 {days} 天。",
    )


def _stopped(record: DeliveryRecord) -> dict:
    return {
        "source": record.source,
        "table": record.table_name,
        "origin": record.origin,
        "digest": record.digest,
        "rule": record.rule,
        "message_en": record.message_en,
        "message_zh": record.message_zh,
    }
