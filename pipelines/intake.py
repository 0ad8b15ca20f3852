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
from datetime import date
from pathlib import Path

from expectations.together import held_together
from pipelines.arrivals import Arrival, Unlistable, Unsteady, look, offered, require_steady, wait_until_steady
from pipelines.connections import connection, county_of_files
from pipelines.settings import Settings
from sources import limited_reader
from sources.declaration import DELTA, FULL, Context, Delivery, Source
from sources.refusal import ChangedMeanwhile, Misconfigured, Refusal, Unreachable
from warehouse import landing, settling
from warehouse.chains import Progress
from warehouse.delivery_record import HELD, LANDED, REFUSED, DeliveryRecord
from warehouse.landing import KNOWN, PENDING, PendingDelivery, discard
from warehouse.layout import Layout
from warehouse.ledger import Ledger
from warehouse.proof import Difference, difference
from warehouse.run_record import OFF, ON, UNREACHABLE
from warehouse.settling import Verdict

STILL_CHANGING = "still_changing"
READS_OF_A_CHANGING_FILE = 3
PULLS_OF_A_CHANGING_SYSTEM = 3  # one that changes every time is as good as out of reach
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
    if settings.inbox is not None and not settings.inbox.is_dir():
        return Intake(source, UNREACHABLE, *closed_folder(""))  # it was there when the run began
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
        try:
            _take_in_files(intake, settings, layout, ledger, judge)
        except Unlistable as problem:
            _out_of_reach(intake, *closed_folder(problem.folder))
    return intake


def _out_of_reach(intake: Intake, message_en: str, message_zh: str) -> None:
    """Say that a way into the source is closed; its other way, if there is one, has had its say."""
    intake.message_en = f"{intake.message_en} {message_en}".strip()
    intake.message_zh = f"{intake.message_zh} {message_zh}".strip()
    intake.state = UNREACHABLE


def closed_folder(folder: str) -> tuple[str, str]:
    """What to say of a folder below the inbox (empty: the inbox itself) that cannot be looked into."""
    return (
        f"The folder {folder or '.'} of the inbox is gone or may not be looked into: check the share and the rights of this run's user. The last good deliveries stay in use.",
        f"收件目录 {folder or '.'} 不存在或无法访问：请检查网络盘与读取权限。沿用上一次有效数据。",
    )


def _take_in_files(intake: Intake, settings: Settings, layout: Layout, ledger: Ledger, judge: Judge) -> None:
    """Every file of the drop folder; one whose county nothing tells yet waits until the others
    are in, because the school register among them may tell it."""
    waiting: list[Arrival] = []
    for found in offered(settings.inbox, intake.source.name):
        if isinstance(found, Arrival):
            waiting.append(found)
        else:
            _refuse_unread(found, intake, ledger)
    while waiting:
        context = Context(settings.key_bytes, county_of_files(settings, ledger), settings.layouts)
        unsettled: list[tuple[Arrival, Misconfigured]] = []
        for found in waiting:
            try:
                _take_in_steady(found, settings.inbox, context, intake, layout, ledger, judge)
            except Misconfigured as problem:
                unsettled.append((found, problem))
        if unsettled and county_of_files(settings, ledger) == context.county_code:
            raise unsettled[0][1]
        waiting = [found for found, _ in unsettled]
    changing = {record.origin for record in intake.refused if record.rule == STILL_CHANGING}
    ledger.forget_refused(intake.source.name, rule=STILL_CHANGING, but_for=changing)


def _take_in_steady(
    found: Arrival, inbox: Path, context: Context, intake: Intake, layout: Layout, ledger: Ledger, judge: Judge
) -> None:
    """Take in a file that may change under way: what it became is read, and one that was taken
    away is nobody's. One that goes on changing is refused until a later run."""
    for _ in range(READS_OF_A_CHANGING_FILE):
        try:
            _take_in_file(found, context, intake, layout, ledger, judge)
            return
        except Unsteady:
            ledger.forget_refused(intake.source.name, digest=found.digest)  # of what was half of a file
            wait_until_steady(found.path)
            now = look(inbox, found.path)
            if isinstance(now, Refusal):
                _refuse_unread(now, intake, ledger)
            if not isinstance(now, Arrival):
                return
            found = now
    _refuse(still_changing(found.origin), found, context, intake, ledger)


def _take_in_file(found: Arrival, context: Context, intake: Intake, layout: Layout, ledger: Ledger, judge: Judge) -> None:
    source = intake.source
    said = [record for record in ledger.find(source.name, digest=found.digest) if record.origin == found.origin]
    known = [record for record in said if record.outcome == LANDED and ledger.is_whole(record)]
    purged = [record for record in said if record.is_purged_and_not_newer(found.modified_at)]
    if said and len(known) + len(purged) == len(said):  # where one table was stopped, the file is read again and says so again
        again = [ledger.ordered_anew(record, found.modified_at) for record in known]
        settling.settle_together([], layout, again=again)
        intake.known.extend(again)
        return
    try:
        with closing(limited_reader.shared().read(source, found.path, found.origin, context)) as deliveries:
            _carry(deliveries, intake, layout, judge, steady=lambda: require_steady(found))
    except Refusal as refusal:
        require_steady(found)
        _refuse(refusal, found, context, intake, ledger)


