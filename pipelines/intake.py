"""Intake: what a source has now, carried to raw, or the reason why not.

Here: the order of steps for one source: find, read, land, judge, settle, and
what is written down when a step says no. Plain Python, no Dagster.
Not here: any one of those steps (sources/, warehouse/, expectations/).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import date

from expectations.together import held_together
from pipelines.arrivals import Arrival, arrivals
from pipelines.connections import connection, county_of_files
from pipelines.settings import Settings
from sources.declaration import DELTA, FULL, Context, Delivery, Source
from sources.refusal import Misconfigured, Refusal, Unreachable
from warehouse import landing, settling
from warehouse.chains import Progress
from warehouse.landing import PendingDelivery
from warehouse.layout import Layout
from warehouse.ledger import HELD, LANDED, REFUSED, DeliveryRecord, Ledger
from warehouse.proof import Difference, difference
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
    `proofs`: by table, what a full pull shows otherwise than the changes told before it.
    """

    source: Source
    state: str = ON
    message_en: str = ""
    message_zh: str = ""
    accepted: list[DeliveryRecord] = field(default_factory=list)
    known: list[DeliveryRecord] = field(default_factory=list)
    refused: list[DeliveryRecord] = field(default_factory=list)
    held: list[DeliveryRecord] = field(default_factory=list)
    proofs: dict[str, Difference] = field(default_factory=dict)

    @property
    def records(self) -> list[DeliveryRecord]:
        return [*self.accepted, *self.known, *self.held, *self.refused]

    def of_table(self, table_name: str) -> Iterator[DeliveryRecord]:
        """The table's own records, and those of files whose table was never known."""
        return (record for record in self.records if record.table_name in (table_name, ""))


def take_in(source: Source, settings: Settings, layout: Layout, ledger: Ledger, judge: Judge, *, full: bool = False) -> Intake:
    """Carry everything that a source offers now to raw. `full`: a full pull is due today.

    A refused file or an unreachable system is an outcome, not an error: what
    was accepted before stays in use. Raises Misconfigured when a setting is
    missing that no default can stand in for.
    """
    if not settings.is_on(source.name):
        return Intake(source, state=OFF, message_en="not configured", message_zh="未配置")
    if source.holds_persons and settings.key_bytes is None:
        raise Misconfigured(no_key(source))
    intake = Intake(source)
    intake.accepted.extend(settling.take_up_released(source, layout))
    if settings.has_system(source.name):
        progress = Progress.of(source, layout, ledger)
        due = date.min if full else progress.full_from(settings.full_pull_days)
        context = Context(pseudonym_key=settings.key_bytes, marks=progress.marks, full_from=due)
        _take_in_pull(connection(source, settings), context, intake, progress, layout, ledger, judge)
    if settings.has_folder(source.name):
        _take_in_files(intake, settings, layout, ledger, judge)
    return intake


def _take_in_files(intake: Intake, settings: Settings, layout: Layout, ledger: Ledger, judge: Judge) -> None:
    """Every file of the drop folder; one whose county nothing tells yet waits until the others
    are in, because the school register among them may tell it."""
    waiting = list(arrivals(settings.inbox, intake.source.name))
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
    said = [record for record in ledger.find(source.name, digest=arrival.digest) if record.origin == arrival.origin]
    known = [record for record in said if record.outcome == LANDED]
    purged = [record for record in said if record.is_purged_and_not_newer(arrival.modified_at)]
    if said and len(known) + len(purged) == len(said):  # where one table was stopped, the file is read again and says so again
        intake.known.extend(ledger.offered_again(record, arrival.modified_at) for record in known)
        return
    try:
        _carry(source.read(arrival.path, arrival.origin, context), intake, layout, judge)
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


def _take_in_pull(
    system: object, context: Context, intake: Intake, progress: Progress, layout: Layout, ledger: Ledger, judge: Judge
) -> None:
    source = intake.source
    try:
        rests = _carry(source.pull(system, context), intake, layout, judge)
        if told := {record.table_name: record for kind, record in rests if kind == DELTA}:
            fulls = [record for kind, record in rests if kind == FULL and record.table_name in told]
            # What changed while it was read may stand in the full pull alone: that proves nothing.
            now = source.marks(system, context) if fulls else {}
            steady = [record for record in fulls if record.mark == now.get(record.table_name)]
            intake.proofs = {full.table_name: _proof(source, progress, told[full.table_name], full, layout) for full in steady}
    except Unreachable as problem:
        intake.state, intake.message_en, intake.message_zh = UNREACHABLE, problem.message_en, problem.message_zh
    except Refusal as refusal:
        intake.refused.append(ledger.record_refused(refusal, source=source.name, origin=refusal.file, digest=None))


def _proof(source: Source, progress: Progress, delta: DeliveryRecord, full: DeliveryRecord, layout: Layout) -> Difference:
    """What a full pull shows otherwise than the chain with the delta that was pulled just before it."""
    told = {record.delivery_id: None for record in (*progress.chains[full.table_name].records, delta)}
    files = [layout.raw_file(source.name, full.table_name, delivery_id) for delivery_id in (*told, full.delivery_id)]
    return difference(source.table(full.table_name), files[:-1], files[-1], layout.pending)


def _carry(deliveries: Iterable[Delivery], intake: Intake, layout: Layout, judge: Judge) -> list[tuple[str, DeliveryRecord]]:
    """Land and judge every table of a file or pull, then settle them all: half a pull beside
    half of yesterday's would be a county that never was. A table is judged while the next
    one is landed. Returns what rests in raw by that: the kind that was delivered, and its record."""
    waiting: list[tuple[PendingDelivery, Future[Verdict]]] = []
    rests: list[tuple[str, DeliveryRecord]] = []
    for delivery in deliveries:
        landed = landing.land(delivery, layout)
        if landed.state == "known":
            intake.known.append(landed.record)
            rests.append((delivery.kind, landed.record))
        elif landed.state == "held":
            intake.held.append(landed.record)
        else:
            waiting.append((landed, judge(landed)))
    for landed, verdict in held_together([(landed, verdict.result()) for landed, verdict in waiting]):
        record = settling.settle(landed, verdict, layout)
        {LANDED: intake.accepted, HELD: intake.held, REFUSED: intake.refused}[record.outcome].append(record)
        if record.outcome == LANDED:
            rests.append((record.kind, record))
    return rests


def no_key(source: Source) -> str:
    """What to say when persons would come in and there is no key for their pseudonyms."""
    return (
        f"{source.label_en} ({source.name}) is on, but JUNHENG_PSEUDONYM_KEY is not set: persons cannot be pseudonymised. "
        "Set a secret of at least 16 characters in the environment or in .env. "
        f"/ {source.label_zh}已启用，但未设置 JUNHENG_PSEUDONYM_KEY，无法对人员信息去标识化。"
    )
