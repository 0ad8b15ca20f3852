"""Intake: what a source has now, carried to raw, or the reason why not.

Here: the order of steps for one source: find, read, land, judge, settle, and
what is written down when a step says no. Plain Python, no Dagster.
Not here: any one of those steps (sources/, warehouse/, expectations/).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass, field

from pipelines.arrivals import Arrival, offered
from pipelines.connections import connection, county_of_files
from pipelines.settings import Settings
from sources import limited_reader
from sources.declaration import Context, Delivery, Source
from sources.refusal import Misconfigured, Refusal, Unreachable
from warehouse import landing, settling
from warehouse.landing import PendingDelivery
from warehouse.layout import Layout
from warehouse.ledger import HELD, LANDED, REFUSED, DeliveryRecord, Ledger
from warehouse.run_record import OFF, ON, UNREACHABLE
from warehouse.settling import Verdict

Judge = Callable[[PendingDelivery], "Future[Verdict]"]


@dataclass
class Intake:
    """What happened to one source in one run.

    `state`: `on`, `off`, or `unreachable` (its system; files in its folder are
    taken in all the same). `accepted`, `known`, `refused` and
    `held` hold the ledger's records of what the source offers now; `known` was
    accepted by an earlier run. Everything is listed by table, in order.
    """

    source: Source
    state: str = ON
    message_en: str = ""
    message_zh: str = ""
    accepted: list[DeliveryRecord] = field(default_factory=list)
    known: list[DeliveryRecord] = field(default_factory=list)
    refused: list[DeliveryRecord] = field(default_factory=list)
    held: list[DeliveryRecord] = field(default_factory=list)

    @property
    def records(self) -> list[DeliveryRecord]:
        return [*self.accepted, *self.known, *self.held, *self.refused]

    def of_table(self, table_name: str) -> Iterator[DeliveryRecord]:
        """The table's own records, and those of files whose table was never known."""
        return (record for record in self.records if record.table_name in (table_name, ""))


def take_in(source: Source, settings: Settings, layout: Layout, ledger: Ledger, judge: Judge) -> Intake:
    """Carry everything that a source offers now to raw.

    A refused file or an unreachable system is an outcome, not an error: what
    was accepted before stays in use. Raises Misconfigured when a setting is
    missing that no default can stand in for.
    """
    if not settings.is_on(source.name):
        return Intake(source, state=OFF, message_en="not configured", message_zh="未配置")
    if source.holds_persons and settings.key_bytes is None:
        raise Misconfigured(no_key(source))
    intake = Intake(source)
    if settings.has_system(source.name):
        _take_in_pull(connection(source, settings), Context(pseudonym_key=settings.key_bytes), intake, layout, ledger, judge)
    if settings.has_folder(source.name):
        _take_in_files(intake, settings, layout, ledger, judge)
    return intake


def _take_in_files(intake: Intake, settings: Settings, layout: Layout, ledger: Ledger, judge: Judge) -> None:
    """Every file of the drop folder; one whose county nothing tells yet waits until the others
    are in, because the school register among them may tell it."""
    waiting: list[Arrival] = []
    for found in offered(settings.inbox, intake.source.name):
        if isinstance(found, Arrival):
            waiting.append(found)
        else:
            intake.refused.append(ledger.record_refused(found, source=intake.source.name, origin=found.file, digest=None))
    while waiting:
        context = Context(settings.key_bytes, county_of_files(settings, ledger), settings.layouts)
        unsettled: list[tuple[Arrival, Misconfigured]] = []
        for arrival in waiting:
            try:
                _take_in_file(arrival, context, intake, layout, ledger, judge)
            except Misconfigured as problem:
                unsettled.append((arrival, problem))
        if unsettled and county_of_files(settings, ledger) == context.county_code:
            raise unsettled[0][1]
        waiting = [arrival for arrival, _ in unsettled]


def _take_in_file(arrival: Arrival, context: Context, intake: Intake, layout: Layout, ledger: Ledger, judge: Judge) -> None:
    source = intake.source
    known = [r for r in ledger.find(source.name, digest=arrival.digest, outcome=LANDED) if r.origin == arrival.origin]
    if known:
        intake.known.extend(ledger.offered_again(record, arrival.modified_at) for record in known)
        return
    try:
        with closing(limited_reader.shared().read(source, arrival.path, arrival.origin, context)) as deliveries:
            _carry(deliveries, intake, layout, judge)
    except Refusal as refusal:
        intake.refused.append(
            ledger.record_refused(
                refusal,
                source=source.name,
                origin=arrival.origin,
                digest=arrival.digest,
                county_code=context.county_code,
                modified_at=arrival.modified_at,
            )
        )


def _take_in_pull(system: object, context: Context, intake: Intake, layout: Layout, ledger: Ledger, judge: Judge) -> None:
    source = intake.source
    try:
        _carry(source.pull(system, context), intake, layout, judge)
    except Unreachable as problem:
        intake.state, intake.message_en, intake.message_zh = UNREACHABLE, problem.message_en, problem.message_zh
    except Refusal as refusal:
        intake.refused.append(ledger.record_refused(refusal, source=source.name, origin=refusal.file, digest=None))


def _carry(deliveries: Iterable[Delivery], intake: Intake, layout: Layout, judge: Judge) -> None:
    """Land and judge every table of a file or pull, then settle them all: half a pull beside
    half of yesterday's would be a county that never was. A table is judged while the next
    one is landed."""
    waiting: list[tuple[PendingDelivery, Future[Verdict]]] = []
    for delivery in deliveries:
        landed = landing.land(delivery, layout)
        if landed.state == "known":
            intake.known.append(landed.record)
        elif landed.state == "held":
            intake.held.append(landed.record)
        else:
            waiting.append((landed, judge(landed)))
    for landed, verdict in waiting:
        record = settling.settle(landed, verdict.result(), layout)
        {LANDED: intake.accepted, HELD: intake.held, REFUSED: intake.refused}[record.outcome].append(record)


def no_key(source: Source) -> str:
    """What to say when persons would come in and there is no key for their pseudonyms."""
    return (
        f"{source.label_en} ({source.name}) is on, but JUNHENG_PSEUDONYM_KEY is not set: persons cannot be pseudonymised. "
        "Set a secret of at least 16 characters in the environment or in .env. "
        f"/ {source.label_zh}已启用，但未设置 JUNHENG_PSEUDONYM_KEY，无法对人员信息去标识化。"
    )
