"""How a release did on a dirty county: every planted fault found or missed, and what was alarm for nothing.

Here: the deliveries, quarantine and agreement of a release against the answer file. Not here: its
verdict tables against the truth (score_figures.py), and planting (dirt/). Reads the release's
Parquet files as any reader would.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow.parquet as pq

from sandbox.dirt.answers import Answer, read_answers
from sandbox.dirt.kind import AGREEMENT, FILE_REFUSED, HELD, QUARANTINED
from sandbox.make import SYSTEMS
from sandbox.score_figures import Compared, compared

_STOPPED = {FILE_REFUSED: "refused", HELD: "held"}
_AT_EASE = ("equal", "within_tolerance")
Place = tuple[str, str, str, str, str]  # source, table, file or sheet, sheet or "", row or key


@dataclass(frozen=True)
class Score:
    """`missed`: the answers that were not met. `false_alarms`: sentences, one a row of the release that no fault
    explains. `rows`: rows delivered. `truth`: verdict rows of schools that nothing hit, and of the county."""

    planted: Counter[str]
    missed: list[Answer]
    false_alarms: list[str]
    rows: int
    truth: Compared = field(repr=False)

    @property
    def found(self) -> Counter[str]:
        return self.planted - Counter(answer.kind for answer in self.missed)

    @property
    def is_good(self) -> bool:
        """Nothing missed, no number wrong, at most one false alarm in a thousand rows."""
        return not self.missed and not self.truth.wrong and len(self.false_alarms) * 1000 <= self.rows


def score(folder: Path, release: Path) -> Score:
    """The sandbox in `folder` against the release made from it. A clean sandbox has no answers: all alarms are false."""
    answers = read_answers(folder)
    tables = {name: pq.read_table(release / f"{name}.parquet").to_pylist() for name in ("delivery", "quarantine", "agreement")}
    truth = compared(folder / "truth", release, answers)
    stopped = _stopped_rows(tables["quarantine"])
    refused = {(row["origin"], row["status"]): row["rule"] for row in tables["delivery"] if row["status"] in ("refused", "held")}
    in_use = {row["origin"] for row in tables["delivery"] if row["status"] == "in_use"}
    findings = {(row["school_id"], row["measure_id"]): set() for row in tables["agreement"]}
    for row in tables["agreement"]:
        if row["grade"] not in _AT_EASE or row["finding"]:
            findings[row["school_id"], row["measure_id"]].add(row["finding"])
    missed = [answer for answer in answers if not _is_met(answer, stopped, refused, in_use, findings, truth.wrong_schools)]
    false_alarms = [*_for_nothing(answers, stopped), *_refused_for_nothing(answers, refused), *_findings_for_nothing(answers, tables["agreement"])]
    rows = sum(row["rows_delivered"] for row in tables["delivery"])
    return Score(Counter(answer.kind for answer in answers), missed, false_alarms, rows, truth)


def _stopped_rows(quarantine: Sequence[dict]) -> dict[Place, set[tuple[str, str]]]:
    """Column and rule of every stopped row by its place; a system's address is its own affair."""
    found: dict[Place, set[tuple[str, str]]] = defaultdict(set)
    for row in quarantine:
        file = "" if row["row_number"] is None else row["origin"]
        at = row["row_key"] if row["row_number"] is None else str(row["row_number"])
        found[row["source"], row["table_name"], file, row["sheet"] or "", at or ""].add((row["column_name"], row["rule"]))
    return found


def _place(answer: Answer) -> Place:
    return answer.source, answer.table, answer.file if answer.row else "", answer.sheet, answer.row or answer.row_key


def _is_met(answer: Answer, stopped: dict, refused: dict, in_use: set[str], findings: dict, wrong_schools: set[str]) -> bool:
    if answer.expected == QUARANTINED:
        return (answer.column, answer.rule) in stopped.get(_place(answer), ())
    if answer.expected in _STOPPED:
        return refused.get((answer.file, _STOPPED[answer.expected])) == answer.rule
    if answer.expected == AGREEMENT:
        found = [findings.get((school, answer.measure), set()) for school in answer.schools]
        return any(answer.rule in words if answer.rule else words for words in found)
    is_whole_file = not answer.row and not answer.row_key and not answer.file.startswith(SYSTEMS)
    if is_whole_file and answer.file not in in_use:
        return False
    is_stopped = _place(answer) in stopped or any((answer.file, status) in refused for status in _STOPPED.values())
    return not is_stopped and not wrong_schools & set(answer.schools)


def _for_nothing(answers: Sequence[Answer], stopped: dict) -> list[str]:
    expected = {(_place(answer), answer.column, answer.rule) for answer in answers if answer.expected == QUARANTINED}
    return [
        f"quarantine: {' '.join(filter(None, place))}: {column} {rule}"
        for place, said in sorted(stopped.items())
        for column, rule in sorted(said)
        if (place, column, rule) not in expected
    ]


def _refused_for_nothing(answers: Sequence[Answer], refused: dict) -> list[str]:
    expected = {(answer.file, _STOPPED[answer.expected]) for answer in answers if answer.expected in _STOPPED}
    return [f"delivery: {origin}: {status} {rule}" for (origin, status), rule in sorted(refused.items()) if (origin, status) not in expected]


def _findings_for_nothing(answers: Sequence[Answer], agreement: Sequence[dict]) -> list[str]:
    """What was found of schools that nothing hit; of the county where nothing hit any."""
    hit = {school for answer in answers for school in answer.hit} | ({""} if any(answer.is_hit for answer in answers) else set())
    return [
        f"agreement: {row['school_id']} {row['stage']} {row['measure_id']}: {row['grade']} {row['finding']}"
        for row in agreement
        if (row["grade"] not in _AT_EASE or row["finding"]) and row["school_id"] not in hit
    ]
