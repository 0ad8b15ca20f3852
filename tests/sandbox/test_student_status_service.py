"""The student-status service as a real process: who may ask, pages, changes, pressure."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import subprocess
import sys
import time
from urllib.parse import urlsplit

import pytest
import requests

from sandbox.make import STUDENT_STATUS_STORE, make_sandbox
from sandbox.serve import serve
from sandbox.student_status_service import Pressure


@pytest.fixture(scope="module")
def service(small):
    with serve(small) as settings:
        session = requests.Session()
        session.trust_env = False
        session.headers["Authorization"] = f"Bearer {settings['JUNHENG_STUDENT_STATUS_TOKEN']}"
        session.url = settings["JUNHENG_STUDENT_STATUS_URL"]
        session.settings = settings
        yield session


def get(service, path: str, **parameters) -> requests.Response:
    return service.get(f"{service.url}/v1/{path}", params=parameters, timeout=30)


def pull(service, resource: str, **parameters) -> tuple[list[dict], int]:
    """All items, and the number of pages they came in."""
    items, pages, cursor = [], 0, {}
    while True:
        page = get(service, resource, **parameters, **cursor).json()
        items, pages = items + page["items"], pages + 1
        assert page["resource"] == resource and page["as_of_date"] == "2025-09-01"
        if page["next_cursor"] is None:
            assert page["total"] == len(items)
            return items, pages
        cursor = {"cursor": page["next_cursor"]}


def test_state(service):
    said = get(service, "state").json()
    marks = said.pop("marks")
    assert len(said.pop("instance")) == 16
    assert said == {"system": "student_status", "version": "1.0", "as_of_date": "2025-09-01", "county_codes": ["410183"]}
    assert list(marks) == ["schools", "campuses", "classes", "students"]
    assert marks["students"] == max(item["updated_at"] for item in pull(service, "students")[0])


def test_what_is_gone_is_told_to_those_alone_who_ask_for_changes(tmp_path):
    folder = tmp_path / "moved"
    make_sandbox(folder, schools=12, students=1_500)
    with sqlite3.connect(folder / STUDENT_STATUS_STORE) as store:
        key, body = store.execute("select key, body from classes order by key limit 1").fetchone()
        moment = 1_800_000_000  # 2027-01-15T16:00:00+08:00
        there = {name: json.loads(body)[name] for name in ("county_code", "学校标识码", "班号")}
        gone = there | {"updated_at": "2027-01-15T16:00:00+08:00", "is_deleted": True}
        store.execute("delete from classes where key = ?", (key,))
        store.execute("insert into classes_gone values (?, ?, ?)", (key, moment, json.dumps(gone, ensure_ascii=False)))
    store.close()
    with serve(folder) as settings:
        session = requests.Session()
        session.headers["Authorization"] = f"Bearer {settings['JUNHENG_STUDENT_STATUS_TOKEN']}"
        session.url = settings["JUNHENG_STUDENT_STATUS_URL"]
        assert get(session, "state").json()["marks"]["classes"] == "2027-01-15T16:00:00+08:00"
        assert key not in {"|".join((item["学校标识码"], item["班号"])) for item in pull(session, "classes")[0]}
        assert pull(session, "classes", updated_since="2027-01-15T16:00:00+08:00") == ([gone], 1)
        assert pull(session, "classes", updated_since="2027-01-15T16:00:01+08:00") == ([], 1)


@pytest.mark.parametrize("given", [None, "", "Bearer wrong", "sandbox-student-status-token", "Bearer sandbox-student-status-tokenx"])
@pytest.mark.parametrize("path", ["state", "students", "nonsense"])
def test_without_the_token_nothing_is_said(service, given, path):
    answer = requests.get(f"{service.url}/v1/{path}", headers={} if given is None else {"Authorization": given}, timeout=30)
    assert answer.status_code == 401 and set(answer.json()) == {"error"}


@pytest.mark.parametrize("resource", ["schools", "campuses", "classes", "students"])
@pytest.mark.parametrize("limit", [7, 1000, 10_000])
def test_pages_hold_every_row_once_in_key_order(service, small, resource, limit):
    if (resource, limit) == ("students", 7):
        pytest.skip("hundreds of pages; the other resources show the same")
    items, pages = pull(service, resource, limit=limit)
    with sqlite3.connect(small / STUDENT_STATUS_STORE) as store:
        keys = [key for (key,) in store.execute(f"select key from {resource} order by key")]
    store.close()
    named = {"schools": (), "campuses": ("校区号",), "classes": ("班号",), "students": ("全国学籍号",)}[resource]
    assert ["|".join(item[name] for name in ("学校标识码", *named)) for item in items] == keys
    assert pages == -(-len(keys) // limit)
    assert all(item["county_code"] == "410183" and all(isinstance(value, str) for value in item.values()) for item in items)


def test_students_have_the_agreed_columns(service):
    page = get(service, "students", limit=1).json()
    assert list(page["items"][0]) == [
        "county_code", "学校标识码", "全国学籍号", "姓名", "身份证件号", "性别", "出生日期", "班号", "年级", "学籍状态", "入学年月",
        "就读方式", "是否留守儿童", "是否进城务工人员随迁子女", "户口所在地行政区划", "联系电话", "现住址", "updated_at",
    ]  # fmt: skip


def test_default_page_is_five_thousand(service):
    page = get(service, "students").json()
    assert len(page["items"]) == 5000 and page["total"] > 5000 and page["next_cursor"]


def test_updated_since_gives_the_newer_rows_alone(service):
    everything, _ = pull(service, "students")
    line = "2025-08-30T12:00:00+08:00"
    newer, _ = pull(service, "students", updated_since=line, limit=50)
    assert 0 < len(newer) < len(everything) / 5
    assert newer == [row for row in everything if row["updated_at"] >= line]
    # the same moment in another zone, and a day without a time
    assert pull(service, "students", updated_since="2025-08-30T04:00:00Z")[0] == newer
    assert len(pull(service, "students", updated_since="2025-08-30")[0]) >= len(newer)
    assert pull(service, "students", updated_since="2030-01-01") == ([], 1)


def test_a_changed_row_shows_at_once(tmp_path):
    make_sandbox(tmp_path / "changing", schools=12, students=1_500)
    with serve(tmp_path / "changing") as settings:
        session = requests.Session()
        session.headers["Authorization"] = f"Bearer {settings['JUNHENG_STUDENT_STATUS_TOKEN']}"
        session.url = settings["JUNHENG_STUDENT_STATUS_URL"]
        before = get(session, "students", limit=1).json()
        with sqlite3.connect(tmp_path / "changing" / STUDENT_STATUS_STORE) as store:
            store.execute("delete from students where key = (select min(key) from students)")
        store.close()
        after = get(session, "students", limit=1).json()
    assert after["total"] == before["total"] - 1 and after["items"] != before["items"]


@pytest.mark.parametrize(
    ("path", "parameters", "code"),
    [
        ("teachers", {}, 404),
        ("students", {"cursor": "nonsense"}, 400),
        ("students", {"cursor": "WyJzdHVkZW50cyJd"}, 400),
        ("students", {"limit": "0"}, 400),
        ("students", {"limit": "10001"}, 400),
        ("students", {"limit": "-5"}, 400),
        ("students", {"limit": "many"}, 400),
        ("students", {"updated_since": "yesterday"}, 400),
    ],
)
def test_wrong_questions_are_answered_in_json(service, path, parameters, code):
    answer = get(service, path, **parameters)
    assert answer.status_code == code and set(answer.json()) == {"error"}


def test_a_cursor_serves_its_own_question_only(service):
    cursor = get(service, "classes", limit=2).json()["next_cursor"]
    assert get(service, "classes", limit=3, cursor=cursor).status_code == 200
    assert get(service, "campuses", limit=2, cursor=cursor).status_code == 400
    assert get(service, "classes", limit=2, cursor=cursor, updated_since="2025-08-01").status_code == 400


def test_pressed_it_says_when_to_come_back(small):
    with serve(small, requests_per_second=3) as settings:
        session = requests.Session()
        session.headers["Authorization"] = f"Bearer {settings['JUNHENG_STUDENT_STATUS_TOKEN']}"
        answers = [session.get(f"{settings['JUNHENG_STUDENT_STATUS_URL']}/v1/state", timeout=30) for _ in range(12)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused and {answer.headers["Retry-After"] for answer in refused} == {"1"}
    assert all(set(answer.json()) == {"error"} for answer in refused)


def test_pressure_lets_so_many_through_in_any_second():
    now = [0.0]
    pressure = Pressure(3, clock=lambda: now[0])
    assert [pressure.admits() for _ in range(4)] == [True, True, True, False]
    now[0] = 0.99
    assert not pressure.admits()
    now[0] = 1.0
    assert [pressure.admits() for _ in range(4)] == [True, True, True, False]


def test_it_listens_on_loopback_alone(service):
    address = urlsplit(service.url)
    assert address.hostname == "127.0.0.1"
    listening = subprocess.run([sys.executable, "-c", _LISTENERS, str(address.port)], capture_output=True, text=True, check=True).stdout.split()
    assert listening == ["127.0.0.1"]


_LISTENERS = """
import sys, psutil
print(*{c.laddr.ip for c in psutil.net_connections("tcp") if c.status == "LISTEN" and c.laddr.port == int(sys.argv[1])})
"""


def test_settings_point_at_what_is_there(service, small):
    settings = service.settings
    assert set(settings) == {
        "JUNHENG_SANDBOX", "JUNHENG_INBOX", "JUNHENG_STUDENT_STATUS_URL", "JUNHENG_STUDENT_STATUS_TOKEN", "JUNHENG_HR_URI", "JUNHENG_PSEUDONYM_KEY",
    }  # fmt: skip
    assert settings["JUNHENG_HR_URI"] == f"sqlite:///{small}/systems/hr_payroll.sqlite"
    assert sorted(path.name for path in os.scandir(settings["JUNHENG_INBOX"])) == ["asset_register", "declared", "evidence", "finance_budget", "monitoring", "registry", "special_education", "survey"]


def test_leaving_ends_the_process(small):
    with serve(small) as settings:
        address = urlsplit(settings["JUNHENG_STUDENT_STATUS_URL"])
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((address.hostname, address.port), timeout=5)


def test_a_parent_that_dies_leaves_no_service_behind(small):
    code = (
        "import os; from pathlib import Path; from sandbox.serve import serve\n"
        f"with serve(Path({str(small)!r})) as settings:\n"
        "    print(settings['JUNHENG_STUDENT_STATUS_URL'], flush=True); os._exit(9)"
    )
    died = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    address = urlsplit(died.stdout.strip())
    assert died.returncode == 9
    assert _refused_within(address, seconds=10)


def _refused_within(address, seconds: float) -> bool:
    """A connection is made anew until it is refused; each waits until the server closes it."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            with socket.create_connection((address.hostname, address.port), timeout=1) as connection:
                connection.settimeout(0.2)
                connection.recv(1)
        except (ConnectionRefusedError, ConnectionResetError):
            return True
        except TimeoutError:
            continue
    return False


def test_a_folder_without_a_sandbox_is_an_error_in_words(tmp_path):
    with pytest.raises(FileNotFoundError, match="junheng sandbox make"), serve(tmp_path):
        pass


def test_a_port_that_is_taken_is_an_error_and_not_a_wait(small):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        with pytest.raises(RuntimeError, match="did not start"), serve(small, port=taken.getsockname()[1]):
            pass


def test_the_whole_county_is_pulled_quickly(usual):
    """88,000 rows in 18 pages; the limit leaves room for a machine that is busy."""
    with serve(usual) as settings:
        session = requests.Session()
        session.headers["Authorization"] = f"Bearer {settings['JUNHENG_STUDENT_STATUS_TOKEN']}"
        session.url = settings["JUNHENG_STUDENT_STATUS_URL"]
        began = time.perf_counter()
        items, pages = pull(session, "students")
        took = time.perf_counter() - began
    assert pages == 18 and len(items) > 86_000
    assert took < 10
