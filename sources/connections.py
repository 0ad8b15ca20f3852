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

    `longest_wait` also bounds what a `Retry-After` may ask for.
    """

    attempts: int = 6
    first_wait: float = 0.5
    longest_wait: float = 30.0
    connect_timeout: float = 5.0
    read_timeout: float = 60.0