def _refuse(refusal: Refusal, found: Arrival, context: Context, intake: Intake, ledger: Ledger) -> None:
    intake.refused.append(
        ledger.record_refused(
            refusal,
            source=intake.source.name,
            origin=found.origin,
            digest=found.digest,
            county_code=context.county_code,
            modified_at=found.modified_at,
        )
    )


def _refuse_unread(refusal: Refusal, intake: Intake, ledger: Ledger) -> None:
    intake.refused.append(ledger.record_refused(refusal, source=intake.source.name, origin=refusal.file, digest=None))


def still_changing(origin: str) -> Refusal:
    return Refusal(
        STILL_CHANGING, file=origin, expected="写完的文件 / a file that is complete", found="读取期间不断变化 / one that changes while it is read",
        do_en="Let the copy finish; the next run reads it.", do_zh="请等待文件写入完成，下次运行时将读取。",
    )  # fmt: skip


def _take_in_pull(
    system: object, context: Context, intake: Intake, progress: Progress, layout: Layout, ledger: Ledger, judge: Judge
) -> None:
    """A system that changes under way is asked anew, from its first table; nothing of the pull before is kept."""
    source = intake.source
    for remaining in reversed(range(PULLS_OF_A_CHANGING_SYSTEM)):
        try:
            rests = _carry(source.pull(system, context), intake, layout, judge)
            intake.proofs = _proofs(source, system, context, progress, rests, layout)
        except ChangedMeanwhile as problem:
            if remaining:
                continue
            _out_of_reach(intake, problem.message_en, problem.message_zh)
        except Unreachable as problem:
            _out_of_reach(intake, problem.message_en, problem.message_zh)
        except Refusal as refusal:
            _refuse_unread(refusal, intake, ledger)
        return


def _proofs(
    source: Source, system: object, context: Context, progress: Progress, rests: Iterable[tuple[str, DeliveryRecord]], layout: Layout
) -> dict[str, Difference]:
    """What full pulls show otherwise than the changes told until then, by table that was pulled both ways."""
    told = {record.table_name: record for kind, record in rests if kind == DELTA}
    fulls = [record for kind, record in rests if kind == FULL and record.table_name in told]
    # What changed while it was read may stand in the full pull alone: that proves nothing.
    now = source.marks(system, context) if fulls else {}
    steady = [record for record in fulls if record.mark == now.get(record.table_name)]
    return {full.table_name: _proof(source, progress, told[full.table_name], full, layout) for full in steady}


def _proof(source: Source, progress: Progress, delta: DeliveryRecord, full: DeliveryRecord, layout: Layout) -> Difference:
    """What a full pull shows otherwise than the chain with the delta that was pulled just before it."""
    told = {record.delivery_id: None for record in (*progress.chains[full.table_name].records, delta)}
    files = [layout.raw_file(source.name, full.table_name, delivery_id) for delivery_id in (*told, full.delivery_id)]
    return difference(source.table(full.table_name), files[:-1], files[-1], layout.pending)


def _carry(
    deliveries: Iterable[Delivery], intake: Intake, layout: Layout, judge: Judge, *, steady: Callable[[], None] = lambda: None
) -> list[tuple[str, DeliveryRecord]]:
    """Land and judge every table of a file or pull, then settle them all at once: half a pull
    beside half of yesterday's would be a county that never was. A table is judged while the
    next one is landed. `steady` raises when what was read is no longer what lies there.
    Returns what rests in raw by that: the kind that was delivered, and its record."""
    landed: list[PendingDelivery] = []
    kinds: list[str] = []
    verdicts: list[Future[Verdict]] = []
    try:
        for delivery in deliveries:
            landed.append(landing.land(delivery, layout))
            kinds.append(delivery.kind)
            if landed[-1].state == PENDING:
                verdicts.append(judge(landed[-1]))
        steady()
        judged = iter([verdict.result() for verdict in verdicts])
    except BaseException:
        discard(landed)
        raise
    known = [one.record for one in landed if one.state == KNOWN]
    intake.known.extend(known)
    intake.held.extend(one.record for one in landed if one.state == HELD)
    waiting = [one for one in landed if one.state == PENDING]
    answers = held_together(list(zip(waiting, judged, strict=True)))
    rests = [(kind, one.record) for kind, one in zip(kinds, landed, strict=True) if one.state == KNOWN]
    for record in settling.settle_together(answers, layout, again=known):
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
