"""Releases are whole, never change, and `current` always points at one of them."""

import json
import subprocess
import threading
from datetime import date, datetime

import pyarrow.parquet as pq
import pytest

from warehouse import durable
from warehouse.release import publish, settle_releases

DAY, RULES = date(2025, 9, 1), "cn-2017-6"


@pytest.fixture
def publishes(layout, candidate):
    """Make a candidate and publish it."""

    def run(name="run", *, as_of=DAY, rule_set=RULES, default=RULES, **content):
        made = candidate(layout, name, as_of=as_of, rule_set=rule_set, **content)
        return publish(
            made, layout, as_of_date=as_of, rule_set=rule_set, default_rule_set=default, tool_version="0.1.0",
            rule_digests={"seeds/indicators.csv": "5eed"}, sources=[{"name": "hr_payroll", "state": "off"}],
            checks=[{"name": "gate_school", "passed": True}],
        )  # fmt: skip

    return run


def pointed_at(layout) -> str:
    """The release that both ways of finding `current` agree on."""
    pointer = json.loads(layout.current_json.read_text())
    assert (layout.published / pointer["path"]).resolve() == layout.current.resolve()
    assert pointer["manifest_sha256"] == durable.sha256_of(layout.current / "manifest.json")
    return pointer["release_id"]


