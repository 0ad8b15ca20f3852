"""Three in ten answers of the service go wrong, and the pull brings the same rows as without."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest
from reading import KEY, walked

from sandbox.faults import KINDS, FaultPlan
from sandbox.make import make_sandbox
from sandbox.serve import serve
from sources.connections import Patience, Service
from sources.declaration import Context
from sources.refusal import Unreachable
from sources.register import source

PAGE_ROWS = 100  # 2,000 students in 20 pages
# As in a real pull but for the waits, which prove nothing here.
PATIENCE = replace(Patience(), first_wait=0.01, longest_wait=0.05)


@pytest.fixture(scope="module")
def county(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("faulty") / "sandbox"
    make_sandbox(folder, schools=12, students=2_000, seed=5)
    return folder


@pytest.fixture(scope="module")
def sound(county) -> dict[str, pa.Table]:
    return pulled(county, None)


def pulled(county: Path, faults: FaultPlan | None) -> dict[str, pa.Table]:
    """Every table of one pull, in key order: the order of landing."""
    with serve(county, page_rows=PAGE_ROWS, faults=faults) as settings:
        service = Service(settings["JUNHENG_STUDENT_STATUS_URL"], settings["JUNHENG_STUDENT_STATUS_TOKEN"])
        deliveries = source("student_status").pull(service, Context(pseudonym_key=KEY), patience=PATIENCE)
        read = {delivery.table.name: walked(delivery).table for delivery in deliveries}
    return {name: rows.sort_by([("_key", "ascending")]) for name, rows in read.items()}


@pytest.mark.parametrize("seed", range(6))
def test_at_three_faults_in_ten_the_rows_are_the_same(county, sound, seed):
    began = time.monotonic()
    assert pulled(county, FaultPlan(0.3, seed)) == sound
    assert time.monotonic() - began < 60


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_the_kind_the_rows_are_the_same(county, sound, kind):
    assert sound["students"].num_rows >= 2_000
    assert pulled(county, FaultPlan(0.3, 7, (kind,))) == sound


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("server_error", "HTTP 50"), ("too_many", "HTTP 429"), ("cut", "connection failed"), ("broken_json", "broken JSON"),
        ("duplicated", "twice"), ("vanished", "pages vanished"), ("token_expired", "JUNHENG_STUDENT_STATUS_TOKEN"),
    ],
)  # fmt: skip
def test_a_service_that_fails_always_is_given_up_in_words(county, kind, said):
    began = time.monotonic()
    with pytest.raises(Unreachable) as problem:
        pulled(county, FaultPlan(1.0, kinds=(kind,)))
    assert said in problem.value.message_en
    assert time.monotonic() - began < 60
