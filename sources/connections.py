"""How a system is reached: what the configuration hands to `pull`.

Here: addresses and secrets, which never show when printed, and how patient a
reader is. Not here: the environment they come from (pipelines/settings.py).
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Service:
    """An HTTP system: base URL without the version, and a bearer token (None: none is set)."""

    url: str
    token: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Database:
    """A database: `sqlite:///path` (`sqlite:////absolute/path`) or `postgresql://...`."""

    uri: str = field(repr=False)


@dataclass(frozen=True)
class Patience:
    """How long a system may fail before a pull gives up; all in seconds but `attempts`.

    `attempts`: of one request, and of one walk over the pages of a table.
    `first_wait` doubles from attempt to attempt up to `longest_back_off`; where
    the system itself says when to come back, `longest_wait` bounds that.
    `read_timeout`: silence; `answer_timeout`: a whole answer, however steadily
    it drips. `lost_in_all`: what failed attempts may cost a whole pull.
    """

    attempts: int = 8
    first_wait: float = 0.5
    longest_back_off: float = 5.0
    longest_wait: float = 30.0
    connect_timeout: float = 5.0
    read_timeout: float = 60.0
    answer_timeout: float = 300.0
    lost_in_all: float = 900.0
