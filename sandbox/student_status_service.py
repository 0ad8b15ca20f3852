"""The student-status exchange service of the county: a real HTTP service on loopback.

Here: bearer token, four resources in cursor pages, `updated_since` with tombstones
(`is_deleted`, the key alone) and the newest change of each in `state`, 429 with Retry-After, JSON errors. Run it as
`python -m sandbox.student_status_service FOLDER [--port 0]`; it prints one line
with its address when it accepts connections, and ends with its parent.
Not here: the rows (student_status_store.py) and starting it (serve.py).
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hmac
import json
import socket
import sqlite3
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

RESOURCES = ("schools", "campuses", "classes", "students")
DEFAULT_LIMIT, MOST_LIMIT = 5000, 10_000
DEFAULT_REQUESTS_PER_SECOND = 200
LISTENING = "listening on "
_CHINA = timezone(timedelta(hours=8))  # what a time without a zone means here


class Store:
    """Pages out of the SQLite store; opened read-only, sees what others commit to it."""

    def __init__(self, path: Path):
        self._connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
        self._totals: dict[tuple[str, int | None], int] = {}
        self._marks: dict[str, str] = {}
        self._version = -1

    def about(self) -> dict:
        """The day that the rows speak of, the counties in it, the newest change of each
        resource, the system's version and which of its kind it is."""
        about = dict(self._connection.execute("select name, value from about"))
        return {
            "system": "student_status",
            "version": about["version"],
            "as_of_date": about["as_of_date"],
            "county_codes": json.loads(about["county_codes"]),
            "instance": about["instance"],
            "marks": self.marks(),
        }

    def day(self) -> str:
        return self._connection.execute("select value from about where name = 'as_of_date'").fetchone()[0]

    def marks(self) -> dict[str, str]:
        """The time of the newest change or deletion, by resource; one that never held a row has none."""
        self._forget_what_changed()
        if not self._marks:
            newest = {name: self._connection.execute(f"select max(updated) from ({_since_a_moment(name)})").fetchone()[0] for name in RESOURCES}
            self._marks = {name: datetime.fromtimestamp(moment, _CHINA).isoformat() for name, moment in newest.items() if moment is not None}
        return self._marks

    def page(self, resource: str, after: str, limit: int, since: int | None) -> tuple[list[str], str | None]:
        """JSON texts of at most `limit` rows with keys behind `after`, and the last key if more follow."""
        rows = self._connection.execute(
            f"select key, body from ({_rows(resource, since)}) where key > ? and (? is null or updated >= ?) order by key limit ?",
            (after, since, since, limit + 1),
        ).fetchall()
        page = rows[:limit]
        return [body for _, body in page], page[-1][0] if len(rows) > limit else None

    def total(self, resource: str, since: int | None) -> int:
        """Rows of the answer, counted once for each state of the store."""
        self._forget_what_changed()
        if (resource, since) not in self._totals:
            self._totals[resource, since] = self._connection.execute(
                f"select count(*) from ({_rows(resource, since)}) where ? is null or updated >= ?", (since, since)
            ).fetchone()[0]
        return self._totals[resource, since]

    def _forget_what_changed(self) -> None:
        version = self._connection.execute("pragma data_version").fetchone()[0]
        if version != self._version:
            self._totals, self._marks, self._version = {}, {}, version


def _rows(resource: str, since: int | None) -> str:
    """Rows that are gone are told to those alone who ask for changes."""
    return f"select * from {resource}" if since is None else _since_a_moment(resource)


def _since_a_moment(resource: str) -> str:
    return f"select * from {resource} union all select * from {resource}_gone"


class Pressure:
    """Lets so many requests through in any one second."""

    def __init__(self, requests_per_second: float, clock: Callable[[], float] = time.monotonic):
        self._most, self._clock = max(1, int(requests_per_second)), clock
        self._recent: deque[float] = deque(maxlen=self._most)

    def admits(self) -> bool:
        now = self._clock()
        if len(self._recent) == self._most and now - self._recent[0] < 1.0:
            return False
        self._recent.append(now)
        return True


