"""Crosswalk decisions: a person says which school a code means.

Here: appending one row to the decisions file in the inbox.
Not here: reading it (sources/registry) and using it (dbt_project/models).
"""

from __future__ import annotations

import csv
import re
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from pipelines.settings import Settings
from sources.refusal import Misconfigured
from sources.registry.tables import CROSSWALK
from warehouse.decisions import CODE_MAPPED, decide
from warehouse.layout import Layout

FILE = "crosswalk.csv"


@dataclass(frozen=True)
class Decision:
    """One decision; the fields are columns of the crosswalk table."""

    source_system: str
    source_code: str
    source_name: str
    school_id: str
    stage: str
    valid_from: date | None
    valid_to: date | None
    evidence: str
    county_code: str
    decided_on: date


def add_decision(settings: Settings, decision: Decision) -> Path:
    """Append a decision to `registry/crosswalk.csv` in the inbox; returns the file.

    Rows are only ever added: a decision is taken back by a later one. It stands in the
    log of decisions too. Raises
    Misconfigured where there is no inbox or a value cannot be a code.
    """
    from sources.register import SOURCES

    if settings.inbox is None:
        raise Misconfigured("JUNHENG_INBOX is not set: decisions are kept in its registry folder. / 未设置 JUNHENG_INBOX。")
    if not re.fullmatch(CROSSWALK.column("school_id").pattern, decision.school_id):
        raise Misconfigured(f"--school must be the 10-digit school code, not {decision.school_id!r}. / 学校标识码应为 10 位数字。")
    if decision.source_system not in {source.name for source in SOURCES}:
        names = ", ".join(source.name for source in SOURCES)
        raise Misconfigured(f"--source must be one of {names}. / 来源系统名称不正确。")
    if decision.stage not in ("", "primary", "junior", "senior"):
        raise Misconfigured(f"--stage must be primary, junior or senior, not {decision.stage!r}. / 学段不正确。")
    if not re.fullmatch(CROSSWALK.column("county_code").pattern + "|", decision.county_code):
        raise Misconfigured(f"--county must be six digits, not {decision.county_code!r}. / 区县代码应为 6 位数字。")
    if not decision.evidence.strip():
        raise Misconfigured("--because must say why; it is kept as the evidence. / 请用 --because 说明依据。")

    path = settings.inbox / "registry" / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    columns = [column.name for column in CROSSWALK.columns]
    row = {**asdict(decision), "match_method": "manual"}  # who decided is for the office to write, as an office
    is_new = not path.exists()
    # with a byte-order mark, so that a spreadsheet program shows Chinese as it is
    with path.open("a", encoding="utf-8-sig" if is_new else "utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, restval="")
        if is_new:
            writer.writeheader()
        writer.writerow({name: row[name] or "" for name in columns if name in row})
    said = f"{decision.source_system} {decision.source_code} -> {decision.school_id} {decision.stage}".strip()
    decide(Layout(settings.home), CODE_MAPPED, subject=said, because=decision.evidence, by=settings.operator)
    return path
