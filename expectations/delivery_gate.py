"""The gate before staging: whether a landed delivery may go into raw.

Here: walking it in batches past the judge, adding what its reader could not
read, and saying which rows stop, or why the whole does.
Not here: expectations (suites/raw.py), their sentences (rules.py), and what is
done with the answer (warehouse/settling.py).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from expectations.against_last import doubts
from expectations.derived import IS_KNOWN_MEASURE, IS_WHOLE, KEY_STATE, WholeDelivery, with_derived
from expectations.judge import BATCH_ROWS, Finding, Verdict, judge
from expectations.rules import HOLD, QUARANTINE, REFUSE, rule_of
from sources.declaration import FULL, IS_DELETED, Damage, Table
from warehouse.delivery_record import HELD, LANDED, REFUSED
from warehouse.landing import PendingDelivery, damaged_identities, too_many_damaged
from warehouse.ledger_tables import QUARANTINED_ROWS

# A finding on a derived column speaks of these declared ones.
SPOKEN_OF = {IS_KNOWN_MEASURE: "measure_id", IS_WHOLE: "value"}
UNREAD_SHARE, UNREAD_ROWS = 0.5, 10
UNREADABLE_IDENTITY = {"damaged_id", "error_cell", "bad_format"}


@dataclass(frozen=True)
class DeliveryVerdict:
    """The gate's answer about one delivery.

    `outcome`: landed, held or refused; rule and messages speak when the whole
    delivery stops. `quarantined`: one row a (row, column, rule), schema
    QUARANTINED_ROWS. `found`: rows by (column, rule), for people and Data Docs.
    """

    outcome: str
    quarantined: pa.Table
    rows: int
    found: dict[tuple[str, str], int] = field(default_factory=dict)
    rule: str | None = None
    message_en: str | None = None
    message_zh: str | None = None
    results: tuple = ()

    @property
    def passed(self) -> bool:
        return self.outcome == LANDED


def judge_delivery(pending: PendingDelivery) -> DeliveryVerdict:
    """Judge a landed delivery, at most a million rows at a time.

    Keys are compared over the whole file. A delta's tombstones are judged by their
    keys alone, its other rows as those of a full delivery, whatever their number. Cells that the reader could not
    read are quarantined with their own rule, and not once more as missing.
    """
    from expectations.suites.raw import derived_names

    table = pending.table
    names = derived_names(pending.source, table)
    whole = WholeDelivery.of(pending.path, table)
    damages = _by_cell(pending.damages)
    stopped, findings, results, offset = [], [], [], 0
    for rows in _batches(pending.path):
        for part, suite in _by_suite(pending, rows):
            verdict = judge(as_frame(with_derived(part, names, whole)), suite)
            results += verdict.results
            findings += verdict.findings
            stopped += _quarantined(pending, part, verdict, damages)
        offset += len(rows)
    quarantined = pa.concat_tables([QUARANTINED_ROWS.empty_table(), *stopped])
    quarantined = quarantined.sort_by([("position", "ascending"), ("column_name", "ascending"), ("rule", "ascending")])
    found = Counter(zip(quarantined["column_name"].to_pylist(), quarantined["rule"].to_pylist(), strict=True))
    findings += doubts(pending.source, table, pending.path, pending.before)
    said = _whole_delivery(pending, findings, quarantined, offset)
    return DeliveryVerdict(said[0], quarantined, offset, dict(sorted(found.items())), *said[1:], tuple(results))


def _by_suite(pending: PendingDelivery, rows: pa.Table) -> Iterator[tuple[pa.Table, Any]]:
    """The rows by what is expected of them: those that are there, and a delta's tombstones."""
    from expectations.suites.raw import raw_suite, tombstone_suite

    kind = pending.record.kind
    if kind == FULL:
        yield rows, raw_suite(pending.source, pending.table)
        return
    is_gone = rows[IS_DELETED.name]
    yield rows.filter(pc.invert(is_gone)), raw_suite(pending.source, pending.table, kind)
    if pc.any(is_gone).as_py():
        yield rows.filter(is_gone), tombstone_suite(pending.source, pending.table)


def _batches(path: Path) -> Iterator[pa.Table]:
    """Tables of at most BATCH_ROWS rows; one without rows when the file has none."""
    with pq.ParquetFile(path) as landed:
        waiting, count = [], 0
        for batch in landed.iter_batches(batch_size=min(BATCH_ROWS, 262_144)):
            if count + len(batch) > BATCH_ROWS:
                yield pa.Table.from_batches(waiting)
                waiting, count = [], 0
            waiting.append(batch)
            count += len(batch)
        yield pa.Table.from_batches(waiting, landed.schema_arrow)


def as_frame(rows: pa.Table) -> pd.DataFrame:
    """Arrow-backed: nothing is copied into Python objects, and nulls stay nulls."""
    return rows.to_pandas(types_mapper=pd.ArrowDtype)


def _by_cell(damages: Iterable[Damage]) -> dict[tuple[str, str], np.ndarray]:
    cells: dict[tuple[str, str], list[int]] = {}
    for damage in damages:
        cells.setdefault((damage.column, damage.rule), []).append(damage.position)
    return {cell: np.unique(np.array(places, np.int64)) for cell, places in cells.items()}


