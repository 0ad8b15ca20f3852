"""Faults of the exchange service: a share of its answers goes wrong, by a seed.

Here: a layer around the service's application that spoils answers in the ways
real ones are spoilt. Not here: the service itself (student_status_service.py).

The same requests in the same order meet the same faults. The first request is
never spoilt: it is how whoever starts the service knows that it is up.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode

from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

SLOW_PIECES, SLOW_PAUSE = 10, 0.1  # a slow answer comes in so many pieces, seconds apart
ERRORS = (500, 502, 503, 504)


@dataclass(frozen=True)
class FaultPlan:
    """Which share of the requests is answered wrongly (0 to 1), how, and by which seed."""

    rate: float
    seed: int = 0
    kinds: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.rate <= 1:
            raise ValueError(f"a share of faulty requests lies between 0 and 1, not {self.rate} / 故障比例应在 0 到 1 之间")
        if unknown := sorted(set(self.kinds) - KINDS.keys()):
            raise ValueError(f"unknown kinds of faults {unknown}: choose among {', '.join(KINDS)} / 未知的故障类型")

    def arguments(self) -> list[str]:
        """The plan as options of the service's command."""
        kinds = [word for kind in self.kinds for word in ("--fault-kind", kind)]
        return ["--faults", str(self.rate), "--fault-seed", str(self.seed), *kinds]


@dataclass
class Answer:
    """A whole answer of the service, caught before it is sent."""

    status: int = 200
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""

    def page(self) -> dict:
        return json.loads(self.body)


class Faulty:
    """The service's application behind a layer that spoils answers. `struck` counts them by kind."""

    def __init__(self, app: ASGIApp, plan: FaultPlan):
        self._app, self._plan = app, plan
        self._draw = random.Random(plan.seed)
        self._last_page: dict[str, Answer] = {}
        self.asked, self.struck = 0, Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        self.asked += 1
        strikes = self._draw.random() < self._plan.rate and self.asked > 1
        kind = self._draw.choice(self._possible(scope)) if strikes else None
        if kind is None:
            answer = await self.answered(scope)
            self.remember(scope, answer)
            await sent(answer, send)
            return
        self.struck[kind] += 1
        await KINDS[kind](self, scope, receive, send)

    def _possible(self, scope: Scope) -> list[str | None]:
        """Kinds that may strike this request; one that none of the asked-for kinds can spoil is answered well."""
        asked_for = self._plan.kinds or tuple(KINDS)
        is_page, is_midway = not scope["path"].endswith("/state"), b"cursor=" in scope["query_string"]
        able = [kind for kind in asked_for if (kind not in OF_PAGES or is_page) and (kind not in MIDWAY or is_midway)]
        return able or [None]

    async def answered(self, scope: Scope) -> Answer:
        """What the service itself answers."""
        answer = Answer()

        async def nothing() -> dict:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def caught(message: dict) -> None:
            if message["type"] == "http.response.start":
                answer.status, answer.headers = message["status"], list(message["headers"])
            else:
                answer.body += message.get("body", b"")

        await self._app(scope, nothing, caught)
        return answer

    def remember(self, scope: Scope, answer: Answer) -> None:
        if answer.status == 200:
            self._last_page[scope["path"]] = answer

    def last_page(self, scope: Scope) -> Answer | None:
        return self._last_page.get(scope["path"])


async def sent(answer: Answer, send: Send, *, pieces: Iterable[bytes] | None = None, pause: float = 0.0) -> None:
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    for piece in pieces if pieces is not None else (answer.body,):
        await send({"type": "http.response.body", "body": piece, "more_body": True})
        await asyncio.sleep(pause)
    await send({"type": "http.response.body", "body": b"", "more_body": False})


# --- the kinds ------------------------------------------------------------------


async def _too_many(service: Faulty, scope: Scope, receive: Receive, send: Send) -> None:
    await JSONResponse({"error": "too many requests"}, 429, {"Retry-After": "1"})(scope, receive, send)


async def _server_error(service: Faulty, scope: Scope, receive: Receive, send: Send) -> None:
    status = ERRORS[service.asked % len(ERRORS)]
    await Response("<html>服务暂不可用</html>", status, media_type="text/html")(scope, receive, send)


async def _slow(service: Faulty, scope: Scope, receive: Receive, send: Send) -> None:
    answer = await service.answered(scope)
    service.remember(scope, answer)
    size = len(answer.body) // SLOW_PIECES + 1
    pieces = (answer.body[start : start + size] for start in range(0, len(answer.body), size))
    await sent(answer, send, pieces=pieces, pause=SLOW_PAUSE)


async def _cut(service: Faulty, scope: Scope, receive: Receive, send: Send) -> None:
    """The length of the whole answer, and half of it; then the connection is closed."""
    answer = await service.answered(scope)
    await sent(answer, send, pieces=(answer.body[: len(answer.body) // 2],))


async def _broken_json(service: Faulty, scope: Scope, receive: Receive, send: Send) -> None:
    answer = await service.answered(scope)
    await Response(answer.body[: len(answer.body) * 2 // 3], media_type="application/json")(scope, receive, send)


async def _duplicated(service: Faulty, scope: Scope, receive: Receive, send: Send) -> None:
    """The page before once more."""
    await sent(service.last_page(scope) or await service.answered(scope), send)


async def _vanished(service: Faulty, scope: Scope, receive: Receive, send: Send) -> None:
    """The page that follows the one asked for; behind the last one there is an empty one."""
    lost = await service.answered(scope)
    if lost.status != 200:
        await sent(lost, send)
        return
    following = lost.page()["next_cursor"]
    if following is None:
        await JSONResponse(lost.page() | {"items": []})(scope, receive, send)
        return
    query = parse_qs(scope["query_string"].decode()) | {"cursor": [following]}
    await sent(await service.answered({**scope, "query_string": urlencode(query, doseq=True).encode()}), send)


async def _token_expired(service: Faulty, scope: Scope, receive: Receive, send: Send) -> None:
    await JSONResponse({"error": "token expired"}, 401, {"WWW-Authenticate": "Bearer"})(scope, receive, send)


Fault = Callable[[Faulty, Scope, Receive, Send], Awaitable[None]]
KINDS: dict[str, Fault] = {
    "too_many": _too_many,
    "server_error": _server_error,
    "slow": _slow,
    "cut": _cut,
    "broken_json": _broken_json,
    "duplicated": _duplicated,
    "vanished": _vanished,
    "token_expired": _token_expired,
}
OF_PAGES = {"duplicated", "vanished"}
MIDWAY = {"duplicated", "token_expired"}  # only between two pages of one resource
