"""The student-status service: a real HTTP server that answers well, and one that does not."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

import pyarrow as pa
import pytest
import uvicorn
from reading import KEY, walked
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from sources.connections import Patience, Service
from sources.declaration import Context
from sources.refusal import ChangedMeanwhile, Misconfigured, Refusal, Unreachable
from sources.register import source

TOKEN = "the-token-of-the-test"
QUICK = Patience(attempts=4, first_wait=0.0, longest_wait=1.0, connect_timeout=2.0, read_timeout=1.0)
AS_OF = "2025-09-01"
PAGE = 3

SCHOOL = {"county_code": "410183", "学校标识码": "2141000001", "学校名称": "某小学", "办学类型": "211", "寄宿制": "否", "学校地址": "某街1号", "校长姓名": "赵某某", "办公电话": "0371-1"}
CAMPUS = {"county_code": "410183", "学校标识码": "2141000001", "校区号": "1", "校区名称": "本部", "校区地址": "某街1号", "校区负责人": "钱某某"}
CLASS = {"county_code": "410183", "学校标识码": "2141000001", "班号": "01", "班级名称": "一年级1班", "年级": "一年级", "教学点标志": "否", "班主任": "孙某某"}
PERSONAL = ("李某某", "99999920140901", "13800000000", "某村2号", "G9999992014", "赵某某", "钱某某", "孙某某", "某街1号", "0371-1")


def student(serial: int) -> dict:
    return {
        "county_code": "410183", "学校标识码": "2141000001", "全国学籍号": f"G9999992014090{serial:04d}X", "姓名": "李某某", "身份证件号": f"9999992014090{serial:04d}X",
        "性别": "1-男", "出生日期": "20140915", "班号": "01", "年级": "一年级", "学籍状态": "在籍在读", "入学年月": "2021年9月", "就读方式": "走读",
        "是否留守儿童": "0", "是否进城务工人员随迁子女": "否", "户口所在地行政区划": "410183某村2号", "联系电话": "13800000000", "现住址": "某村2号", "updated_at": "2025-08-30T00:00:00",
    }  # fmt: skip


class Exchange:
    """The service of the test. `faults` are asked, request by request, for an answer
    that takes the place of the right one."""

    def __init__(self, students: int = 8):
        self.rows = {"schools": [SCHOOL], "campuses": [CAMPUS], "classes": [CLASS], "students": [student(serial) for serial in range(students)]}
        self.fault: Callable[[str, str | None, int], Response | dict | None] = lambda resource, cursor, number: None
        self.asked: list[tuple[str, str | None, float]] = []
        self.token = TOKEN
        self.url = ""

    def app(self) -> Starlette:
        return Starlette(routes=[Route("/v1/{resource}", self.answer), Route("/elsewhere/v1/state", self.answer)])

    def answer(self, request: Request) -> Response:
        resource, cursor = request.path_params.get("resource", "state"), request.query_params.get("cursor")
        number = sum(1 for asked in self.asked if asked[:2] == (resource, cursor))
        self.asked.append((resource, cursor, time.monotonic()))
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return JSONResponse({"error": "unauthorized"}, 401)
        changed = self.fault(resource, cursor, number)
        if isinstance(changed, Response):
            return changed
        if resource == "state":
            return JSONResponse({"system": "student_status", "version": "1.0", "as_of_date": AS_OF, "county_codes": ["410183"]} | (changed or {}))
        rows, start = self.rows[resource], int(cursor or 0)
        following = str(start + PAGE) if start + PAGE < len(rows) else None
        page = {"resource": resource, "as_of_date": AS_OF, "items": rows[start : start + PAGE], "next_cursor": following, "total": len(rows)}
        return JSONResponse(page | (changed or {}))


@pytest.fixture
def exchange() -> Iterator[Exchange]:
    exchange = Exchange()
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(exchange.app(), log_level="critical", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    exchange.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    yield exchange
    server.should_exit = True
    thread.join()


def pull(exchange: Exchange, *, token: str | None = TOKEN, patience: Patience = QUICK, key: bytes | None = KEY):
    deliveries = source("student_status").pull(Service(exchange.url, token), Context(pseudonym_key=key), patience=patience)
    return {delivery.table.name: walked(delivery) for delivery in deliveries}


def unreachable(exchange: Exchange, **options) -> Unreachable:
    with pytest.raises(Unreachable) as problem:
        pull(exchange, **options)
    said = problem.value.message_en + problem.value.message_zh
    assert problem.value.source == "student_status" and exchange.url in problem.value.message_zh
    assert TOKEN not in said and not [value for value in PERSONAL if value in said]
    return problem.value


def only(resource: str, answer: Callable[[], Response | dict], times: int = 1):
    """The fault of one resource's first `times` requests for a page."""
    return lambda of, cursor, number: answer() if of == resource and number < times else None


