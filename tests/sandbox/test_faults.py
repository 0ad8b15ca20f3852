"""The faulty service: each kind of fault is what it says, and a seed strikes the same requests."""

from __future__ import annotations

import time

import pytest
import requests

from sandbox.faults import KINDS, FaultPlan
from sandbox.serve import serve

PAGE_ROWS = 500


@pytest.fixture(scope="module")
def whole(small) -> list[dict]:
    """The pages of the students as they are, one after another."""
    with serve(small, page_rows=PAGE_ROWS) as settings:
        return list(walked(settings))


def asked(settings: dict, cursor: str | None = None, resource: str = "students") -> requests.Response:
    headers = {"Authorization": f"Bearer {settings['JUNHENG_STUDENT_STATUS_TOKEN']}"}
    query = {"cursor": cursor} if cursor else {}
    return requests.get(f"{settings['JUNHENG_STUDENT_STATUS_URL']}/v1/{resource}", headers=headers, params=query, timeout=30)


def walked(settings: dict):
    cursor, over = None, False
    while not over:
        page = asked(settings, cursor).json()
        yield page
        cursor = page["next_cursor"]
        over = cursor is None


def always(kind: str) -> FaultPlan:
    return FaultPlan(1.0, kinds=(kind,))


@pytest.mark.parametrize(
    ("kind", "status"), [("too_many", {429}), ("server_error", {500, 502, 503, 504}), ("broken_json", {200}), ("token_expired", {401})]
)
def test_kinds_that_answer_at_once(small, whole, kind, status):
    with serve(small, page_rows=PAGE_ROWS, faults=always(kind)) as settings:
        answers = [asked(settings, whole[0]["next_cursor"]) for _ in range(4)]
    assert {answer.status_code for answer in answers} <= status
    if kind == "too_many":
        assert {answer.headers["Retry-After"] for answer in answers} == {"1"}
    if kind == "broken_json":
        with pytest.raises(ValueError):
            answers[0].json()


def test_an_expired_token_expires_midway(small, whole):
    with serve(small, page_rows=PAGE_ROWS, faults=always("token_expired")) as settings:
        assert asked(settings).json() == whole[0]
        assert asked(settings, resource="state").status_code == 200
        assert asked(settings, whole[0]["next_cursor"]).status_code == 401


def test_a_slow_answer_is_a_whole_one(small, whole):
    with serve(small, page_rows=PAGE_ROWS, faults=always("slow")) as settings:
        began = time.monotonic()
        assert asked(settings).json() == whole[0]
    assert time.monotonic() - began >= 0.9


def test_a_cut_connection_breaks_off_in_the_middle(small):
    with serve(small, page_rows=PAGE_ROWS, faults=always("cut")) as settings, pytest.raises(requests.exceptions.ChunkedEncodingError):
        asked(settings)


def test_a_duplicated_page_is_the_one_before(small, whole):
    with serve(small, page_rows=PAGE_ROWS, faults=always("duplicated")) as settings:
        assert asked(settings).json() == whole[0], "there is none before the first"
        assert asked(settings, whole[0]["next_cursor"]).json() == whole[0]


def test_a_vanished_page_leaves_the_one_behind_it(small, whole):
    with serve(small, page_rows=PAGE_ROWS, faults=always("vanished")) as settings:
        assert asked(settings).json() == whole[1]
        last = asked(settings, whole[-2]["next_cursor"]).json()
    assert last == whole[-1] | {"items": []}


def test_a_seed_strikes_the_same_requests(small):
    def struck(seed: int) -> list[int]:
        with serve(small, faults=FaultPlan(0.3, seed, ("server_error", "too_many"))) as settings:
            return [asked(settings, resource="state").status_code for _ in range(60)]

    first = struck(1)
    assert struck(1) == first != struck(2)
    assert 8 <= sum(status != 200 for status in first) <= 30  # 18 expected; 8 and 30 are three deviations off


def test_a_plan_that_cannot_be_is_said_so():
    with pytest.raises(ValueError, match="between 0 and 1"):
        FaultPlan(1.5)
    with pytest.raises(ValueError, match="too_many"):
        FaultPlan(0.5, kinds=("earthquake",))
    assert all(FaultPlan(0.5, kinds=(kind,)) for kind in KINDS)
