"""Arrivals: what lies in the inbox now, and what was not there before.

Here: walking the drop folders, recognising a file by its content, saying what lies
there that is no file to be read, and telling one that is still being written.
Not here: reading a file (sources/) and landing it (warehouse/).
"""

from __future__ import annotations

import hashlib
import os
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sources.refusal import Refusal, printable

# Names that editors, copy programs and operating systems leave beside real files.
UNFINISHED = ("~$", ".", "_")
UNFINISHED_ENDINGS = (".part", ".tmp", ".crdownload", ".partial")
_KINDS = (
    (stat.S_ISLNK, "链接 / a link"),
    (stat.S_ISFIFO, "管道 / a pipe"),
    (stat.S_ISSOCK, "套接字 / a socket"),
    (lambda mode: stat.S_ISCHR(mode) or stat.S_ISBLK(mode), "设备 / a device"),
)


@dataclass(frozen=True)
class Arrival:
    """A file in the inbox. `origin` is its path below the inbox, with `/`, as it may be
    shown: bytes that are no text and characters that cannot be seen are written out."""

    path: Path
    origin: str
    digest: str
    modified_at: datetime


@dataclass(frozen=True)
class Glimpse:
    """A file as it was seen at one moment, its content unread: two equal glimpses are one state."""

    path: Path
    origin: str
    size: int
    modified_ns: int

    def arrival(self, digest: str | None = None) -> Arrival | None:
        """The file with the digest of its content, which is read unless it is known; None where
        it is no longer what was seen."""
        modified_at = datetime.fromtimestamp(self.modified_ns / 1e9, UTC)
        try:
            digest = digest or _content(self.path)[0]
        except (OSError, _NotAFile):
            return None
        return Arrival(self.path, self.origin, digest, modified_at) if _size_and_time(self.path) == (self.size, self.modified_ns) else None


def glimpses(inbox: Path, source_name: str) -> Iterator[Glimpse]:
    """The files of a source's drop folder, in the order of their names; raises Unlistable as `offered` does.

    What is no file is passed over, and so is what goes away meanwhile.
    """
    for path in sorted(_below(inbox, inbox / source_name), key=lambda found: found.as_posix()):
        try:
            facts = path.lstat()
        except OSError:
            continue
        if stat.S_ISREG(facts.st_mode):
            yield Glimpse(path, _origin(inbox, path), facts.st_size, facts.st_mtime_ns)


class Unlistable(Exception):
    """A drop folder that cannot be looked into; `folder` is its path below the inbox."""

    def __init__(self, folder: str):
        super().__init__(folder)
        self.folder = folder


class Unsteady(Exception):
    """A file that is not, or not any more, what it was when it was found."""


class _NotAFile(Exception):
    """Says in words what it is."""


def arrivals(inbox: Path, source_name: str) -> Iterator[Arrival]:
    """The files of a source's drop folder at any depth, in the order of their names."""
    return (found for found in offered(inbox, source_name) if isinstance(found, Arrival))


def offered(inbox: Path, source_name: str) -> Iterator[Arrival | Refusal]:
    """The same, and between them a Refusal `not_a_file` or `unreadable` for each thing that
    cannot be a delivery. A link is one: what it points at may lie outside the inbox, and
    may be another thing tomorrow. What is taken away meanwhile was not offered.

    Raises Unlistable where the drop folder itself is closed: then nothing is known of it.
    """
    for path in sorted(_below(inbox, inbox / source_name), key=lambda found: found.as_posix()):
        if found := look(inbox, path):
            yield found


def look(inbox: Path, path: Path) -> Arrival | Refusal | None:
    """What lies there now, as `offered` says it; None where nothing does."""
    origin = _origin(inbox, path)
    try:
        return Arrival(path, origin, *_content(path))
    except FileNotFoundError:
        return None
    except OSError as error:
        return _unreadable(origin, error)
    except _NotAFile as thing:
        return _not_a_file(origin, str(thing))


def require_steady(found: Arrival) -> None:
    """Raises Unsteady when the file has changed or gone since it was found."""
    try:
        if _content(found.path)[0] == found.digest:
            return
    except (OSError, _NotAFile):
        pass  # gone, closed to us or another thing: not what was found in any case
    raise Unsteady(found.origin)


def wait_until_steady(path: Path, *, look: float = 0.5, at_most: float = 10.0) -> None:
    """Return once two looks at the file, `look` seconds apart, find the same size and time of
    change, or after `at_most` seconds: somebody may still be copying it."""
    seen, by = _size_and_time(path), time.monotonic() + at_most
    while time.monotonic() < by:
        time.sleep(look)
        before, seen = seen, _size_and_time(path)
        if seen == before:
            return


def _origin(inbox: Path, path: Path) -> str:
    return printable(os.fsencode(path.relative_to(inbox)).decode("utf-8", "backslashreplace"))


def _size_and_time(path: Path) -> tuple[int, int] | None:
    try:
        facts = path.lstat()
    except FileNotFoundError:
        return None
    return facts.st_size, facts.st_mtime_ns


def _content(path: Path) -> tuple[str, datetime]:
    """Digest of a file, and when it was last changed."""
    mode = path.lstat().st_mode
    if what := next((words for is_kind, words in _KINDS if is_kind(mode)), None):
        raise _NotAFile(what)
    # Should a link or a pipe take the file's place meanwhile: it is neither followed nor waited for.
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with open(handle, "rb") as content:
        modified_at = datetime.fromtimestamp(os.fstat(handle).st_mtime, UTC)
        return hashlib.file_digest(content, "sha256").hexdigest(), modified_at


def _below(inbox: Path, folder: Path) -> Iterator[Path]:
    """What lies in a folder and the folders in it, links unfollowed, and each folder in it
    that cannot be listed; without what editors and copy programs leave there."""
    unlisted: list[OSError] = []
    for parent, folders, names in os.walk(folder, onerror=unlisted.append):
        folders[:] = [name for name in folders if not _is_passed_over(name)]
        links = [name for name in folders if os.path.islink(os.path.join(parent, name))]
        yield from (Path(parent, name) for name in (*names, *links) if not _is_passed_over(name))
    closed = [Path(error.filename) for error in unlisted if not isinstance(error, FileNotFoundError)]
    if folder in closed:
        raise Unlistable(folder.relative_to(inbox).as_posix())
    yield from closed


def _is_passed_over(name: str) -> bool:
    return name.startswith(UNFINISHED) or name.endswith(UNFINISHED_ENDINGS)


def _not_a_file(origin: str, what: str) -> Refusal:
    return Refusal(
        "not_a_file", file=origin, expected="文件 / a file", found=what,
        do_en="Put the file itself there.", do_zh="请放入文件本身。",
    )  # fmt: skip


def _unreadable(origin: str, error: OSError) -> Refusal:
    return Refusal(
        "unreadable", file=origin, expected="可读取的文件或目录 / a file or folder that can be read", found=error.strerror or type(error).__name__,
        do_en="Give the account that Junheng runs under the right to read it.", do_zh="请授予本系统运行账号读取权限。",
    )  # fmt: skip
