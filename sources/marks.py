"""Marks: how far a system has been read, in words that only its own reader uses again.

Here: the two halves of a mark, which are a fingerprint of what was read and how, and the
system's own newest moment. Changes may only be laid upon rows of the same fingerprint: with
another key one person would have two pseudonyms, and another database is another county.
Not here: which moment is the newest (each system's pull.py) and where marks are kept
(warehouse/ledger.py).
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from urllib.parse import urlsplit

from sources.declaration import Context, Table

_BETWEEN = "@"


@dataclass(frozen=True)
class Reading:
    """How one table of one system is read."""

    fingerprint: str

    @classmethod
    def of(cls, table: Table, key: bytes, address: str, *identity: str) -> Reading:
        """`address`: of the system; its port plays no part, because the same service may come
        back on another. `identity`: what else the system says it is, such as its counties."""
        parts = urlsplit(address)
        columns = [(column.name, str(column.type)) for column in table.columns]
        said = repr((version("junheng"), table.name, table.key, columns, parts.hostname, parts.path, identity))
        return cls(hmac.digest(key, said.encode(), "sha256").hex()[:16])

    def mark(self, moment: str | None) -> str | None:
        """The mark of a system whose newest moment this is; None where it states none."""
        return f"{self.fingerprint}{_BETWEEN}{moment}" if moment else None

    def moment(self, mark: str | None) -> str | None:
        """The moment of a mark; None where there is none, or it belongs to another reading."""
        fingerprint, _, moment = (mark or "").partition(_BETWEEN)
        return moment or None if fingerprint == self.fingerprint else None


def full_is_due(context: Context, as_of_date: date) -> bool:
    """Whether everything is to be pulled, beside what changed."""
    return context.full_from is not None and as_of_date >= context.full_from