def test_four_tables_of_the_day_that_the_system_states(exchange):
    found = pull(exchange)
    assert {name: read.table.num_rows for name, read in found.items()} == {"schools": 1, "campuses": 1, "classes": 1, "students": 8}
    for name, read in found.items():
        assert read.delivery.as_of_date == date(2025, 9, 1)
        assert read.delivery.origin == f"{exchange.url}/v1/{name}"
        assert (read.delivery.county_code, read.delivery.digest, read.delivery.damages) == ("410183", None, [])
    row = found["students"].rows[0]
    key = hmac.new(KEY, "G99999920140900000X".encode(), hashlib.sha256).hexdigest()[:32]
    assert row == {
        "county_code": "410183", "school_id": "2141000001", "student_key": key, "class_id": "01", "grade": "一年级", "status": "在籍在读",
        "enrolled_month": "2021-09", "sex": "1-男", "birth_month": "2014-09", "attendance": "走读", "left_behind": "0", "migrant_child": "否",
        "household_division": "410183", "_sheet": "students", "_row": None, "_key": f"2141000001|{key}",
    }  # fmt: skip


def test_nothing_of_a_person_is_delivered(exchange):
    for read in pull(exchange).values():
        written = str(read.rows)
        assert not [value for value in PERSONAL if value in written]


def test_pages_are_asked_for_as_they_are_used(exchange):
    deliveries = source("student_status").pull(Service(exchange.url, TOKEN), Context(pseudonym_key=KEY), patience=QUICK)
    for delivery in deliveries:
        rows = iter(delivery.rows)
        next(rows)
        if delivery.table.name == "students":
            assert [cursor for resource, cursor, _ in exchange.asked if resource == "students"] == [None]
        pa.Table.from_batches(list(rows), delivery.table.delivered_schema)


def test_origin_holds_neither_user_nor_query(exchange):
    address = exchange.url.replace("http://", "http://somebody:secret@") + "/?key=secret"
    (first, *_) = source("student_status").pull(Service(address, TOKEN), Context(pseudonym_key=KEY), patience=QUICK)
    assert first.origin == f"{exchange.url}/v1/schools"


@pytest.mark.parametrize("status", [401, 403])
def test_a_token_that_is_not_accepted_is_said_so_at_once(exchange, status):
    exchange.fault = lambda resource, cursor, number: JSONResponse({"error": "no"}, status)
    problem = unreachable(exchange)
    assert "JUNHENG_STUDENT_STATUS_TOKEN" in problem.message_en and "令牌" in problem.message_zh
    assert len(exchange.asked) == 1


def test_a_wrong_token_never_shows(exchange):
    exchange.token = "another"
    unreachable(exchange)
    assert TOKEN not in repr(Service(exchange.url, TOKEN))


