"""The desk: what arrived and what became of it, for the person who must act on it.

Here: rows of the ledger and of the current release brought together, and releasing what
is held. Not here: how they are printed (desk_command.py), the workbook that goes back to a
sender (refusals.py), and why something was held (expectations/).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipelines.settings import Settings
from sources.free_text import scrubbed
from sources.refusal import Misconfigured
from warehouse import durable
from warehouse.decisions import HOLD_RELEASED, decide
from warehouse.delivery_record import HELD, LANDED, PURGED, DeliveryRecord
from warehouse.holding import UNDATED, has_copy, is_waiting, release, released_together
from warehouse.layout import Layout
from warehouse.ledger import Ledger

MISSING, RELEASED, SUPERSEDED = "missing", "released", "superseded"
NOT_PUBLISHED = "accepted"  # landed, and in no release yet
STATUSES = ("in_use", NOT_PUBLISHED, SUPERSEDED, "not_yet_due", "refused", HELD, RELEASED, MISSING)


@dataclass(frozen=True)
class Wanted:
    """Which deliveries are asked for; empty is any."""

    source: str = ""
    table: str = ""
    county: str = ""
    status: str = ""


def deliveries(layout: Layout, wanted: Wanted) -> list[dict]:
    """One row a delivery, as the ledger knows it now, and one a missing one as the current release tells it.

    Columns: source, table, county, unit, period, as_of_date, kind, status, rows, quarantined,
    rule, message_zh, message_en, origin, digest, arrived_at; by source, table, county, day and arrival.
    """
    told = {row["delivery_id"]: row for row in _told(layout.current / "delivery.parquet")}
    rows = [_row(record, told.get(record.delivery_id, {})) for record in Ledger(layout).records()]
    rows += [_missing(row) for row in told.values() if row["status"] == MISSING]
    kept = [
        row
        for row in rows
        if wanted.source in ("", row["source"])
        and wanted.table in ("", row["table"])
        and wanted.county in ("", row["county"])
        and wanted.status in ("", row["status"])
    ]
    return sorted(kept, key=lambda row: (row["source"], row["table"], row["county"], str(row["as_of_date"] or ""), str(row["arrived_at"] or ""), row["unit"]))


def _told(path: Path) -> list[dict]:
    from pyarrow.parquet import ParquetFile  # not read_table: it imports pandas

    return ParquetFile(path).read().to_pylist() if path.exists() else []


def _row(record: DeliveryRecord, told: dict) -> dict:
    return {
        "source": record.source,
        "table": record.table_name,
        "county": record.county_code or "",
        "unit": record.unit,
        "period": told.get("period") or "",
        "as_of_date": max(record.speaks_of, default=None),
        "kind": record.kind,
        "status": _status(record, told),
        "rows": record.rows_delivered or 0,
        "quarantined": told.get("rows_quarantined", record.rows_quarantined) or 0,
        "rule": record.rule or "",
        "message_zh": record.message_zh or "",
        "message_en": record.message_en or "",
        "origin": record.origin,
        "digest": record.digest,
        "arrived_at": record.arrived_at,
    }


def _status(record: DeliveryRecord, told: dict) -> str:
    if record.outcome == LANDED:
        return told.get("status") or NOT_PUBLISHED
    if record.outcome == HELD and not is_waiting(record):
        return RELEASED if record.released_because else SUPERSEDED
    return SUPERSEDED if record.outcome == PURGED else record.outcome


def _missing(told: dict) -> dict:
    return {
        "source": told["source"], "table": told["table_name"], "county": told["county_code"], "unit": told.get("unit") or "",
        "period": told["period"] or "", "as_of_date": None, "kind": told["kind"], "status": MISSING, "rows": 0, "quarantined": 0, "rule": "",
        "message_zh": "", "message_en": "", "origin": "", "digest": "", "arrived_at": None,
    }  # fmt: skip


def release_hold(settings: Settings, digest: str, *, because: str, as_of: date | None = None) -> list[DeliveryRecord]:
    """Release the held delivery whose digest begins so, and what is held together with it.

    The decision goes into the log first, then the records say so; the next run takes the
    deliveries in. Waits for a run that is under way. Raises Misconfigured, changing nothing,
    when the digest names no held delivery or several, when nothing is said, when an undated
    delivery is not given its day, or a dated one another.
    """
    layout = Layout(settings.home)
    if not scrubbed(because).strip(" *"):
        raise Misconfigured("--because must say why; it is kept. / 请用 --because 说明理由。")
    with durable.lock(layout.run_lock):
        ledger = Ledger(layout)
        record = _named(digest, ledger)
        together = released_together(record, ledger.find(record.source))
        if any(held.rule == UNDATED for held in together) != (as_of is not None):
            raise Misconfigured(
                "--as-of gives an undated delivery its day: it is needed there, and not allowed where the delivery has one. "
                "/ --as-of 仅用于（且必须用于）未注明数据日期的交付。"
            )
        if gone := [held for held in together if held.rule != UNDATED and not has_copy(held, layout)]:
            raise Misconfigured(
                f"Nothing was kept of {gone[0].origin}; run `junheng run` once, then release it. / 未留存该交付，请先运行 junheng run 再放行。"
            )
        subject = f"{record.source} {', '.join(sorted({held.table_name for held in together}))} {record.digest}"
        decision = decide(layout, HOLD_RELEASED, subject=subject, because=because, by=settings.operator)
        return release(together, ledger, because=decision.because, as_of=as_of)


def _named(digest: str, ledger: Ledger) -> DeliveryRecord:
    found = [record for record in ledger.find(outcome=HELD) if digest and record.digest.startswith(digest.lower()) and is_waiting(record)]
    if not found:
        raise Misconfigured(
            f"No held delivery has a digest that begins with {digest!r}; `junheng deliveries --status held` lists them. / 没有摘要以此开头的搁置交付。"
        )
    if len({record.digest for record in found}) > 1:
        raise Misconfigured(
            f"{digest!r} begins the digests of several held deliveries: {', '.join(sorted({r.digest[:16] for r in found}))}. Give more of it. "
            "/ 有多份搁置的交付以此开头，请给出更长的摘要。"
        )
    return found[0]
