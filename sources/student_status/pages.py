"""Pages of the exchange service: one request after another, retried with bounds.

Here: HTTP, back-off, and walking again for pages that were lost.
Not here: which page may follow which (walk.py) and what an item means (pull.py).
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NoReturn
from urllib.parse import urlsplit, urlunsplit

import requests
import tenacity

from sources.connections import Patience, Service
from sources.refusal import ChangedMeanwhile, Misconfigured, Unreachable
from sources.student_status.walk import Again, Changed, Walk, mark_of

SOURCE = "student_status"
PAGE_ROWS = 5000
PIECE, PAGE_BYTES = 1 << 16, 1 << 28  # bytes read at a time, and the most of one answer


class _Bearer(requests.auth.AuthBase):
    """The token, put on by hand so that a stray .netrc cannot take its place."""

    def __init__(self, token: str):
        self._token = token

    def __call__(self, request):
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class Pages:
    """A session with the service. Every failure past the bounds is `Unreachable`."""

    def __init__(self, service: Service, patience: Patience):
        parts = urlsplit(service.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Misconfigured(
                "JUNHENG_STUDENT_STATUS_URL must be an address such as https://host:port. / 学籍服务地址应形如 https://主机:端口。"
            )
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        # What is logged and landed as origin: no user, password, query.
        self.base = urlunsplit((parts.scheme, f"{host}:{parts.port}" if parts.port else host, parts.path.rstrip("/"), "", ""))
        self._patience = patience
        self._is_accepted = False  # whether the token was, at least once
        self._lost = 0.0  # seconds that failed attempts have cost so far
        self._session = requests.Session()
        self._session.trust_env = False  # only the configured address is contacted: no proxy, no .netrc
        self._session.auth = _Bearer(service.token) if service.token else None
        self._session.headers["Accept"] = "application/json"

    def close(self) -> None:
        self._session.close()

    def origin(self, resource: str) -> str:
        return f"{self.base}/v1/{resource}"

    def state(self) -> dict:
        """What the system says of itself."""
        return self._get("state", {})

    def items(self, resource: str, as_of_date: str, since: str | None = None) -> Iterator[list[dict]]:
        """Yield the items of a resource page by page, every page once; those changed since a moment alone, where one is given.

        A page that came before is asked for again. Where rows are missing at the
        end the resource is walked again, and pages that were lost are yielded
        then. Raises ChangedMeanwhile when the system's date or its number of
        rows changes under way, Unreachable when after bounded attempts the rows
        are not the `total` that every page states.
        """
        question = {"limit": PAGE_ROWS} | ({"updated_since": since} if since else {})
        had: set[bytes] = set()
        total, rows = None, 0
        for _ in range(self._patience.attempts):
            walk = Walk(as_of_date, question, total, rows)
            while not walk.is_over:
                page = self._get(resource, walk.query, walk.fits)
                items = page["items"]
                mark = mark_of(items) if items else None
                walk.go_on(page, is_new=mark not in had)
                if items and mark not in had:
                    had.add(mark)
                    yield items
            total, rows = walk.total, walk.rows
            if not isinstance(total, int) or rows >= total:
                break
        if isinstance(total, int) and rows != total:
            self._stop(resource, f"sent {rows} rows of {total}: pages vanished", f"应有 {total} 行，只返回 {rows} 行：有页面丢失")

    def _get(self, resource: str, query: dict, fits: Callable[[dict], None] = lambda page: None) -> dict:
        """An answer that `fits`, after bounded attempts; `fits` raises Again for one that does not."""

        def ask() -> dict:
            began = time.monotonic()
            try:
                answer = self._once(resource, query)
                fits(answer)
            except Again:
                self._lost += time.monotonic() - began
                raise
            return answer

        retrying = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(self._patience.attempts) | (lambda state: self._lost > self._patience.lost_in_all),
            wait=self._wait,
            retry=tenacity.retry_if_exception_type(Again),
            reraise=True,
        )
        try:
            return retrying(ask)
        except Changed as change:
            self._stop(resource, change.what_en, change.what_zh, ChangedMeanwhile)
        except Again as last:
            tried = retrying.statistics["attempt_number"]
            self._stop(
                resource,
                f"did not answer as agreed after {tried} attempts: {last.what_en}",
                f"{tried} 次尝试后仍未正常应答：{last.what_zh}",
            )

    def _wait(self, state: tenacity.RetryCallState) -> float:
        asked = getattr(state.outcome.exception(), "wait", None)
        backed_off = min(self._patience.longest_back_off, self._patience.first_wait * 2 ** (state.attempt_number - 1))
        wait = min(self._patience.longest_wait, max(asked, 0.0) if asked is not None else backed_off)
        self._lost += wait
        return wait

    def _once(self, resource: str, query: dict) -> dict:
        # Errors are raised `from None`: an exception of the library holds the answer, and with it persons.
        timeout = (self._patience.connect_timeout, self._patience.read_timeout)
        address = self.origin(resource)
        try:
            with self._session.get(address, params=query, timeout=timeout, allow_redirects=False, stream=True) as answer:
                content = self._content(answer)
        except requests.Timeout:
            raise Again("it took too long", "超时") from None
        except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError, requests.exceptions.ContentDecodingError):
            raise Again("the connection failed", "连接失败") from None
        except requests.RequestException as error:
            self._stop(resource, f"could not be asked ({type(error).__name__})", "无法发出请求")
        if answer.status_code in (401, 403):
            self._not_accepted(resource, answer.status_code)
        if answer.status_code == 429 or answer.status_code >= 500:
            raise Again(f"HTTP {answer.status_code}", f"HTTP {answer.status_code}", _seconds(answer.headers.get("Retry-After")))
        if answer.status_code != 200:
            self._stop(resource, f"answered HTTP {answer.status_code}", f"返回 HTTP {answer.status_code}")
        self._is_accepted = True
        try:
            page = json.loads(content)
        except ValueError:
            raise Again("its answer is broken JSON", "返回的 JSON 不完整") from None
        if not isinstance(page, dict):
            raise Again("its answer is no JSON object", "返回的不是 JSON 对象")
        return page

    def _content(self, answer: requests.Response) -> bytes:
        """The whole body, within the time for one answer and the size of one page."""
        by, content = time.monotonic() + self._patience.answer_timeout, bytearray()
        for piece in answer.iter_content(PIECE):
            content += piece
            if time.monotonic() > by:
                raise requests.Timeout
            if len(content) > PAGE_BYTES:
                raise Again(f"its answer is longer than {PAGE_BYTES >> 20} MB", f"返回内容超过 {PAGE_BYTES >> 20} MB")
        return bytes(content)

    def _not_accepted(self, resource: str, status: int) -> NoReturn:
        """A token that was never accepted is wrong; one that was may be so again, after its renewal
        or at the next of several servers."""
        what_en = f"(HTTP {status}): check JUNHENG_STUDENT_STATUS_TOKEN, or ask the bureau for a new one"
        what_zh = f"（HTTP {status}）：请检查 JUNHENG_STUDENT_STATUS_TOKEN 或申请新令牌"
        if self._is_accepted:
            raise Again(f"the token was accepted and is no longer {what_en}", f"访问令牌中途失效{what_zh}") from None
        self._stop(resource, f"did not accept the token {what_en}", f"不接受访问令牌{what_zh}")

    def changed_meanwhile(self) -> NoReturn:
        self._stop("state", "changed while it was read", "读取期间发生变化", ChangedMeanwhile)

    def _stop(self, resource: str, what_en: str, what_zh: str, problem: type[Unreachable] = Unreachable) -> NoReturn:
        address = self.origin(resource)
        raise problem(
            SOURCE,
            f"The student-status service ({address}) {what_en}. The last good delivery stays in use.",
            f"学籍服务（{address}）{what_zh}。沿用上一次有效数据。",
        ) from None


def _seconds(header: str | None) -> float | None:
    """`Retry-After`: seconds, or a date."""
    if header is None:
        return None
    try:
        return float(header)
    except ValueError:
        pass
    try:
        moment = parsedate_to_datetime(header)
    except ValueError:
        return None
    return max(0.0, (moment - datetime.now(UTC)).total_seconds()) if moment.tzinfo else None
