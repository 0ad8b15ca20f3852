"""The gate before publishing: whether a candidate may become a release.

Here: every published table past the judge, with what the tables say of one another.
Not here: expectations (suites/published.py), and publishing (warehouse/release.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from expectations.agreements import agreements_of, open_candidate, with_agreements
from expectations.delivery_gate import as_frame
from expectations.judge import BATCH_ROWS, Finding, judge
from expectations.rules import BLOCK, rule_of
from warehouse.published_tables import PUBLISHED_TABLES, PublishedTable


@dataclass(frozen=True)
class ReleaseFinding:
    """Why a table may not be published: `positions` are 0-based rows of its Parquet file."""

    table: str
    rule: str
    column: str
    count: int
    positions: tuple[int, ...]
    message_zh: str
    message_en: str

    @property
    def sentence(self) -> str:
        return f"{self.table}: {self.message_zh} / {self.message_en}"


@dataclass(frozen=True)
class ReleaseVerdict:
    """The gate's answer about a candidate; `rows` is the sum over its tables."""

    findings: tuple[ReleaseFinding, ...]
    rows: int
    results: dict[str, tuple]

    @property
    def passed(self) -> bool:
        return not self.findings

    def findings_of(self, table: str) -> tuple[ReleaseFinding, ...]:
        return tuple(finding for finding in self.findings if finding.table == table)


def judge_release(folder: Path, tables: Iterable[PublishedTable] = PUBLISHED_TABLES) -> ReleaseVerdict:
    """Judge the tables of a candidate folder. Any finding blocks the release."""
    from expectations.suites.published import published_suite

    findings, results, rows = [], {}, 0
    with open_candidate(folder) as engine:
        for table in tables:
            if not (folder / f"{table.name}.parquet").exists():
                findings.append(_said(table, Finding("table_missing", "", BLOCK, 0)))
                continue
            try:
                told = with_agreements(engine, table.name)
            except duckdb.Error as problem:
                # Names of tables and columns at most: no row was read.
                what = type(problem).__name__
                findings.append(_said(table, Finding("not_judged", "", BLOCK, 0, detail_zh=what, detail_en=what)))
                continue
            rows += len(told)
            for start in range(0, max(len(told), 1), BATCH_ROWS):
                verdict = judge(as_frame(told.slice(start, BATCH_ROWS)), published_suite(table))
                results[table.name] = verdict.results
                findings += [_said(table, finding, start) for finding in verdict.findings]
    return ReleaseVerdict(tuple(findings), rows, results)


def _said(table: PublishedTable, finding: Finding, start: int = 0) -> ReleaseFinding:
    agreed = {agreement.name: agreement.column for agreement in agreements_of(table.name)}
    column = agreed.get(finding.column, finding.column)
    rule = rule_of(finding.rule)
    return ReleaseFinding(
        table.name,
        finding.rule,
        column,
        finding.count,
        tuple(int(place) + start for place in finding.positions),
        rule.message_zh(column, finding.detail_zh),
        rule.message_en(column, finding.detail_en),
    )
