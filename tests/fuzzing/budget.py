"""How long a fuzzer works: a fixed number of examples in CI, ten minutes by the `soak` marker."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import SearchStrategy

SOAK_SECONDS = float(os.environ.get("FUZZ_SECONDS", "600"))
QUIET = tuple(HealthCheck)


def few(check: Callable[..., None], strategy: SearchStrategy, examples: int) -> None:
    """The same examples every time, so that CI says the same of the same code."""
    limited = settings(max_examples=examples, deadline=None, derandomize=True, database=None, suppress_health_check=QUIET)
    limited(given(strategy)(lambda spoiled: check(spoiled)))()


def many(check: Callable[..., None], strategy: SearchStrategy) -> None:
    """New examples until the time is over; a failure is shrunk and names its seed."""
    end, start = time.monotonic() + SOAK_SECONDS, time.time_ns()
    for turn in range(10**9):
        limited = settings(max_examples=200, deadline=None, database=None, suppress_health_check=QUIET, phases=(Phase.generate, Phase.shrink), print_blob=True)
        seed(start + turn)(limited(given(strategy)(lambda spoiled: check(spoiled))))()
        if time.monotonic() > end:
            return


LONG = pytest.mark.soak
