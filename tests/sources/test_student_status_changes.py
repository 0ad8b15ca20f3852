"""The student-status service asked for what changed: marks, tombstones, and when everything is asked for."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Mapping
from datetime import date, datetime

import pytest
import uvicorn
from reading import KEY, Read, walked
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from sources.connections import Patience, Service
from sources.declaration import Context
from sources.refusal import Refusal
from sources.register import source

QUICK = Patience(attempts=2, first_wait=0.0, longest_wait=0.1, connect_timeout=2.0, read_timeout=2.0)
STUDENT_STATUS = source("student_status")
TABLES = [table.name for table in STUDENT_STATUS.tables]
MORNING, NOON, EVENING = (f"2025-09-01T{hour:02}:00:00+08:00" for hour in (8, 12, 18))


def school(code: str, name: str, updated: str = MORNING) -> dict:
    return {"county_code": "410183", "学校标识码": code, "学校名称": name, "办学类型": "211", "寄宿制": "否", "updated_at": updated}


class Exchange:
    """A service that holds schools alone, two to a page."""

    def __init__(self):
        self.schools: list[dict] = [school("2141000001", "一小"), school("2141000002", "二小"), school("2141000003", "三小")]
        self.as_of_date, self.counties, self.instance = "2025-09-01", ["410183"], "one"
        self.said_marks: object = ...  # in place of the right ones
        self.asked: list[tuple[str, str | None]] = []
        self.url = ""

    @property
    def newest(self) -> str:
        return max(item["updated_at"] for item in self.schools)

    def answer(self, request: Request) -> JSONResponse:
        resource, since = request.path_params["resource"], request.query_params.get("updated_since")
        self.asked.append((resource, since))
        if resource == "state":
            marks = {"schools": self.newest} if self.said_marks is ... else self.said_marks
            return JSONResponse({"as_of_date": self.as_of_date, "county_codes": self.counties, "instance": self.instance, "marks": marks})
        rows = self.schools if resource == "schools" else []
        if since:
            rows = [row for row in rows if datetime.fromisoformat(row["updated_at"]) >= datetime.fromisoformat(since)]
        else:
            rows = [row for row in rows if not row.get("is_deleted")]
        start = int(request.query_params.get("cursor") or 0)
        following = str(start + 2) if start + 2 < len(rows) else None
        return JSONResponse({"as_of_date": self.as_of_date, "items": rows[start : start + 2], "next_cursor": following, "total": len(rows)})


@pytest.fixture
def exchange() -> Iterator[Exchange]:
    exchange = Exchange()
    listening = socket.create_server(("127.0.0.1", 0))
    app = Starlette(routes=[Route("/v1/{resource}", exchange.answer)])
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    exchange.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    yield exchange
    server.should_exit = True
    thread.join()


def pull(exchange: Exchange, marks: Mapping[str, str] | None = None, *, full_from: date | None = None, key: bytes = KEY) -> list[Read]:
    context = Context(pseudonym_key=key, marks=marks or {}, full_from=full_from)
    return [walked(delivery) for delivery in STUDENT_STATUS.pull(Service(exchange.url), context, patience=QUICK)]


def marks_of(exchange: Exchange, key: bytes = KEY) -> dict[str, str]:
    return dict(STUDENT_STATUS.marks(Service(exchange.url), Context(pseudonym_key=key), patience=QUICK))


def of_schools(found: list[Read]) -> list[Read]:
    return [read for read in found if read.delivery.table.name == "schools"]


def codes(read: Read) -> list[tuple[str, bool]]:
    return [(row["school_id"], row.get("_is_deleted")) for row in read.rows]


def test_without_a_mark_everything_comes_and_brings_one(exchange):
    found = pull(exchange)
    assert [(read.delivery.table.name, read.delivery.kind, read.delivery.since) for read in found] == [(name, "full", None) for name in TABLES]
    assert {read.delivery.table.name: read.delivery.mark for read in found if read.delivery.mark} == marks_of(exchange)
    assert [since for _, since in exchange.asked] == [None] * len(exchange.asked)


def test_with_its_mark_a_table_comes_as_what_changed(exchange):
    marks = marks_of(exchange)
    exchange.schools[1] = school("2141000002", "二小新名", NOON)
    exchange.schools[2] = {"county_code": "410183", "学校标识码": "2141000003", "updated_at": NOON, "is_deleted": True}
    exchange.schools.append(school("2141000004", "四小", EVENING))
    exchange.schools[0]["updated_at"] = "2025-08-01T00:00:00+08:00"
    (read,) = of_schools(pull(exchange, marks))
    assert (read.delivery.kind, read.delivery.since, read.delivery.mark) == ("delta", marks["schools"], marks_of(exchange)["schools"])
    assert codes(read) == [("2141000002", False), ("2141000003", True), ("2141000004", False)]
    gone = read.rows[1]
    assert gone["county_code"] == "410183" and gone["school_name"] is None and gone["education_type"] is None
    assert ("schools", MORNING) in exchange.asked and ("schools", None) not in exchange.asked


def test_what_changed_at_the_very_moment_of_the_mark_comes_again(exchange):
    """A row of the same second may have been entered after the last pull."""
    marks = marks_of(exchange)
    exchange.schools = [school("2141000001", "一小", MORNING), school("2141000009", "同一秒", MORNING), school("2141000002", "二小", NOON)]
    (read,) = of_schools(pull(exchange, marks))
    assert [code for code, _ in codes(read)] == ["2141000001", "2141000009", "2141000002"]


def test_where_nothing_is_newer_nothing_is_asked_and_the_day_is_told(exchange):
    marks = marks_of(exchange)
    exchange.as_of_date, exchange.asked = "2025-09-02", []
    (read,) = of_schools(pull(exchange, marks))
    assert (read.delivery.kind, read.rows, read.delivery.as_of_date) == ("delta", [], date(2025, 9, 2))
    assert not [asked for asked in exchange.asked if asked[0] == "schools"]


@pytest.mark.parametrize(("day", "kinds"), [("2025-09-07", ["delta"]), ("2025-09-08", ["delta", "full"]), ("2025-09-09", ["delta", "full"])])
def test_a_full_pull_comes_beside_what_changed_when_it_is_due(exchange, day, kinds):
    marks = marks_of(exchange)
    exchange.as_of_date = day
    found = of_schools(pull(exchange, marks, full_from=date(2025, 9, 8)))
    assert [read.delivery.kind for read in found] == kinds
    assert len({read.delivery.mark for read in found}) == 1
    assert kinds == ["delta"] or len(found[1].rows) == 3


def test_a_system_that_went_back_is_read_whole(exchange):
    """Restored from a copy of this morning, it would never tell what was undone."""
    exchange.schools[0]["updated_at"] = NOON
    marks = marks_of(exchange)
    exchange.schools[0]["updated_at"] = MORNING
    (read,) = of_schools(pull(exchange, marks))
    assert (read.delivery.kind, len(read.rows)) == ("full", 3)


@pytest.mark.parametrize("other", ["key", "instance", "county", "table"])
def test_a_mark_of_another_reading_is_none(exchange, other):
    """Changes must not be laid upon rows with other pseudonyms, of another system or other columns."""
    marks = marks_of(exchange)
    key = KEY + b"?" if other == "key" else KEY
    if other == "instance":
        exchange.instance = "two"
    elif other == "county":
        exchange.counties = ["410183", "410184"]
    elif other == "table":
        marks = {"schools": marks_of(exchange)["schools"].replace(marks["schools"][:16], "0" * 16)}
    (read,) = of_schools(pull(exchange, marks, key=key))
    assert (read.delivery.kind, read.delivery.since) == ("full", None)


def test_the_same_system_on_another_port_goes_on(exchange):
    marks = marks_of(exchange)
    other = Exchange()
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(Starlette(routes=[Route("/v1/{resource}", other.answer)]), log_level="critical", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        other.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        assert marks_of(other) == marks
    finally:
        server.should_exit = True
        thread.join()


@pytest.mark.parametrize("marks", [None, "none", ["schools"], {"schools": "yesterday"}, {"schools": "2025-09-01T08:00:00"}, {"schools": 7}])
def test_a_system_that_tells_no_usable_marks_is_read_whole_each_time(exchange, marks):
    known = marks_of(exchange)
    exchange.said_marks = marks
    (read,) = of_schools(pull(exchange, known))
    assert (read.delivery.kind, read.delivery.mark) == ("full", None)
    assert marks_of(exchange) == {}


def test_a_tombstone_without_its_key_is_refused(exchange):
    marks = marks_of(exchange)
    exchange.schools.append({"county_code": "410183", "updated_at": NOON, "is_deleted": True})
    with pytest.raises(Refusal) as refusal:
        pull(exchange, marks)
    assert refusal.value.rule == "missing_column" and "学校标识码" in refusal.value.message_zh


def test_a_mark_tells_nothing_of_the_key_or_of_persons(exchange):
    for mark in marks_of(exchange).values():
        fingerprint, _, moment = mark.partition("@")
        assert len(fingerprint) == 16 and moment == MORNING and KEY.decode() not in mark
