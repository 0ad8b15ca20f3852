"""Durable writing: a name either does not exist or holds a whole file.

Here: temporary name, fsync, rename, fsync of the folder; one lock a resource.
Not here: what is written.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

UNFINISHED = ".unfinished-"  # every temporary name begins so, and may be deleted by whoever holds the lock


def unfinished_beside(path: Path) -> Path:
    """A fresh temporary name in the same folder, so that the rename stays on one file system."""
    # `.part`: a glob of *.parquet must not find half a file, and `*` matches a leading dot.
    return path.with_name(f"{UNFINISHED}{uuid.uuid4().hex}-{path.name}.part")


def fsync(path: Path) -> None:
    """Push a file, or the names in a folder, to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """Yield a temporary name; on success it is synced and takes `path`, else it is gone."""
    unfinished = unfinished_beside(path)
    try:
        yield unfinished
        fsync(unfinished)
        os.replace(unfinished, path)
        fsync(path.parent)
    finally:
        unfinished.unlink(missing_ok=True)


def write_json(path: Path, content: object, *, finish: Callable[[Path], None] = lambda unfinished: None) -> None:
    """Write a document; `finish` is given the file before it takes its name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with new_file(path) as unfinished:
        unfinished.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        finish(unfinished)


def read_json(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8"))


def point_to(link: Path, target: str) -> None:
    """Make the symlink say `target` (relative to its folder), by one atomic rename."""
    unfinished = unfinished_beside(link)
    try:
        os.symlink(target, unfinished)
        os.replace(unfinished, link)
        fsync(link.parent)
    finally:
        unfinished.unlink(missing_ok=True)


def remove(path: Path) -> None:
    """Delete a file, a link or a whole folder; nothing there is no error."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def sha256_of(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


class Busy(Exception):
    """Somebody else holds the lock and the caller did not want to wait."""


@contextmanager
def lock(path: Path, *, wait: bool = True) -> Iterator[None]:
    """Keep others out, processes and threads alike, until the block ends.

    The kernel lets go when a process dies, so a crash leaves no stale lock.
    Raises Busy when `wait` is False and the lock is taken; it names the process.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError as taken:
            handle.seek(0)
            raise Busy(f"{path.name} is held by another process ({handle.read().strip() or 'unknown'})") from taken
        with suppress(OSError):  # a full disk keeps nobody from the lock
            os.ftruncate(handle.fileno(), 0)
            os.write(handle.fileno(), f"pid {os.getpid()}\n".encode())
        yield
