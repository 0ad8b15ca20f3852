"""Release: an accepted candidate becomes an immutable folder that readers find.

Here: comparing with the current release, naming, manifest and sums, and the
one atomic switch of `current`.
Not here: reading the marts (candidate) and the decision to publish (expectations/, pipelines/).

A reader resolves `current` once and then reads files that never change. A
crash at any step leaves `current` where it was; what it leaves behind is
cleared by the next publisher.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq

from warehouse import access, durable
from warehouse.layout import Layout
from warehouse.published_tables import BY_NAME, JOURNAL, VERDICT

PUBLISHED, UNCHANGED = "published", "unchanged"
SUPERSEDED = "superseded"  # status of a delivery that another has replaced
TOLD_OF_DELIVERIES = (
    "delivery_id", "source", "table_name", "county_code", "origin", "digest", "as_of_date", "kind", "status", "rule",
    "rows_delivered", "rows_accepted", "rows_quarantined", "rows_superseded", "rows_held",
)  # fmt: skip
RELEASE_ID = re.compile(r"(\d{8})-(\d{3,})")


@dataclass(frozen=True)
class Publication:
    """What publishing came to. For `unchanged`, `release_id` is the one that stands."""

    outcome: str
    release_id: str
    became_current: bool
    folder: Path


def publish(
    candidate: Path,
    layout: Layout,
    *,
    as_of_date: date,
    rule_set: str,
    default_rule_set: str,
    tool_version: str,
    git_commit: str | None = None,
    git_dirty: bool | None = None,
    rule_digests: Mapping[str, str] | None = None,
    checks: Iterable[Mapping] = (),
    sources: Iterable[Mapping] = (),
    after: Callable[[str], None] = lambda step: None,
) -> Publication:
    """Publish a candidate unless the current release says the same.

    The candidate folder is consumed. `checks` and `sources` are plain mappings
    that go into the manifest as they are; counties, deliveries and quarantined
    rows are told from the candidate's own tables. `current` is switched unless
    the run speaks of an older day than it, or follows another rule set than
    the default; the first release becomes current in any case. `after` is
    called with the name of each finished step. Waits for another publisher to
    finish.
    """
    layout.releases.mkdir(parents=True, exist_ok=True)
    with durable.lock(layout.publisher_lock):
        clear_unfinished_releases(layout)
        standing = current_release(layout)
        if standing is not None:
            if says_the_same(candidate, layout.releases / standing["release_id"]):
                durable.remove(candidate)
                return Publication(UNCHANGED, standing["release_id"], False, layout.releases / standing["release_id"])
            keep_equal_bytes(candidate, layout.releases / standing["release_id"])

        becomes_current = standing is None or (
            rule_set == default_rule_set and as_of_date >= date.fromisoformat(standing["as_of_date"])
        )
        release_id = next_release_id(layout, as_of_date)
        unfinished = durable.unfinished_beside(layout.releases / release_id)
        os.replace(candidate, unfinished)
        after("taken over")
        durable.write_json(
            unfinished / "manifest.json",
            {
                "release_id": release_id,
                "as_of_date": as_of_date.isoformat(),
                "rule_set": rule_set,
                "county_codes": _county_codes(unfinished),
                "published_at": datetime.now(UTC).isoformat(timespec="seconds"),
                "tool": {"name": "junheng", "version": tool_version, "git_commit": git_commit, "git_dirty": git_dirty},
                "rule_digests": dict(rule_digests or {}),
                "sources": list(sources),
                "deliveries": _deliveries(unfinished),
                "quarantined": _quarantined(unfinished),
                "row_counts": _row_counts(unfinished),
                "checks": list(checks),
            },
        )
        _write_sums(unfinished)
        access.open_to_group(unfinished)
        for path in (*unfinished.iterdir(), unfinished):
            durable.fsync(path)
        after("written")
        folder = layout.releases / release_id
        if becomes_current:
            durable.write_json(layout.switching, {"release_id": release_id})
        os.rename(unfinished, folder)
        durable.fsync(layout.releases)
        after("named")

        if becomes_current:
            durable.point_to(layout.current, f"releases/{release_id}")
            after("switched")
            _write_current_json(layout, folder)
            after("current.json written")
            layout.switching.unlink()
        return Publication(PUBLISHED, release_id, becomes_current, folder)


def current_release(layout: Layout) -> dict | None:
    """The manifest of the release that `current` points at; None when there is none."""
    manifest = layout.current / "manifest.json"
    return durable.read_json(manifest) if manifest.exists() else None


def settle_releases(layout: Layout) -> None:
    """Finish what a publisher that died left: done once a run before anything asks for `current`."""
    layout.releases.mkdir(parents=True, exist_ok=True)
    with durable.lock(layout.publisher_lock):
        clear_unfinished_releases(layout)


def clear_unfinished_releases(layout: Layout) -> None:
    """Delete what a publisher that died left behind; a release that got its name and was to take
    the place of `current` takes it now, and `current.json` follows the symlink. The caller
    holds the publisher's lock."""
    for folder in (layout.releases, layout.published):
        for path in folder.glob(f"{durable.UNFINISHED}*"):
            durable.remove(path)
    if layout.switching.exists():
        folder = layout.releases / durable.read_json(layout.switching)["release_id"]
        if folder.is_dir():  # it got its name, so it is whole
            durable.point_to(layout.current, f"releases/{folder.name}")
    standing = current_release(layout)
    if standing is not None:
        folder = layout.releases / standing["release_id"]
        if not layout.current_json.exists() or durable.read_json(layout.current_json) != _pointer(layout, folder):
            _write_current_json(layout, folder)
    layout.switching.unlink(missing_ok=True)


