"""The judge: whether a frame may go on, and which rows stand in the way.

Here: the one place that calls Great Expectations on data, quietly: no
telemetry, no progress bars, no files, no network.
Not here: what is expected (suites/), how deliveries are read (gate), and any
delivered value: a verdict holds positions and counts.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from expectations.rules import REFUSE, rule_of

if TYPE_CHECKING:
    import great_expectations as gx
    import pandas as pd
    from great_expectations.core import ExpectationValidationResult

BATCH_ROWS = 1_000_000
# Positions, not values: GX keeps what it finds in memory, and we take the places alone.
RESULT_FORMAT = {"result_format": "COMPLETE", "return_unexpected_index_query": False, "partial_unexpected_count": 0}
COUNTS = ("element_count", "missing_count", "missing_percent", "unexpected_count", "unexpected_percent", "observed_value")


@dataclass(frozen=True)
class Finding:
    """One expectation that failed. `positions` are 0-based places in the frame;
    empty for what concerns the table as a whole. `detail_*` says what was expected."""

    rule: str
    column: str
    severity: str
    count: int
    positions: np.ndarray = field(default_factory=lambda: np.empty(0, np.int64))
    detail_zh: str = ""
    detail_en: str = ""


@dataclass(frozen=True)
class Verdict:
    """What the judge found in one frame; `results` are GX's own, with counts and
    without a single value, for Data Docs."""

    findings: tuple[Finding, ...]
    results: tuple[ExpectationValidationResult, ...] = ()

    @property
    def passed(self) -> bool:
        return not self.findings


def great_expectations():
    """Great Expectations, imported late and with its telemetry switched off."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    os.environ.setdefault("TQDM_DISABLE", "1")
    import great_expectations as gx

    return gx


def new_context(**config):
    """A context of GX in memory alone: no folder, no progress bars."""
    gx = great_expectations()
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )

    return gx.get_context(
        mode="ephemeral",
        project_config=DataContextConfig(
            store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
            progress_bars=ProgressBarsConfig(globally=False, metric_calculations=False),
            analytics_enabled=False,
            **config,
        ),
    )


@cache
def quiet_context():
    """The judge's context, one a process: it keeps nothing between judgements."""
    return new_context()


def expect(kind: str, rule: str, *, column: str = "", detail_zh: str = "", detail_en: str = "", **arguments):
    """An expectation of GX (`kind` is its class name) that knows the rule it stands for.

    `column` names the column that the finding speaks of; it is passed on to
    GX where GX wants one and no other columns are given.
    """
    gx = great_expectations()
    meta = {"rule": rule, "column": column, "detail_zh": detail_zh, "detail_en": detail_en}
    if kind.startswith("ExpectColumnValues"):
        arguments.setdefault("column", column)
    return getattr(gx.expectations, kind)(meta=meta, **arguments)


def suite_of(name: str, expectations: list) -> gx.ExpectationSuite:
    quiet_context()  # a suite without a context cannot be made
    return great_expectations().ExpectationSuite(name=name, expectations=expectations)


def judge(frame: pd.DataFrame, suite: gx.ExpectationSuite) -> Verdict:
    """Say whether a frame may go on, and which rows stand in the way.

    The frame is Arrow-backed (ArrowDtype), indexed 0..n-1, of at most
    BATCH_ROWS rows. An expectation that GX could not evaluate is a finding
    (`not_judged`) too: what was not looked at has not passed.
    """
    from great_expectations.execution_engine import PandasExecutionEngine
    from great_expectations.validator.validator import Validator

    # The validator itself, not a batch definition: that one would hash the whole frame, twice.
    validator = Validator(execution_engine=PandasExecutionEngine(batch_data_dict={"frame": frame}), data_context=quiet_context())
    results = validator.graph_validate(
        configurations=[expectation.configuration for expectation in suite.expectations],
        runtime_configuration={"result_format": RESULT_FORMAT},
    )
    findings = tuple(_finding(result) for result in results if not result.success)
    for result in results:
        result.result = {name: count for name, count in result.result.items() if name in COUNTS}
    return Verdict(findings, tuple(results))


def _finding(result) -> Finding:
    meta = result.expectation_config.meta
    if _raised(result.exception_info or {}):
        kind = result.expectation_config.type
        return Finding("not_judged", meta["column"], REFUSE, 0, detail_zh=kind, detail_en=kind)
    found = result.result
    positions = np.asarray(found.get("unexpected_index_list") or [], np.int64)
    return Finding(
        meta["rule"],
        meta["column"],
        rule_of(meta["rule"]).severity,
        found.get("unexpected_count") or len(positions),
        positions,
        meta["detail_zh"],
        meta["detail_en"],
    )


def _raised(said: dict) -> bool:
    """Whether GX could not evaluate; it tells so of the whole, or of each metric by its id."""
    return bool(said.get("raised_exception")) or any(each.get("raised_exception") for each in said.values() if isinstance(each, dict))
