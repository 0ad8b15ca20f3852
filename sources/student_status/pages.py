"""Pages of the exchange service: one request after another, retried with bounds.

Here: HTTP, back-off, and telling whether the pages fit together.
Not here: what an item means (pull.py).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NoReturn
from urllib.parse import urlsplit, urlunsplit

import requests
import tenacity

from sources.connections import Patience, Service
from sources.refusal import Misconfigured, Unreachable

SOURCE = "student_status"
PAGE_ROWS = 5000


class _Again(Exception):
    """A failure that may pass: 429, 5xx, a broken connection, a broken answer."""

    def __init__(self, what_en: str, what_zh: str, wait: float | None = None):
        super().__init__(what_en)
        self.what_en, self.what_zh, self.wait = what_en, what_zh, wait


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
        """Yield the items of a resource page by page; those changed since a moment alone, where one is given.

        Raises Unreachable when a page or cursor comes twice, when the number of
        rows is not the `total` that every page states, or when the system's
        date or total changes under way.
        """
        question = {"limit": PAGE_ROWS} | ({"updated_since": since} if since else {})
        cursor, total, rows = None, None, 0
        seen: set[bytes] = set()
        while True:
            page = self._get(resource, question | ({"cursor": cursor} if cursor else {}))
            items, following = page.get("items"), page.get("next_cursor")
            if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
                self._stop(resource, "sent a page without items", "返回的页面没有 items")
            if page.get("as_of_date", as_of_date) != as_of_date:
                self._stop(resource, "changed its date while it was read", "读取期间数据日期发生变化")
            if total is not None and page.get("total") != total:
                self._stop(resource, "changed its number of rows while it was read", "读取期间总行数发生变化")
            total = page.get("total")
            # Items come in key order: a page is known by its ends and its length.
            mark = _mark("page", items[0], items[-1], len(items)) if items else b""
            if items and mark in seen:
                self._stop(resource, "sent the same page twice", "重复返回同一页")
            seen.add(mark)
            rows += len(items)
            if items:
                yield items
            if following is None:
                break
            step = _mark("cursor", following)
            if step in seen:
                self._stop(resource, "sent the same cursor twice", "重复返回同一游标")
            seen.add(step)
            cursor = following
        if isinstance(total, int) and rows != total:
            self._stop(resource, f"sent {rows} rows of {total}: pages vanished", f"应有 {total} 行，只返回 {rows} 行：有页面丢失")

    def _get(self, resource: str, query: dict) -> dict:
        retrying = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(self._patience.attempts),
            wait=self._wait,
            retry=tenacity.retry_if_exception_type(_Again),
            reraise=True,
        )
        try:
            return retrying(self._once, resource, query)
        except _Again as last:
            self._stop(
                resource,
                f"did not answer as agreed after {self._patience.attempts} attempts: {last.what_en}",
                f"{self._patience.attempts} 次尝试后仍未正常应答：{last.what_zh}",
            )

    def _wait(self, state: tenacity.RetryCallState) -> float:
        asked = getattr(state.outcome.exception(), "wait", None)
        backed_off = self._patience.first_wait * 2 ** (state.attempt_number - 1)
        return min(self._patience.longest_wait, max(asked or 0.0, 0.0) if asked is not None else backed_off)

    def _once(self, resource: str, query: dict) -> dict:
        # Errors are raised `from None`: an exception of the library holds the answer, and with it persons.
        timeout = (self._patience.connect_timeout, self._patience.read_timeout)
        try:
            answer = self._session.get(self.origin(resource), params=query, timeout=timeout, allow_redirects=False)
        except requests.Timeout:
            raise _Again("it took too long", "超时") from None
        except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError, requests.exceptions.ContentDecodingError):
            raise _Again("the connection failed", "连接失败") from None
        except requests.RequestException as error:
            self._stop(resource, f"could not be asked ({type(error).__name__})", "无法发出请求")
        if answer.status_code in (401, 403):
            self._stop(
                resource,
                f"did not accept the token (HTTP {answer.status_code}): check JUNHENG_STUDENT_STATUS_TOKEN, or ask the bureau for a new one",
                f"不接受访问令牌（HTTP {answer.status_code}）：请检查 JUNHENG_STUDENT_STATUS_TOKEN 或申请新令牌",
            )
        if answer.status_code == 429 or answer.status_code >= 500:
            raise _Again(f"HTTP {answer.status_code}", f"HTTP {answer.status_code}", _seconds(answer.headers.get("Retry-After")))
        if answer.status_code != 200:
            self._stop(resource, f"answered HTTP {answer.status_code}", f"返回 HTTP {answer.status_code}")
        try:
            page = json.loads(answer.content)
        except ValueError:
            raise _Again("its answer is broken JSON", "返回的 JSON 不完整") from None
        if not isinstance(page, dict):
            raise _Again("its answer is no JSON object", "返回的不是 JSON 对象")
        return page

    def _stop(self, resource: str, what_en: str, what_zh: str) -> NoReturn:
        address = self.origin(resource)
        raise Unreachable(
            SOURCE,
            f"The student-status service ({address}) {what_en}. The last good delivery stays in use.",
            f"学籍服务（{address}）{what_zh}。沿用上一次有效数据。",
        ) from None


def _mark(*content: object) -> bytes:
    return hashlib.sha256(repr(content).encode()).digest()[:16]


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