def application(store: Store, token: str, pressure: Pressure, page_rows: int = MOST_LIMIT) -> Starlette:
    """The ASGI application. `page_rows`: the most rows of a page, whatever is asked for."""

    def admit(request: Request) -> None:
        given = request.headers.get("authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
            raise HTTPException(401, "missing or wrong bearer token", {"WWW-Authenticate": "Bearer"})
        if not pressure.admits():
            raise HTTPException(429, "too many requests in one second", {"Retry-After": "1"})

    async def state(request: Request) -> Response:
        admit(request)
        return JSONResponse(store.about())

    async def resource(request: Request) -> Response:
        admit(request)
        name = request.path_params["resource"]
        if name not in RESOURCES:
            raise HTTPException(404, f"unknown resource; there are {', '.join(RESOURCES)}")
        limit = min(page_rows, _limit(request.query_params.get("limit")))
        since = _since(request.query_params.get("updated_since"))
        after = _after(request.query_params.get("cursor"), name, since)
        items, last = store.page(name, after, limit, since)
        head = {"resource": name, "as_of_date": store.day()}
        tail = {"next_cursor": None if last is None else _cursor(name, since, last), "total": store.total(name, since)}
        # the rows are ready-made JSON: parsing and writing them again would cost ten times the query
        body = f'{json.dumps(head)[:-1]}, "items": [{", ".join(items)}], {json.dumps(tail)[1:]}'
        return Response(body, media_type="application/json")

    async def refused(request: Request, error: HTTPException) -> Response:
        return JSONResponse({"error": error.detail}, error.status_code, error.headers)

    routes = [Route("/v1/state", state), Route("/v1/{resource}", resource)]
    return Starlette(routes=routes, exception_handlers={HTTPException: refused})


def _limit(text: str | None) -> int:
    if text is None:
        return DEFAULT_LIMIT
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= MOST_LIMIT:
        raise HTTPException(400, f"limit must be a whole number from 1 to {MOST_LIMIT}")
    return int(text)


def _since(text: str | None) -> int | None:
    """Seconds since 1970; a `+` that arrived as a space is read as what was meant."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
    except ValueError:
        raise HTTPException(400, "updated_since must be an ISO 8601 date or time") from None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=_CHINA)).timestamp())


def _cursor(resource: str, since: int | None, key: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([resource, since, key]).encode()).decode()


def _after(cursor: str | None, resource: str, since: int | None) -> str:
    """The key that a cursor stands behind; it holds for the question that it was given for."""
    if cursor is None:
        return ""
    try:
        of, with_since, key = json.loads(base64.b64decode(cursor, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, TypeError):
        raise HTTPException(400, "bad cursor") from None
    if (of, with_since) != (resource, since) or not isinstance(key, str):
        raise HTTPException(400, "this cursor belongs to another question")
    return key


def main() -> None:
    from sandbox.faults import FaultPlan, Faulty
    from sandbox.make import STUDENT_STATUS_STORE, read_summary

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="a folder made by `junheng sandbox make`")
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    parser.add_argument("--requests-per-second", type=float, default=DEFAULT_REQUESTS_PER_SECOND)
    parser.add_argument("--page-rows", type=int, default=MOST_LIMIT, help="the most rows of a page, whatever is asked for")
    parser.add_argument("--faults", type=float, default=0.0, help="share of requests that are answered wrongly (faults.py)")
    parser.add_argument("--fault-seed", type=int, default=0)
    parser.add_argument("--fault-kind", action="append", default=[])
    parser.add_argument("--until-input-closes", action="store_true", help="end when standard input is closed")
    arguments = parser.parse_args()
    token = read_summary(arguments.folder)["student_status_token"]
    app = application(Store(arguments.folder / STUDENT_STATUS_STORE), token, Pressure(arguments.requests_per_second), arguments.page_rows)
    if arguments.faults:
        app = Faulty(app, FaultPlan(arguments.faults, arguments.fault_seed, tuple(arguments.fault_kind)))
    listener = socket.create_server(("127.0.0.1", arguments.port))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False))
    if arguments.until_input_closes:
        threading.Thread(target=_end_with_input, args=(server,), daemon=True).start()
    print(f"{LISTENING}http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    server.run(sockets=[listener])


def _end_with_input(server: uvicorn.Server) -> None:
    """A parent that dies closes the pipe, and no service is left behind."""
    sys.stdin.read()
    server.should_exit = True


if __name__ == "__main__":
    main()
