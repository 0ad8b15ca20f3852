"""What every row of the county's indicators, and its verdict part by part, must be.

Here: the rows of part 1 beside those of the other parts, and the parts put together
from them. Not here: how a row comes about (truth_*.py), whether the county was to meet
it (fulfilment.py).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from sandbox.catalogue import GOVERNMENT, PRECONDITIONS, QUALITY, RESOURCE_SCHOOL_RULE, SOCIAL, VETOES
from sandbox.indicator_row import IndicatorRow, at_least, percent
from sandbox.monitor_truth import monitor_rows, precondition_rows
from sandbox.plan import County
from sandbox.standard import INDICATORS, JUDGED_STAGES
from sandbox.truth import Truth, write_csv
from sandbox.truth_evidence import evidence_rows
from sandbox.truth_government import government_rows
from sandbox.truth_people import people_rows
from sandbox.truth_quality import SURVEY_HEADER, quality_rows, survey_rows

PARTS = {
    "preconditions": frozenset(PRECONDITIONS),
    "resource": frozenset((*(indicator.id for indicator in INDICATORS), RESOURCE_SCHOOL_RULE)),
    "government": frozenset(GOVERNMENT),
    "quality": frozenset(QUALITY),
    "social": frozenset(SOCIAL),
    "veto": frozenset(VETOES),
}
ALL_PARTS = "all"
_GOOD, _OPEN = ("met", "not_applicable"), ("no_data", "needs_evidence")


@dataclass(frozen=True)
class PartTruth:
    """One part of the verdict: how many of its tests are met, not met and open, and why it does not pass."""

    part: str
    met: int
    not_met: int
    undecided: int
    reasons: list[str]

    @property
    def verdict(self) -> str:
        return "fail" if self.not_met else "undecided" if self.undecided else "pass"


def county_truth_of(county: County, truth: Truth) -> list[IndicatorRow]:
    """The rows, sorted by key."""
    rows = [
        *_resource_rows(truth), *government_rows(county), *people_rows(county), *quality_rows(county), *evidence_rows(county),
        *precondition_rows(monitor_rows(county, truth)),
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (row.indicator_id, row.component, row.stage))


def _resource_rows(truth: Truth) -> list[IndicatorRow]:
    """Fourteen coefficients, and the share of units that pass the school rule by stage."""
    rows = [IndicatorRow(row.indicator_id, "", row.stage, row.cv, row.status) for row in truth.balance]
    for stage in JUDGED_STAGES:
        verdicts = [unit.verdict for unit in truth.units if unit.stage == stage and unit.scope_reason is None]
        rows.append(at_least(RESOURCE_SCHOOL_RULE, percent(verdicts.count("pass"), len(verdicts)), Fraction(100), stage=stage))
    return rows


def parts_of(rows: list[IndicatorRow]) -> list[PartTruth]:
    """The parts, and all together."""
    parts = [_part(name, [row for row in rows if row.indicator_id in ids]) for name, ids in PARTS.items()]
    reasons = sorted({reason for part in parts for reason in part.reasons})
    whole = PartTruth(ALL_PARTS, *(sum(getattr(part, name) for part in parts) for name in ("met", "not_met", "undecided")), reasons)
    return sorted((*parts, whole), key=lambda part: part.part)


def _part(name: str, rows: list[IndicatorRow]) -> PartTruth:
    """A coefficient is a test of its stage; any other indicator is one test over its components and stages."""
    tests: dict[tuple[str, str], list[str]] = defaultdict(list)
    coefficients = {indicator.id for indicator in INDICATORS}
    for row in rows:
        tests[row.indicator_id, row.stage if row.indicator_id in coefficients else ""].append(row.status)
    not_met = sum(any(status not in (*_GOOD, *_OPEN) for status in found) for found in tests.values())
    met = sum(all(status in _GOOD for status in found) for found in tests.values())
    reasons = sorted({f"{row.indicator_id}:{row.status}" for row in rows if row.status not in _GOOD})
    return PartTruth(name, met, not_met, len(tests) - met - not_met, reasons)


def write_county_truth(county: County, rows: list[IndicatorRow], folder: Path) -> None:
    write_csv(
        folder / "county_indicator.csv",
        county.code,
        "county_code,indicator_id,component,stage,value,status",
        ((row.indicator_id, row.component, row.stage, row.value, row.status) for row in rows),
    )
    write_csv(
        folder / "county_compliance.csv",
        county.code,
        "county_code,part,verdict,met,not_met,undecided,reasons",
        ((p.part, p.verdict, p.met, p.not_met, p.undecided, ";".join(p.reasons)) for p in parts_of(rows)),
    )
    write_csv(folder / "survey_result.csv", county.code, SURVEY_HEADER, survey_rows(county))
