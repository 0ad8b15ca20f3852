"""The journals told again, in plain Python, from what the releases say of each day.

Here: history and ledger as they must be after a sequence of releases, worked out from
their verdict tables alone. Not here: how the project merges them (dbt_project/models).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

FAILS = {"not_met", "below_floor", "within_floor"}
PASSES = {"met", "not_applicable"}
Rows = Callable[[str], list[dict]]


@dataclass(frozen=True)
class Release:
    """One release in the order of publishing: its id, its day, and its tables' rows by name.

    `gaps`: what each item is short of, by what it is about, where verdict tables alone do not tell it
    (persons short of a share, say); the release's own ledger then does."""

    release_id: str
    day: date
    rows: Rows
    gaps: Mapping[tuple, float | None] = field(default_factory=dict)

    @classmethod
    def with_gaps(cls, release_id: str, day: date, rows: Rows) -> Release:
        return cls(release_id, day, rows, {tuple(row[name] for name in ABOUT): row["gap"] for row in rows("rectification_ledger")})


def history_of(releases: Iterable[Release]) -> list[dict]:
    """Rows of `indicator_history` after the last release."""
    told: list[dict] = []
    standing: dict[tuple, dict] = {}
    for release in releases:
        now = dict(_values(release.rows))
        for subject in [subject for subject, row in standing.items() if _said(row) != now.get(subject)]:
            standing.pop(subject)["valid_to"] = release.day
        for subject, said in now.items():
            if subject not in standing:
                row = dict(zip(SUBJECT, subject, strict=True)) | dict(zip(SAID, said, strict=True))
                standing[subject] = row | {"valid_from": release.day, "valid_to": None, "release_id": release.release_id}
                told.append(standing[subject])
    return told


SUBJECT = ("rule_set", "county_code", "school_id", "stage", "indicator_id", "component")
SAID = ("value", "threshold", "status")


def _said(row: dict) -> tuple:
    return tuple(row[name] for name in SAID)


def _values(rows: Rows) -> Iterable[tuple[tuple, tuple]]:
    for table, more in (("school_indicator", {"component": ""}), ("county_indicator", {"school_id": ""})):
        for row in rows(table):
            row = {**row, **more}
            yield tuple(row[name] for name in SUBJECT), _said(row)


# --- the ledger -----------------------------------------------------------------------

ABOUT = ("county_code", "school_id", "stage", "indicator_id", "component", "item_kind", "item")
STATE = (
    "status", "is_lesser", "current_value", "target", "gap", "opened_value", "opened_gap", "opened_on", "opened_release",
    "last_changed_on", "last_changed_release", "closed_on", "closed_release", "times_reopened",
)  # fmt: skip


def ledger_of(releases: Iterable[Release]) -> dict[tuple, dict]:
    """State of every item of `rectification_ledger` after the last release, by what it is about."""
    ledger: dict[tuple, dict] = {}
    for release in releases:
        found = {about: outcome for about, outcome in _outcomes(release.rows)}
        for about in {*ledger, *found}:
            status, value, target, gap = found.get(about) or _unlisted(about, found)
            if about not in ledger and status not in FAILS:
                continue
            gap = release.gaps.get(about, gap)
            _move(ledger.setdefault(about, {"status": None, "times_reopened": 0}), status, value, target, gap, release)
    return ledger


def _move(item: dict, status: str, value, target, gap, release: Release) -> None:
    before = {name: item.get(name) for name in ("status", "is_lesser", "current_value", "target", "gap")}
    if status in FAILS:
        if item["status"] is None:
            item |= {"opened_on": release.day, "opened_release": release.release_id}
        if item["status"] == "closed":
            item["times_reopened"] += 1
        if item["status"] in (None, "closed"):
            item |= {"opened_value": value, "opened_gap": gap}
        is_less = None not in (gap, item["opened_gap"]) and gap < item["opened_gap"]
        item["status"] = "improved" if is_less else "reopened" if item["times_reopened"] else "open"
        item |= {"is_lesser": status == "within_floor", "current_value": value, "target": target, "gap": gap}
        item |= {"closed_on": None, "closed_release": None}
    elif item["status"] == "closed":
        return
    elif status in PASSES:
        item |= {"status": "closed", "current_value": value, "target": target, "gap": gap}
        item |= {"closed_on": release.day, "closed_release": release.release_id}
    else:
        item |= {"status": "unknown", "current_value": None, "target": None, "gap": None}
    if before != {name: item.get(name) for name in before}:
        item |= {"last_changed_on": release.day, "last_changed_release": release.release_id}


def _unlisted(about: tuple, found: dict) -> tuple:
    """A class or room passes where its school is looked at and does not list it; all else is not known."""
    row = dict(zip(ABOUT, about, strict=True))
    if row["item_kind"] in ("class", "room"):
        school = found.get(tuple({**row, "item_kind": "school", "item": ""}[name] for name in ABOUT))
        if school and school[0] in FAILS | PASSES:
            return "met", None, None, None
    return "unknown", None, None, None


def _outcomes(rows: Rows) -> Iterable[tuple[tuple, tuple]]:
    kinds = {row["id"]: row["kind"] for row in rows("indicator")}
    for row in rows("school_indicator"):
        about = (row["county_code"], row["school_id"], row["stage"], row["indicator_id"], "", "school", "")
        yield about, (row["status"], row["value"], row["threshold"], row["gap_to_threshold"])
    for row in rows("school_finding"):
        about = tuple(row[name] for name in ABOUT)
        yield about, (row["status"], row["value"], row["threshold"], row["gap"])
    failing = Counter((row["county_code"], row["stage"]) for row in rows("school_compliance") if row["verdict"] == "fail")
    for row in rows("county_indicator"):
        about = (row["county_code"], "", row["stage"], row["indicator_id"], row["component"], "county", "")
        kind = kinds[row["indicator_id"]]
        if kind == "school_rule" and row["value"] is not None:
            gap = failing[row["county_code"], row["stage"]]
        else:
            gap = _county_gap(row, kind)
        yield about, (row["status"], row["value"], row["threshold"], gap)


def _county_gap(row: dict, kind: str) -> float | None:
    if kind in ("veto", "precondition"):
        return None
    if row["comparison"] == "evidence":
        return None if row["status"] != "not_met" else 1 if row["value"] is None else row["value"]
    if None in (row["value"], row["threshold"]):
        return None
    over = row["value"] - row["threshold"]
    return max(0, -over if row["comparison"] in (">", ">=") else over)