def assert_whole(folder) -> None:
    checked = subprocess.run(["sha256sum", "--quiet", "--strict", "-c", "SHA256SUMS"], cwd=folder, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stderr
    listed = {line.split("  ")[1] for line in (folder / "SHA256SUMS").read_text().splitlines()}
    assert listed == {path.name for path in folder.iterdir()} - {"SHA256SUMS"}


def test_the_first_release_is_complete_and_current(layout, publishes):
    publication = publishes()
    assert (publication.outcome, publication.release_id, publication.became_current) == ("published", "20250901-001", True)
    assert pointed_at(layout) == "20250901-001"
    assert not layout.current.readlink().is_absolute(), "a home may be moved"
    folder = layout.current
    assert {path.name for path in folder.iterdir()} == {
        "school.parquet", "school_compliance.parquet", "county_compliance.parquet", "delivery.parquet", "quarantine.parquet",
        "compliance.duckdb", "datapackage.json", "manifest.json", "SHA256SUMS",
    }  # fmt: skip
    assert_whole(folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    assert (manifest["release_id"], manifest["as_of_date"], manifest["rule_set"]) == ("20250901-001", "2025-09-01", RULES)
    assert manifest["row_counts"] == {
        "school": 3, "school_compliance": 3, "county_compliance": 1, "delivery": 1, "quarantine": 3,
    }  # fmt: skip
    assert manifest["rule_digests"] == {"seeds/indicators.csv": "5eed"}
    assert manifest["sources"] == [{"name": "hr_payroll", "state": "off"}]
    assert manifest["tool"] == {"name": "junheng", "version": "0.1.0", "git_commit": None, "git_dirty": None}
    assert not (layout.candidate("run")).exists()


def test_the_manifest_tells_what_the_tables_tell(layout, publishes):
    publishes()
    manifest = json.loads((layout.current / "manifest.json").read_text())
    assert manifest["county_codes"] == ["410183"], "the delivery itself names no county"
    (delivery,) = manifest["deliveries"]
    assert delivery == {
        "delivery_id": "d1", "source": "assets", "table_name": "rooms", "county_code": "", "origin": "assets/rooms.csv",
        "digest": "a1", "as_of_date": "2025-09-01", "kind": "full", "status": "in_use", "rule": None,
        "rows_delivered": 9, "rows_accepted": 7, "rows_quarantined": 2, "rows_superseded": 0, "rows_held": 0,
    }  # fmt: skip
    stopped = {"source": "assets", "table_name": "rooms", "rule": "missing_value"}
    assert manifest["quarantined"] == [{**stopped, "rows": 2, "rows_open": 1}], "a row with two faults is one row"


def test_the_same_again_is_unchanged(layout, publishes):
    publishes()
    before = layout.current.resolve().stat().st_mtime_ns
    again = publishes("again", arrived=datetime(2026, 1, 1))
    assert (again.outcome, again.release_id, again.became_current) == ("unchanged", "20250901-001", False)
    assert [path.name for path in layout.releases.iterdir()] == ["20250901-001"]
    assert layout.current.resolve().stat().st_mtime_ns == before
    assert not layout.candidate("again").exists()


@pytest.mark.parametrize("change", [{"verdict": "fail"}, {"journal": "refused"}, {"rows": 4}])
def test_any_difference_publishes(layout, publishes, change):
    publishes()
    assert publishes("again", **change).release_id == "20250901-002"
    assert pointed_at(layout) == "20250901-002"


def test_if_only_the_journal_differs_the_verdict_tables_are_the_same_bytes(layout, publishes, candidate):
    publishes()
    made = candidate(layout, "other writer", journal="refused")
    for name in ("school", "school_compliance"):  # as an older Parquet writer might have written them
        path = made / f"{name}.parquet"
        pq.write_table(pq.read_table(path), path, compression="snappy")
    publish(made, layout, as_of_date=DAY, rule_set=RULES, default_rule_set=RULES, tool_version="0.1.0")
    first, second = (layout.releases / f"20250901-00{n}" for n in (1, 2))
    for name in ("school", "school_compliance"):
        assert (first / f"{name}.parquet").read_bytes() == (second / f"{name}.parquet").read_bytes()
    assert (first / "delivery.parquet").read_bytes() != (second / "delivery.parquet").read_bytes()
    assert_whole(second)


def test_an_older_day_is_published_and_leaves_current_alone(layout, publishes):
    publishes()
    older = publishes("older", as_of=date(2024, 9, 1))
    assert (older.outcome, older.release_id, older.became_current) == ("published", "20240901-001", False)
    assert pointed_at(layout) == "20250901-001"
    assert publishes("newer", as_of=date(2025, 9, 2)).became_current
    assert pointed_at(layout) == "20250902-001"


def test_another_rule_set_is_published_and_leaves_current_alone(layout, publishes):
    publishes()
    other = publishes("other", rule_set="draft")
    assert (other.release_id, other.became_current) == ("20250901-002", False)
    assert pointed_at(layout) == "20250901-001"


@pytest.mark.parametrize("kind", [{"as_of": date(2001, 1, 1)}, {"rule_set": "draft"}])
def test_the_first_release_becomes_current_whatever_it_speaks_of(layout, publishes, kind):
    assert publishes(**kind).became_current


def test_numbers_count_per_day_and_are_never_used_twice(layout, publishes):
    ids = [publishes(f"r{n}", rows=n, as_of=day).release_id for n, day in ((1, DAY), (2, DAY), (3, date(2025, 9, 2)), (4, date(2025, 9, 2)))]
    assert ids == ["20250901-001", "20250901-002", "20250902-001", "20250902-002"]
    (layout.releases / "20250901-999").mkdir()
    assert publishes("more", rows=5).release_id == "20250901-1000"


@pytest.mark.parametrize("step", ["taken over", "written", "named", "switched", "current.json written"])
def test_a_killed_publisher_leaves_current_whole(layout, publishes, candidate, killed_after, step):
    publishes()
    candidate(layout, "killed", verdict="fail")
    killed_after("publish", layout, step)
    stands = layout.current.resolve().name
    assert stands == ("20250901-002" if step in ("switched", "current.json written") else "20250901-001")
    assert_whole(layout.current)
    named = json.loads(layout.current_json.read_text())
    assert_whole(layout.published / named["path"])

    following = publishes("next", verdict="undecided")
    assert following.outcome == "published"
    assert pointed_at(layout) == following.release_id
    assert not [path.name for path in layout.releases.iterdir() if path.name.startswith(".")]
    for release in layout.releases.iterdir():
        assert_whole(release)


def test_a_publisher_killed_before_current_json_is_followed_up_even_if_nothing_changed(layout, publishes, candidate, killed_after):
    publishes()
    candidate(layout, "killed", verdict="fail")
    killed_after("publish", layout, "switched")
    assert publishes("same", verdict="fail").outcome == "unchanged"
    assert pointed_at(layout) == "20250901-002"


def test_a_release_that_got_its_name_becomes_current_though_its_publisher_died(layout, publishes, candidate, killed_after):
    """Killed between naming and switching: the next start switches, and says nothing twice."""
    publishes()
    candidate(layout, "killed", verdict="fail")
    killed_after("publish", layout, "named")
    assert pointed_at(layout) == "20250901-001"
    settle_releases(layout)
    assert pointed_at(layout) == "20250901-002"
    assert publishes("same", verdict="fail").outcome == "unchanged"
    assert not layout.switching.exists()


def test_a_release_that_never_got_its_name_is_forgotten(layout, publishes, candidate, killed_after):
    publishes()
    candidate(layout, "killed", verdict="fail")
    killed_after("publish", layout, "written")
    durable.write_json(layout.switching, {"release_id": "20250901-002"})
    settle_releases(layout)
    assert pointed_at(layout) == "20250901-001" and not layout.switching.exists()
    settle_releases(layout)
    assert pointed_at(layout) == "20250901-001"


def test_two_publishers_at_once_are_kept_apart(layout, candidate):
    made = [candidate(layout, f"c{n}", rows=n + 1) for n in range(4)]
    together, outcomes = threading.Barrier(4), []

    def run(folder):
        together.wait()
        outcomes.append(publish(folder, layout, as_of_date=DAY, rule_set=RULES, default_rule_set=RULES, tool_version="0"))

    threads = [threading.Thread(target=run, args=(folder,)) for folder in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(publication.release_id for publication in outcomes) == [f"20250901-00{n}" for n in (1, 2, 3, 4)]
    for release in layout.releases.iterdir():
        assert_whole(release)
    pointed_at(layout)


def test_a_lock_keeps_others_out_and_dies_with_its_holder(layout):
    with durable.lock(layout.run_lock):
        with pytest.raises(durable.Busy), durable.lock(layout.run_lock, wait=False):
            pass
    with durable.lock(layout.run_lock, wait=False):
        pass
