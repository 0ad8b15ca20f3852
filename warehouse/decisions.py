"""The log of decisions: what a person decided, when, in which role, and why.

Here: one JSON line a decision, appended and never changed; the table that dbt reads.
Not here: what follows from a decision (holding, the crosswalk, the rules).
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from sources.free_text import scrubbed
from warehouse import durable
from warehouse.clock import utc_now
from warehouse.layout import Layout
from warehouse.ledger_tables import DECISIONS

HOLD_RELEASED, CODE_MAPPED, ITEM_NOTED = "hold_released", "code_mapped", "item_noted"
RULE_SET_CHANGED, RULES_CHANGED = "rule_set_changed", "rules_changed"
PURGED = "purged"
KINDS = (HOLD_RELEASED, CODE_MAPPED, ITEM_NOTED, RULE_SET_CHANGED, RULES_CHANGED, PURGED)


@dataclass(frozen=True)
class Decision:
    """One decision. `decided_at`: UTC. `decided_by`: a role or office, never a person.
    `subject`: what it is about, such as a digest, a code, an item of the ledger."""

    decided_at: datetime
    decided_by: str
    decision_kind: str
    subject: str
    because: str
    decision_id: str = ""


def decide(layout: Layout, kind: str, *, subject: str, because: str, by: str) -> Decision:
    """Append a decision; long runs of digits in its reason are blotted out.

    The line is on the disk when this returns. A line that a crash has torn is closed by
    the next one, and stays in the file as it is.
    """
    if kind not in KINDS:
        raise ValueError(f"{kind!r} is no kind of decision")
    decision = Decision(utc_now(), by, kind, subject, scrubbed(" ".join(because.split())))
    layout.home.mkdir(parents=True, exist_ok=True)
    with durable.lock(layout.decisions.with_name(".decisions.lock")), layout.decisions.open("a+b") as log:
        number = log.tell() and _lines(layout.decisions)
        content = json.dumps([number, decision.decided_at.isoformat(), kind, subject, decision.because], ensure_ascii=False)
        decision = replace(decision, decision_id=hashlib.sha256(content.encode()).hexdigest()[:32])
        line = json.dumps({**asdict(decision), "decided_at": decision.decided_at.isoformat()}, ensure_ascii=False)
        log.write((b"\n" if _is_torn(layout.decisions) else b"") + line.encode() + b"\n")
        log.flush()
        os.fsync(log.fileno())
    durable.fsync(layout.decisions.parent)
    return decision


def decisions(layout: Layout) -> list[Decision]:
    """Every decision, in the order in which they were made; lines that a crash tore are passed over."""
    if not layout.decisions.exists():
        return []
    found = []
    for line in layout.decisions.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            said = json.loads(line)
        except json.JSONDecodeError:
            continue
        found.append(Decision(**{**said, "decided_at": datetime.fromisoformat(said["decided_at"])}))
    return found


def write_snapshot(layout: Layout) -> Path:
    """Write all decisions as the one Parquet file that dbt reads."""
    path = layout.decisions_snapshot
    path.parent.mkdir(parents=True, exist_ok=True)
    with durable.new_file(path) as unfinished:
        pq.write_table(pa.Table.from_pylist([asdict(decision) for decision in decisions(layout)], schema=DECISIONS), unfinished)
    return path


def _lines(path: Path) -> int:
    return path.read_bytes().count(b"\n")


def _is_torn(path: Path) -> bool:
    content = path.read_bytes()
    return bool(content) and not content.endswith(b"\n")
