"""One row of the county's answer key, and the few ways a row comes about.

Here: counts of violations, shares and ratios against a least. Not here: what is
counted (truth_government.py, truth_people.py, truth_quality.py, truth_evidence.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

WHOLE = "all"
MET, NOT_MET, NO_DATA, NEEDS_EVIDENCE, NOT_APPLICABLE = "met", "not_met", "no_data", "needs_evidence", "not_applicable"


@dataclass(frozen=True)
class IndicatorRow:
    """One county, indicator, component and stage. `value` None: not known, or nothing there to judge."""

    indicator_id: str
    component: str
    stage: str
    value: Fraction | Decimal | None
    status: str


def violations(indicator_id: str, count: int, *, component: str = "", stage: str = WHOLE) -> IndicatorRow:
    return IndicatorRow(indicator_id, component, stage, Fraction(count), NOT_MET if count else MET)


def at_least(
    indicator_id: str, value: Fraction | None, threshold: Fraction, *, component: str = "", stage: str = WHOLE
) -> IndicatorRow:  # fmt: skip
    """Met from the threshold on; a value that is not known is `no_data`."""
    status = NO_DATA if value is None else MET if value >= threshold else NOT_MET
    return IndicatorRow(indicator_id, component, stage, value, status)


def percent(part: int | Fraction, whole: int | Fraction) -> Fraction | None:
    """None of nothing."""
    return Fraction(100 * part) / whole if whole else None
