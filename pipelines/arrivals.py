"""Arrivals: what lies in the inbox now, and what was not there before.

Here: walking the drop folders, recognising a file by its content, and telling one
that is still being written.
Not here: reading a file (sources/) and landing it (warehouse/).
"""

from __future__ import annotations

import os
import time
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


class Unlistable(Exception):
    """A drop folder, or a folder in it, that cannot be looked into; `folder` is its path below the inbox."""

    def __init__(self, folder: str):
        super().__init__(folder)
        self.folder = folder


class Unsteady(Exception):
    """A file that is not, or not any more, what it was when it was found."""


def arrivals(inbox: Path, source_name: str) -> Iterator[Arrival]:
    """The files of a source's drop folder at any depth, in the order of their names.

    A link is passed over: what it points at may lie outside the inbox. A file
    that is taken away meanwhile was not offered; one that may not be read has an
    empty digest. Raises Unlistable rather than pass over a whole folder.
    """
    for path in sorted(_files(inbox, inbox / source_name), key=lambda found: found.as_posix()):
        if found := arrival(inbox, path):
            yield found


def arrival(inbox: Path, path: Path) -> Arrival | None:
    """The file as it is now; None where it is gone."""
    try:
        modified_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        digest = sha256_of(path)
    except FileNotFoundError:
        return None
    except PermissionError:
        digest = ""
    return Arrival(path, path.relative_to(inbox).as_posix(), digest, modified_at)


def require_steady(found: Arrival) -> None:
    """Raises Unsteady when the file has changed or gone since it was found."""
    try:
        if sha256_of(found.path) == found.digest:
            return
    except OSError:
        pass  # gone, or closed to us: not what was found either way
    raise Unsteady(found.origin)


def wait_until_steady(path: Path, *, look: float = 0.5, at_most: float = 10.0) -> None:
    """Return once two looks at the file, `look` seconds apart, find the same size and time of
    change, or after `at_most` seconds: somebody may still be copying it."""
    seen, by = _looks(path), time.monotonic() + at_most
    while time.monotonic() < by:
        time.sleep(look)
        before, seen = seen, _looks(path)
        if seen == before:
            return


def _looks(path: Path) -> tuple[int, int] | None:
    try:
        facts = path.stat()
    except FileNotFoundError:
        return None
    return facts.st_size, facts.st_mtime_ns


def _files(inbox: Path, folder: Path) -> Iterator[Path]:
    """Every file below a folder but what editors and copy programs leave there."""

    def closed(problem: OSError) -> None:
        if not isinstance(problem, FileNotFoundError):
            raise Unlistable(Path(problem.filename).relative_to(inbox).as_posix()) from None

    for place, folders, names in os.walk(folder, onerror=closed):
        folders[:] = [name for name in folders if not name.startswith(UNFINISHED)]
        for name in names:
            path = Path(place, name)
            if not name.startswith(UNFINISHED) and not name.endswith(UNFINISHED_ENDINGS) and not path.is_symlink() and path.is_file():
                yield path
