"""Releases past their keeping go, and never one that somebody needs: `current`, one a link names, one being read."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from warehouse import durable
from warehouse.release import next_release_id, publish
from warehouse.retention import READING, past_keeping, retire

RULES = "cn-2017-6"
LATER = datetime.now(UTC) + 30 * READING


@pytest.fixture
def publishes(layout, candidate):
    """Publish a release of that day; its place in the order of publishing follows from `days_ago`."""

    def run(day: date, *, rule_set: str = RULES, days_ago: float = 0) -> str:
        made = candidate(layout, f"run {day} {rule_set} {days_ago}", as_of=day, rule_set=rule_set, rows=1 + (date.max - day).days % 97)
        publication = publish(made, layout, as_of_date=day, rule_set=rule_set, default_rule_set=RULES, tool_version="0")
        manifest = publication.folder / "manifest.json"
        said = durable.read_json(manifest) | {"published_at": (datetime.now(UTC) - timedelta(days=days_ago)).isoformat(timespec="seconds")}
        manifest.write_text(json.dumps(said), encoding="utf-8")
        return publication.release_id

    return run


def standing(layout) -> list[str]:
    return sorted(path.name for path in layout.releases.iterdir())


def test_the_newest_stay(layout, publishes):
    made = [publishes(date(2025, 9, day)) for day in range(1, 6)]
    assert past_keeping(layout, 2, now=LATER) == made[:3] and standing(layout) == made
    assert retire(layout, 2, now=LATER) == made[:3]
    assert standing(layout) == made[3:] and layout.current.resolve().name == made[-1]
    assert retire(layout, 2, now=LATER) == []


def test_the_last_of_each_rule_set_and_year_stays(layout, publishes):
    """The journals of that year and rule set go on from it."""
    made = [publishes(date(2024, 9, 1)), publishes(date(2024, 12, 31)), publishes(date(2025, 1, 2), rule_set="draft"), publishes(date(2025, 1, 2)), publishes(date(2025, 1, 3))]
    assert retire(layout, 1, now=LATER) == [made[0], made[3]]


def test_current_stays_although_it_was_published_long_before_the_others(layout, publishes):
    current = publishes(date(2025, 9, 9), days_ago=9)
    asked = [publishes(date(2025, 9, day), days_ago=8 - day) for day in range(1, 5)]
    assert layout.current.resolve().name == current
    assert retire(layout, 1, now=LATER) == asked[:3]
    assert standing(layout) == sorted([asked[-1], current])


def test_what_a_link_names_stays(layout, publishes):
    first, _, last = (publishes(date(2025, 9, day)) for day in range(1, 4))
    (layout.published / "for-the-province").symlink_to(f"releases/{first}")
    retire(layout, 1, now=LATER)
    assert standing(layout) == [first, last]


def test_what_was_current_until_today_may_still_be_read(layout, publishes):
    """Days ago a reader found the first as current, until the second came; the second was so until half a day ago."""
    first, second, third = (publishes(date(2025, 9, day), days_ago=ago) for day, ago in ((1, 4), (2, 3), (3, 0.5)))
    assert retire(layout, 1) == [first]
    assert standing(layout) == [second, third]
    assert retire(layout, 1, now=datetime.now(UTC) + READING) == [second]


def test_a_clock_that_went_back_takes_nothing_away(layout, publishes):
    made = [publishes(date(2025, 9, day), days_ago=-3) for day in range(1, 4)]
    assert retire(layout, 1) == [] and standing(layout) == made


def test_a_number_that_was_given_is_never_given_again(layout, publishes):
    day = date(2025, 9, 1)
    publishes(day)
    last = publishes(date(2025, 9, 2))
    assert retire(layout, 1, now=LATER) == ["20250901-001"]
    assert next_release_id(layout, day) == "20250901-002"
    listed = durable.read_json(layout.retired_releases)
    assert listed.keys() == {"20250901-001"} and len(listed["20250901-001"]["manifest_sha256"]) == 64
    assert last == "20250902-001"


@pytest.mark.parametrize("step", ["written down", "unnamed"])
def test_a_kill_leaves_whole_releases_and_the_next_one_finishes(layout, publishes, killed_after, step):
    made = [publishes(date(2025, 9, day), days_ago=10 - day) for day in range(1, 5)]
    killed_after("retire", layout, step)
    named = [name for name in standing(layout) if not name.startswith(".")]
    assert set(named) >= {made[3]} and all((layout.releases / name / "SHA256SUMS").exists() for name in named)
    assert layout.current.resolve().name == made[3]
    publishes(date(2025, 9, 5))
    retire(layout, 1)
    assert standing(layout) == [made[3], "20250905-001"], "the one before was current until now"