def _quarantined(
    pending: PendingDelivery, rows: pa.Table, verdict: Verdict, damages: dict[tuple[str, str], np.ndarray]
) -> Iterator[pa.Table]:
    """Rows of this batch that may not go on: by the reader's word, then by the judge's."""
    none = np.empty(0, np.int64)
    positions = rows["_position"].to_numpy()
    unread: dict[str, np.ndarray] = {}
    said: dict[tuple[str, str], np.ndarray] = {}
    for (column, rule), places in damages.items():
        here = np.flatnonzero(np.isin(positions, places))
        unread[column] = np.union1d(unread.get(column, none), here)
        yield _listed(pending, rows, here, column, rule, rule, rule)
    for finding in verdict.findings:
        if finding.severity == QUARANTINE:
            about = (finding.column, finding.rule)
            places = np.setdiff1d(finding.positions, said.get(about, none))  # two expectations may stand for one rule
            said[about] = np.union1d(said.get(about, none), places)
            if finding.rule == "missing_value":
                places = np.setdiff1d(places, unread.get(finding.column, none))
            yield _listed(pending, rows, places, finding.column, finding.rule, finding.detail_zh, finding.detail_en)


def _listed(
    pending: PendingDelivery, rows: pa.Table, places: np.ndarray, column: str, rule: str, detail_zh: str, detail_en: str
) -> pa.Table:
    """One line a row: where it stands in the source, which column, which rule, what to do."""
    name, zh, en = _column_words(pending.table, column, detail_zh, detail_en)
    taken = rows.select(["county_code", "_sheet", "_row", "_key", "_position"]).take(pa.array(places))
    count = len(taken)
    columns = {
        "delivery_id": pa.repeat(pending.delivery_id, count),
        "source": pa.repeat(pending.source, count),
        "table_name": pa.repeat(pending.table.name, count),
        "county_code": taken["county_code"],
        "sheet": taken["_sheet"],
        "row": taken["_row"],
        "row_key": taken["_key"],
        "position": taken["_position"],
        "column_name": pa.repeat(name, count),
        "rule": pa.repeat(rule, count),
        "message_en": pa.repeat(rule_of(rule).message_en(en, detail_en), count),
        "message_zh": pa.repeat(rule_of(rule).message_zh(zh, detail_zh), count),
    }
    return pa.table(columns, schema=QUARANTINED_ROWS)


def _column_words(table: Table, column: str, detail_zh: str, detail_en: str) -> tuple[str, str, str]:
    """Name and labels of the column that a finding speaks of; for keys, of all their columns."""
    if column == KEY_STATE:
        return ",".join(table.key), detail_zh, detail_en
    spoken_of = table.column(SPOKEN_OF.get(column, column)) if column else None
    return (spoken_of.name, spoken_of.label_zh, spoken_of.label_en) if spoken_of else ("", "", "")


def _whole_delivery(
    pending: PendingDelivery, findings: list[Finding], quarantined: pa.Table, rows: int
) -> tuple[str, str | None, str | None, str | None]:
    """Outcome, rule and messages: refused before held before landed."""
    for severity, outcome in ((REFUSE, REFUSED), (HOLD, HELD)):
        for finding in findings:
            if finding.severity == severity and not _was_so_before(pending, finding):
                _, zh, en = _column_words(pending.table, finding.column, finding.detail_zh, finding.detail_en)
                rule, origin = rule_of(finding.rule), pending.record.origin
                return (
                    outcome,
                    finding.rule,
                    f"{origin}, {pending.table.name}: {rule.message_en(en, finding.detail_en)}",
                    f"{origin}，{pending.table.label_zh}：{rule.message_zh(zh, finding.detail_zh)}",
                )
        if outcome == REFUSED and (refusal := _damaged(pending, quarantined, rows)):
            return REFUSED, refusal.rule, refusal.message_en, refusal.message_zh
    return _unread_column(pending, rows) or (LANDED, None, None, None)


def _was_so_before(pending: PendingDelivery, finding: Finding) -> bool:
    """An empty table that follows an empty one: a person has released that already."""
    return finding.rule == "empty_table" and pending.before is not None and pending.before.rows == 0


def _unread_column(pending: PendingDelivery, rows: int) -> tuple[str, str, str, str] | None:
    """Held when the reader could not read one column in more than half of the rows
    (10 at least): it is then not what its heading says. What the judge finds in
    values that were read, such as an unknown code, plays no part."""
    cells = {(damage.column, damage.position) for damage in pending.damages}
    for column, count in sorted(Counter(column for column, _ in cells).items()):
        about = pending.table.column(column)
        if not about.is_identity and count >= UNREAD_ROWS and count > UNREAD_SHARE * rows:
            rule, origin = rule_of("unreadable_column"), pending.record.origin
            return (
                HELD,
                "unreadable_column",
                f"{origin}, {pending.table.name}: {rule.message_en(about.label_en, f'{count} of {rows} rows')}",
                f"{origin}，{pending.table.label_zh}：{rule.message_zh(about.label_zh, f'{count} / {rows} 行')}",
            )
    return None


def _damaged(pending: PendingDelivery, quarantined: pa.Table, rows: int):
    """A refusal when too many codes of one identity column are not of the declared form."""
    identities = {column.name for column in pending.table.columns if column.is_identity}
    cells = set(zip(*(quarantined[name].to_pylist() for name in ("column_name", "position", "rule")), strict=True))
    unreadable = {(column, place) for column, place, rule in cells if column in identities and rule in UNREADABLE_IDENTITY}
    for column, count in sorted(Counter(column for column, _ in unreadable).items()):
        if too_many_damaged(count, rows):
            return damaged_identities(pending.record.origin, pending.table, column, count, rows)
    return None
