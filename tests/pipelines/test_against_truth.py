"""The whole way against the truth: the pipeline's tables equal what exact arithmetic says.

The truth is computed by the sandbox in fractions from its plan, with the rules
typed a second time; nothing of it comes from the SQL under test.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from against_truth import CHECKS
from county_run import Run, run_county
from sandbox.make import make_sandbox
from sandbox.serve import serve

COUNTIES = [(schools, seed) for schools in (20, 128) for seed in (1, 2, 3)] + [(1000, 4)]


@pytest.fixture(scope="module", params=COUNTIES, ids=lambda county: f"{county[0]}-schools-seed-{county[1]}")
def county(request, tmp_path_factory) -> tuple[Run, Path]:
    schools, seed = request.param
    folder = tmp_path_factory.mktemp(f"county-{schools}-{seed}")
    make_sandbox(folder / "sandbox", schools=schools, students=schools * 86000 // 128, seed=seed)
    with serve(folder / "sandbox") as settings:
        run = run_county(folder / "home", settings)
    return run, folder / "sandbox" / "truth"


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_release_tells_the_truth_about(county, check):
    check(*county)
