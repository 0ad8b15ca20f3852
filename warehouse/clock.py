"""The clock of this machine, which may be wrong and may go back.

Here: what time it is, and which day it is at the least.
Not here: the order of deliveries (ledger.py), which the clock alone does not decide.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

TICK = timedelta(microseconds=1)  # the finest step of a time in the ledger


def utc_now() -> datetime:
    """Now, in UTC without a zone: the form of every time in the ledger."""
    return datetime.now(UTC).replace(tzinfo=None)


def as_utc(moment: datetime | None) -> datetime | None:
    """The same moment in UTC without a zone; a moment without a zone is taken as UTC."""
    return moment.astimezone(UTC).replace(tzinfo=None) if moment is not None and moment.tzinfo else moment


def today(at_least: date | None = None) -> date:
    """Today, and never before a day that is known to have come: what was said of it stands."""
    return max(filter(None, (date.today(), at_least)))
