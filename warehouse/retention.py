"""Retention: which releases stay, and taking away the others.

Here: the rule, the list of what was taken away, and removing a folder so that a
crash leaves either all of it or nothing that a reader could find.
Not here: publishing (release) and how many are to be kept (pipelines/settings.py).

The rule is told in `kept`. A release that goes is first written into the list, then
loses its name by one rename, then is deleted; what a crash leaves has a temporary
name, which the next publisher clears.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from warehouse import durable
from warehouse.layout import Layout
from warehouse.release import releases

READING = timedelta(days=1)  # so long a reader may go on reading what it found as current


@dataclass(frozen=True)
class Standing:
    """A release that is there."""

    release_id: str
    folder: Path
    as_of_date: str
    rule_set: str
    published_at: datetime

    @classmethod
    def of(cls, folder: Path) -> Standing:
        said = durable.read_json(folder / "manifest.json")
        return cls(folder.name, folder, said["as_of_date"], said["rule_set"], datetime.fromisoformat(said["published_at"]))


def kept(standing: list[Standing], keep: int, *, named: set[str], now: datetime) -> set[str]:
    """Ids of the releases that stay, of those that stand (oldest as-of date first).

    The `keep` that were published last; those that a link beside the releases names
    (`named`), `current` among them; the last one of each rule set and year, which the
    journals of that year go on from; and each that a reader may still be reading,
    because it was itself published, or followed by another, less than a day ago.
    """
    by_time = sorted(standing, key=lambda release: release.published_at)
    of_years = {(release.rule_set, release.as_of_date[:4]): release.release_id for release in standing}
    followed = [after.published_at for after in by_time[1:]] + [now]
    being_read = {release.release_id for release, until in zip(by_time, followed, strict=True) if until > now - READING}
    return named | {release.release_id for release in by_time[-keep:]} | set(of_years.values()) | being_read


def retire(
    layout: Layout, keep: int, *, now: datetime | None = None, after: Callable[[str], None] = lambda step: None
) -> list[str]:
    """Take away the releases past their keeping; returns their ids. Waits for a publisher to finish.

    `after` is called with the name of each finished step.
    """
    with durable.lock(layout.publisher_lock):
        gone = _gone(layout, keep, now)
        if gone:
            _write_down(layout, gone)
            after("written down")
        for release in gone:
            nameless = durable.unfinished_beside(release.folder)
            os.replace(release.folder, nameless)
            durable.fsync(layout.releases)
            after("unnamed")
            durable.remove(nameless)
        return [release.release_id for release in gone]


def past_keeping(layout: Layout, keep: int, *, now: datetime | None = None) -> list[str]:
    """Ids of the releases that `retire` would take away."""
    return [release.release_id for release in _gone(layout, keep, now)]


def _gone(layout: Layout, keep: int, now: datetime | None) -> list[Standing]:
    found = releases(layout)
    if len(found) <= keep:
        return []
    standing = [Standing.of(folder) for _, _, folder in found]
    stay = kept(standing, keep, named=_named(layout), now=now or datetime.now(UTC))
    return [release for release in standing if release.release_id not in stay]


def _named(layout: Layout) -> set[str]:
    """Releases that a link in `published/` points at: `current`, and whatever the bureau wants kept."""
    return {path.resolve().name for path in layout.published.iterdir() if path.is_symlink()}


def _write_down(layout: Layout, gone: list[Standing]) -> None:
    """Add to the list of releases that were and are no more: their numbers are never given again."""
    path = layout.retired_releases
    listed = durable.read_json(path) if path.exists() else {}
    for release in gone:
        listed[release.release_id] = {
            "as_of_date": release.as_of_date,
            "rule_set": release.rule_set,
            "published_at": release.published_at.isoformat(),
            "manifest_sha256": durable.sha256_of(release.folder / "manifest.json"),
        }
    durable.write_json(path, listed)
