"""Arrivals: what lies in the inbox now, and what was not there before.

Here: walking the drop folders, recognising a file by its content, and saying what
lies there that is no file to be read.
Not here: reading a file (sources/) and landing it (warehouse/).
"""

from __future__ import annotations

import hashlib
import os
import stat
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


def arrivals(inbox: Path, source_name: str) -> Iterator[Arrival]:
    """The files of a source's drop folder at any depth, in the order of their names."""
    return (found for found in offered(inbox, source_name) if isinstance(found, Arrival))


def offered(inbox: Path, source_name: str) -> Iterator[Arrival | Refusal]:
    """The same, and between them a Refusal `not_a_file` or `unreadable` for each thing that
    cannot be a delivery. A link is one: what it points at may lie outside the inbox, and
    may be another thing tomorrow."""
    for path in sorted(_below(inbox / source_name), key=lambda found: found.as_posix()):
        origin = printable(os.fsencode(path.relative_to(inbox)).decode("utf-8", "backslashreplace"))
        try:
            yield _arrival(path, origin)
        except OSError as error:
            yield _unreadable(origin, error)
        except _NotAFile as thing:
            yield _not_a_file(origin, str(thing))


class _NotAFile(Exception):
    """Says in words what it is."""


def _below(folder: Path) -> Iterator[Path]:
    """What lies in a folder and the folders in it, links unfollowed; a folder that cannot be listed itself."""
    unlisted: list[OSError] = []
    for parent, folders, names in os.walk(folder, onerror=unlisted.append):
        folders[:] = [name for name in folders if not _is_passed_over(name)]
        links = [name for name in folders if os.path.islink(os.path.join(parent, name))]
        yield from (Path(parent, name) for name in (*names, *links) if not _is_passed_over(name))
    yield from (Path(error.filename) for error in unlisted)


def _is_passed_over(name: str) -> bool:
    return name.startswith(UNFINISHED) or name.endswith(UNFINISHED_ENDINGS)


def _arrival(path: Path, origin: str) -> Arrival:
    mode = path.lstat().st_mode
    if what := next((words for is_kind, words in _KINDS if is_kind(mode)), None):
        raise _NotAFile(what)
    # Should a link or a pipe take the file's place meanwhile: it is neither followed nor waited for.
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with open(handle, "rb") as content:
        modified_at = datetime.fromtimestamp(os.fstat(handle).st_mtime, UTC)
        return Arrival(path, origin, hashlib.file_digest(content, "sha256").hexdigest(), modified_at)


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
