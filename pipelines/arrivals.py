"""Arrivals: what lies in the inbox now, and what was not there before.

Here: walking the drop folders, telling a file that is still being written from one that has
come to rest, and recognising a file by its content.
Not here: reading a file (sources/) and landing it (warehouse/).
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from warehouse.durable import sha256_of

# Names that editors, copy programs and operating systems leave beside real files.
UNFINISHED = ("~$", ".", "_")
UNFINISHED_ENDINGS = (".part", ".tmp", ".crdownload", ".partial")
SECONDS_OF_A_YOUNG_FILE = 2.0  # one that was changed less long ago is looked at twice
SECONDS_BETWEEN_LOOKS = 0.2


@dataclass(frozen=True)
class Arrival:
    """A file in the inbox. `origin` is its path below the inbox, with `/`."""

    path: Path
    origin: str
    digest: str
    modified_at: datetime


@dataclass(frozen=True)
class Look:
    """A file as it looked at one moment, its content unread: two equal looks are one state."""

    path: Path
    origin: str
    size: int
    modified_ns: int

    @property
    def modified_at(self) -> datetime:
        return datetime.fromtimestamp(self.modified_ns / 1e9, UTC)


def looks(inbox: Path, source_name: str) -> Iterator[Look]:
    """The files of a source's drop folder at any depth, in the order of their names.

    A link is passed over: what it points at may lie outside the inbox. So is a file that goes
    away while the folder is walked.
    """
    folder = inbox / source_name
    for path in sorted(folder.rglob("*"), key=lambda found: found.as_posix()):
        below = path.relative_to(folder)
        if any(part.startswith(UNFINISHED) for part in below.parts) or path.name.endswith(UNFINISHED_ENDINGS):
            continue
        if not path.is_symlink() and path.is_file() and (look := look_at(path, path.relative_to(inbox).as_posix())):
            yield look


def look_at(path: Path, origin: str) -> Look | None:
    """The file as it looks now; None where it is gone."""
    try:
        facts = path.stat()
    except FileNotFoundError:
        return None
    return Look(path, origin, facts.st_size, facts.st_mtime_ns)


def digest_at_rest(look: Look) -> str | None:
    """SHA-256 of the content, or None where the file no longer is what it looked like."""
    try:
        digest = sha256_of(look.path)
    except FileNotFoundError:
        return None
    return digest if look_at(look.path, look.origin) == look else None


def arrivals(inbox: Path, source_name: str) -> Iterator[Arrival]:
    """The files of a source's drop folder that have come to rest, in the order of their names.

    A file that is still being written is left to the next run.
    """
    found = list(looks(inbox, source_name))
    if any(_is_young(look) for look in found):
        time.sleep(SECONDS_BETWEEN_LOOKS)  # a copy under way shows by growing
    for look in found:
        if _is_young(look) and look_at(look.path, look.origin) != look:
            continue
        if digest := digest_at_rest(look):
            yield Arrival(look.path, look.origin, digest, look.modified_at)


def _is_young(look: Look) -> bool:
    return abs(time.time() - look.modified_ns / 1e9) < SECONDS_OF_A_YOUNG_FILE
