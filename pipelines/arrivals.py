"""Arrivals: what lies in the inbox now, and what was not there before.

Here: walking the drop folders and recognising a file by its content.
Not here: reading a file (sources/) and landing it (warehouse/).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from warehouse.durable import sha256_of

# Names that editors, copy programs and operating systems leave beside real files.
UNFINISHED = ("~$", ".", "_")
UNFINISHED_ENDINGS = (".part", ".tmp", ".crdownload", ".partial")


@dataclass(frozen=True)
class Arrival:
    """A file in the inbox. `origin` is its path below the inbox, with `/`."""

    path: Path
    origin: str
    digest: str
    modified_at: datetime


def arrivals(inbox: Path, source_name: str) -> Iterator[Arrival]:
    """The files of a source's drop folder at any depth, in the order of their names.

    A link is passed over: what it points at may lie outside the inbox.
    """
    folder = inbox / source_name
    for path in sorted(folder.rglob("*"), key=lambda found: found.as_posix()):
        below = path.relative_to(folder)
        if any(part.startswith(UNFINISHED) for part in below.parts) or path.name.endswith(UNFINISHED_ENDINGS):
            continue
        if not path.is_symlink() and path.is_file():
            modified_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            yield Arrival(path, path.relative_to(inbox).as_posix(), sha256_of(path), modified_at)