BROKEN = {
    "429": lambda: JSONResponse({"error": "slow down"}, 429, {"Retry-After": "0"}),
    "500": lambda: Response("oops", 500),
    "503": lambda: Response("<html>", 503, {"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}),
    "half of an answer": lambda: Response('{"items": [{"姓名": "李某某"', media_type="application/json"),
    "no JSON": lambda: Response("<html>maintenance</html>"),
    "a list": lambda: JSONResponse([]),
    "a cut connection": lambda: Response(b"{}", headers={"Content-Length": "1000"}),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_what_may_pass_is_tried_again(exchange, fault):
    exchange.fault = only("students", BROKEN[fault], times=2)
    assert pull(exchange)["students"].table.num_rows == 8


@pytest.mark.parametrize("fault", BROKEN)
def test_what_does_not_pass_ends_after_the_bound(exchange, fault):
    exchange.fault = only("students", BROKEN[fault], times=99)
    assert "4" in unreachable(exchange).message_en
    assert sum(1 for resource, *_ in exchange.asked if resource == "students") == QUICK.attempts


def test_retry_after_is_honoured_and_bounded(exchange):
    exchange.fault = only("schools", lambda: JSONResponse({}, 429, {"Retry-After": "0.3"}))
    pull(exchange)
    first, second = (when for resource, _, when in exchange.asked if resource == "schools")
    assert second - first >= 0.3
    exchange.asked.clear()
    exchange.fault = only("schools", lambda: JSONResponse({}, 429, {"Retry-After": "86400"}))
    pull(exchange, patience=Patience(attempts=2, first_wait=0, longest_wait=0.1))
    first, second = (when for resource, _, when in exchange.asked if resource == "schools")
    assert 0.1 <= second - first < 5


def test_a_service_that_does_not_answer_in_time(exchange):
    release = threading.Event()

    def wait(resource, cursor, number):
        release.wait(10)
        return None

    exchange.fault = wait
    try:
        assert "too long" in unreachable(exchange, patience=Patience(attempts=2, first_wait=0, read_timeout=0.1)).message_en
    finally:
        release.set()


def test_a_service_that_is_not_there(exchange):
    with socket.create_server(("127.0.0.1", 0)) as free:
        exchange.url = f"http://127.0.0.1:{free.getsockname()[1]}"
    assert "connection failed" in unreachable(exchange).message_en


def test_another_address_is_never_asked(exchange):
    exchange.fault = lambda resource, cursor, number: RedirectResponse(f"{exchange.url}/elsewhere/v1/state")
    assert "307" in unreachable(exchange).message_en
    assert len(exchange.asked) == 1


def change_at(cursor: str, **change):
    return lambda resource, at, number: change if (resource, at) == ("students", cursor) else None


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (change_at("3", items=[student(0), student(1), student(2)]), "same page twice"),
        (change_at("3", next_cursor="3"), "same"),
        (change_at("6", next_cursor="3", items=[student(99)]), "same cursor twice"),
        (change_at("3", next_cursor=None), "6 rows of 8"),
        (change_at("3", items=[student(3)]), "6 rows of 8"),
        (change_at("3", items=[]), "5 rows of 8"),
        (change_at("3", total=9), "number of rows"),
        (change_at("3", as_of_date="2025-09-02"), "date"),
        (change_at("3", items=None), "without items"),
        (change_at("3", items=["李某某"]), "without items"),
    ],
    ids=["page twice", "cursor of itself", "cursor twice", "end too soon", "rows gone", "page empty", "total changed", "date changed", "no items", "items no objects"],
)
def test_pages_that_do_not_fit_together_are_never_taken_for_whole(exchange, fault, said):
    exchange.fault = fault
    assert said in unreachable(exchange).message_en


@pytest.mark.parametrize(
    "fault",
    [
        change_at("3", items=[student(0), student(1), student(2)]),
        change_at("3", next_cursor=None),
        change_at("3", items=[student(6), student(7)], next_cursor=None),
        change_at("3", items=[]),
        change_at("3", items=None),
        change_at("3", next_cursor="3"),
    ],
    ids=["page twice", "end too soon", "page left out", "page empty", "no items", "cursor of itself"],
)
def test_what_went_wrong_once_is_put_right(exchange, fault):
    exchange.fault = lambda resource, cursor, number: fault(resource, cursor, number) if number == 0 else None
    rows = pull(exchange)["students"].table
    assert rows.num_rows == 8 == len(set(rows.column("student_key").to_pylist()))


def test_a_token_that_expires_midway_and_is_renewed(exchange):
    expired = lambda: JSONResponse({"error": "expired"}, 401)  # noqa: E731
    exchange.fault = lambda resource, cursor, number: expired() if (resource, cursor) == ("students", "3") and number < 2 else None
    assert pull(exchange)["students"].table.num_rows == 8
    exchange.fault = lambda resource, cursor, number: expired() if (resource, cursor) == ("students", "3") else None
    assert "JUNHENG_STUDENT_STATUS_TOKEN" in unreachable(exchange).message_en


@pytest.mark.parametrize("change", [{"as_of_date": "2025-09-02"}, {"county_codes": ["410184"]}], ids=["day", "county"])
def test_a_system_that_changed_while_it_was_read_may_be_asked_anew(exchange, change):
    """What it says of itself in the end is not what it said in the beginning."""
    exchange.fault = lambda resource, cursor, number: change if resource == "state" and number == 1 else None
    with pytest.raises(ChangedMeanwhile):
        pull(exchange)


@pytest.mark.parametrize("change", [{"total": 9}, {"as_of_date": "2025-09-02"}])
def test_pages_of_two_states_are_a_change(exchange, change):
    exchange.fault = change_at("3", **change)
    with pytest.raises(ChangedMeanwhile):
        pull(exchange)


def test_an_answer_that_drips_for_ever_is_given_up(exchange):
    def dripping():
        for _ in range(200):
            yield b" "
            time.sleep(0.02)

    exchange.fault = lambda resource, cursor, number: StreamingResponse(dripping())
    began = time.monotonic()
    assert "too long" in unreachable(exchange, patience=Patience(attempts=2, first_wait=0, answer_timeout=0.2)).message_en
    assert time.monotonic() - began < 3


def test_what_failures_cost_a_whole_pull_is_bounded(exchange):
    exchange.fault = lambda resource, cursor, number: Response("oops", 500) if number < 2 else None
    patient = Patience(attempts=4, first_wait=0.2, longest_back_off=0.2)
    assert pull(exchange, patience=patient)["students"].table.num_rows == 8
    exchange.asked.clear()
    assert "HTTP 500" in unreachable(exchange, patience=replace(patient, lost_in_all=0.5)).message_en
    assert len(exchange.asked) < 8


def test_a_system_without_a_date_is_not_used(exchange):
    exchange.fault = only("state", lambda: {"as_of_date": "today"}, times=99)
    unreachable(exchange)


def test_a_field_that_is_gone_is_a_missing_column(exchange):
    for row in exchange.rows["students"]:
        row["学籍状况"] = row.pop("学籍状态")
    with pytest.raises(Refusal) as refusal:
        pull(exchange)
    assert refusal.value.rule == "missing_column" and "学籍状态" in refusal.value.message_zh


def test_a_service_that_does_not_say_where_households_are_is_read(exchange):
    for row in exchange.rows["students"]:
        row.pop("户口所在地行政区划")
    assert [row["household_division"] for row in pull(exchange)["students"].rows] == [None] * 8


def test_a_field_that_is_new_is_never_read(exchange):
    for row in exchange.rows["students"]:
        row["银行卡号"] = "6222000"
    assert "6222000" not in str(pull(exchange)["students"].rows)


def test_values_may_be_numbers_or_missing(exchange):
    exchange.rows["students"][0] |= {"性别": 1, "入学年月": 202109, "就读方式": None}
    exchange.rows["students"][1].pop("性别")
    first, second, *_ = pull(exchange)["students"].rows
    assert (first["sex"], first["enrolled_month"], first["attendance"], second["sex"]) == ("1", "2021-09", None, None)


def test_a_damaged_number_is_damage_and_no_key(exchange):
    exchange.rows["students"][4]["全国学籍号"] = "9.99999201409e+17"
    read = pull(exchange)["students"]
    assert read.damages == {(4, "student_key", "damaged_id")}
    assert read.rows[4]["student_key"] is None


def test_an_empty_resource_is_a_table_without_rows(exchange):
    exchange.rows["campuses"] = []
    assert pull(exchange)["campuses"].table.num_rows == 0


def test_without_a_key_nothing_is_asked(exchange):
    with pytest.raises(Misconfigured, match="JUNHENG_PSEUDONYM_KEY"):
        pull(exchange, key=None)
    assert exchange.asked == []


@pytest.mark.parametrize("url", ["ftp://host/x", "localhost:8000", "http://"])
def test_an_address_of_another_kind_is_a_configuration_error(exchange, url):
    exchange.url = url
    with pytest.raises(Misconfigured):
        pull(exchange)


def test_errors_hold_no_answer_even_inside(exchange):
    """Whatever a logger makes of the exception and what led to it, no person is in it."""
    exchange.fault = only("students", BROKEN["half of an answer"], times=99)
    with pytest.raises(Unreachable) as problem:
        pull(exchange)
    import traceback

    assert "李某某" not in "".join(traceback.format_exception(problem.value))
    assert json.dumps(problem.value.args, ensure_ascii=False).count("李某某") == 0
