"""The answer key of a planned county as rows by key: what tests of the plan ask of it."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction

from sandbox.county_truth import county_truth_of
from sandbox.fulfilment import EVERYTHING, PART_1
from sandbox.plan import County
from sandbox.truth import truth_of

FOLLOWS_FROM_SIZES = {"school_size", "class_size"}
BEYOND_PART_1 = EVERYTHING - set(PART_1) - FOLLOWS_FROM_SIZES


def rows_of(county: County) -> dict[tuple[str, str, str], tuple[Fraction | None, str]]:
    """Value and status by indicator, component and stage."""
    return {(row.indicator_id, row.component, row.stage): (row.value, row.status) for row in county_truth_of(county, truth_of(county))}


def statuses(rows: dict[tuple[str, str, str], tuple[Fraction | None, str]]) -> dict[str, set[str]]:
    """Every status that an indicator has in any component or stage."""
    found = defaultdict(set)
    for (indicator, *_), (_, status) in rows.items():
        found[indicator].add(status)
    return found
