"""Verification: that raw files still are what was landed.

Here: reading them through, and remembering which were, so that years of deliveries are
not hashed again by every run.
Not here: what was landed (ledger) and what follows when it is not so (pipelines/).

A file is taken as read while its number, size and time of change on the disk are those of
the last reading: writing to a file moves its time of change, and no program can set that
time back. Every file is read through again after `AGAIN_AFTER`, because a disk may rot
without telling anybody.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path

from warehouse import durable
from warehouse.layout import Layout

AGAIN_AFTER = 30 * 24 * 3600.0  # seconds


def altered_files(layout: Layout, source: str, table: str, landed: Mapping[str, str | None]) -> list[str]:
    """Ids, sorted, of the deliveries whose raw file is gone or has another digest than it was landed with.

    `landed`: digest by delivery id.
    """
    memory = layout.verified_files(source, table)
    known, now = _remembered(memory), time.time()
    verified, altered = {}, []
    for delivery_id, digest in sorted(landed.items()):
        path = layout.raw_file(source, table, delivery_id)
        seen = known.get(delivery_id)
        if not path.exists():
            altered.append(delivery_id)
        elif seen and seen["file"] == _identity(path) and seen["digest"] == digest and 0 <= now - seen["at"] < AGAIN_AFTER:
            verified[delivery_id] = seen
        else:
            identity = _identity(path)  # before the reading: what changes under our hands is read again
            if durable.sha256_of(path) == digest:
                verified[delivery_id] = {"file": identity, "digest": digest, "at": now}
            else:
                altered.append(delivery_id)
    if verified != known:
        durable.write_json(memory, verified)
    return altered


def _identity(path: Path) -> list[int]:
    stat = path.stat()
    return [stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns]


def _remembered(memory: Path) -> dict[str, dict]:
    """What was read before; a memory that is gone or torn only costs another reading."""
    try:
        return json.loads(memory.read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