def releases(layout: Layout) -> list[tuple[str, int, Path]]:
    """Every whole release as (day YYYYMMDD, number of the day, folder), oldest day first."""
    found = ((RELEASE_ID.fullmatch(path.name), path) for path in layout.releases.iterdir()) if layout.releases.exists() else ()
    return sorted((match[1], int(match[2]), path) for match, path in found if match)


def next_release_id(layout: Layout, as_of_date: date) -> str:
    """YYYYMMDD-NNN: the as-of date, and how many releases speak of it. A run is told this id
    before it builds its journals; the lock of the run keeps it free until it is published."""
    day = as_of_date.strftime("%Y%m%d")
    taken = [number for of_day, number, _ in releases(layout) if of_day == day]
    if layout.retired_releases.exists():
        retired = map(RELEASE_ID.fullmatch, durable.read_json(layout.retired_releases))
        taken += [int(match[2]) for match in retired if match[1] == day]
    return f"{day}-{max(taken, default=0) + 1:03d}"


# --- comparing ------------------------------------------------------------------


def says_the_same(candidate: Path, release: Path) -> bool:
    """Whether all tables are there in both and equal, times of arrival left out."""
    ours, theirs = _tables(candidate), _tables(release)
    return ours.keys() == theirs.keys() and all(_equal(ours[name], theirs[name]) for name in ours)


def keep_equal_bytes(candidate: Path, release: Path) -> None:
    """Where a verdict table says the same as before, keep the bytes it was published with.

    A newer Parquet writer may write the same rows in other bytes; a reader who
    compares sums must see that nothing changed.
    """
    theirs = _tables(release)
    for name, path in _tables(candidate).items():
        if BY_NAME[name].kind == VERDICT and name in theirs and not _same_bytes(path, theirs[name]):
            if pq.read_table(path).equals(pq.read_table(theirs[name])):
                shutil.copyfile(theirs[name], path)


def _equal(ours: Path, theirs: Path) -> bool:
    if _same_bytes(ours, theirs):
        return True
    published = BY_NAME[ours.stem]
    times = published.times if published.kind == JOURNAL else ()
    return _without(ours, times).equals(_without(theirs, times))


def _same_bytes(ours: Path, theirs: Path) -> bool:
    return ours.stat().st_size == theirs.stat().st_size and durable.sha256_of(ours) == durable.sha256_of(theirs)


def _without(path: Path, times: Iterable[str]):
    names = [name for name in pq.read_schema(path).names if name not in times]
    rows = pq.read_table(path, columns=names)
    key = [name for name in BY_NAME[path.stem].key if name in names]
    return rows.sort_by([(name, "ascending") for name in key]) if times else rows


def _tables(folder: Path) -> dict[str, Path]:
    return {path.stem: path for path in sorted(folder.glob("*.parquet"))}


# --- describing -----------------------------------------------------------------


def _county_codes(folder: Path) -> list[str]:
    """The counties that a verdict was reached on."""
    return sorted({row["county_code"] for row in _rows(folder, "county_compliance", ["county_code"])})


def _deliveries(folder: Path) -> list[dict]:
    """Deliveries that nothing has replaced: what became of each and how many of its rows count. The table
    `delivery` tells of the others too; years of daily pulls would make the manifest the larger file."""
    told = [row for row in _rows(folder, "delivery", TOLD_OF_DELIVERIES) if row["status"] != SUPERSEDED]
    return [{**row, "as_of_date": row["as_of_date"] and row["as_of_date"].isoformat()} for row in told]


def _quarantined(folder: Path) -> list[dict]:
    """Stopped rows by table and rule; `rows_open` are those that no later delivery replaced."""
    fault, place = ["source", "table_name", "rule"], ["delivery_id", "position", "status"]
    places = pq.read_table(folder / "quarantine.parquet", columns=[*fault, *place]).group_by([*fault, *place]).aggregate([])
    places = places.append_column("is_open", pc.equal(places["status"], "open"))
    counted = places.group_by(fault).aggregate([("position", "count"), ("is_open", "sum")])
    return counted.rename_columns([*fault, "rows", "rows_open"]).sort_by([(name, "ascending") for name in fault]).to_pylist()


def _rows(folder: Path, table: str, columns: Iterable[str]) -> list[dict]:
    return pq.read_table(folder / f"{table}.parquet", columns=list(columns)).to_pylist()


def _row_counts(folder: Path) -> dict[str, int]:
    return {name: pq.read_metadata(path).num_rows for name, path in _tables(folder).items()}


def _write_sums(folder: Path) -> None:
    """`sha256sum -c SHA256SUMS` in the folder proves every file but this one."""
    lines = [f"{durable.sha256_of(path)}  {path.name}\n" for path in sorted(folder.iterdir())]
    (folder / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")


def _pointer(layout: Layout, folder: Path) -> dict:
    manifest = durable.read_json(folder / "manifest.json")
    return {
        "release_id": manifest["release_id"],
        "path": folder.relative_to(layout.published).as_posix(),
        "as_of_date": manifest["as_of_date"],
        "rule_set": manifest["rule_set"],
        "manifest_sha256": durable.sha256_of(folder / "manifest.json"),
    }


def _write_current_json(layout: Layout, folder: Path) -> None:
    durable.write_json(layout.current_json, _pointer(layout, folder), finish=access.open_to_group)
