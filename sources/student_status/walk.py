"""One walk over the pages of a resource: which page may follow which.

Here: telling a page that came twice, a cursor that leads back, and a system that
changed under way. Not here: asking for pages and patience (pages.py).
"""

from __future__ import annotations

import hashlib


class Again(Exception):
    """A failure that may pass: 429, 5xx, a broken connection, a broken answer."""

    def __init__(self, what_en: str, what_zh: str, wait: float | None = None):
        super().__init__(what_en)
        self.what_en, self.what_zh, self.wait = what_en, what_zh, wait


class Changed(Exception):
    """The system speaks of another state than at the beginning."""

    def __init__(self, what_en: str, what_zh: str):
        super().__init__(what_en)
        self.what_en, self.what_zh = what_en, what_zh


class Walk:
    """One walk over the pages of a resource: where it stands, and what may follow.

    `rows` counts those of new pages over all walks, `total` is what the first page stated.
    """

    def __init__(self, as_of_date: str, question: dict, total: object = None, rows: int = 0):
        self.total, self.rows = total, rows
        self.query = dict(question)
        self.is_over = False
        self._as_of_date = as_of_date
        self._pages: set[bytes] = set()
        self._cursors: set[str] = set()

    def fits(self, page: dict) -> None:
        """Raises Again for a page that cannot follow here, Changed for one of another state."""
        items, following = page.get("items"), page.get("next_cursor")
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            raise Again("it sent a page without items", "返回的页面没有 items")
        if page.get("as_of_date", self._as_of_date) != self._as_of_date:
            raise Changed("changed its date while it was read", "读取期间数据日期发生变化")
        if self.total is not None and page.get("total") != self.total:
            raise Changed("changed its number of rows while it was read", "读取期间总行数发生变化")
        if items and mark_of(items) in self._pages:
            raise Again("it sent the same page twice", "重复返回同一页")
        if following is not None and str(following) in self._cursors:
            raise Again("it sent the same cursor twice", "重复返回同一游标")

    def go_on(self, page: dict, *, is_new: bool) -> None:
        items, following = page["items"], page.get("next_cursor")
        self.total = page.get("total")
        if items:
            self._pages.add(mark_of(items))
            self.rows += len(items) if is_new else 0
        self.is_over = following is None
        self._cursors.add(str(following))
        self.query |= {"cursor": following}


def mark_of(items: list[dict]) -> bytes:
    """Items come in key order: a page is known by its ends and its length."""
    return hashlib.sha256(repr((items[0], items[-1], len(items))).encode()).digest()[:16]
