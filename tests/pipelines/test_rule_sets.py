"""`junheng run --rule-set`: the same facts by other rules, beside the release that everybody reads."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from county_run import Run, run_county

RELAXED = "cn-2017-6-relaxed"
JUNHENG = Path(sys.executable).with_name("junheng")
OF_FACTS = ("measure", "school", "school_fact", "school_unit")


@pytest.fixture(scope="module")
def runs(systems, tmp_path_factory) -> tuple[Run, Run, dict]:
    """One home: judged by ours, then by the relaxed rule set; and the pointer of readers after both."""
    home = tmp_path_factory.mktemp("two-rule-sets")
    ours = run_county(home, systems)
    relaxed = run_county(home, systems, rule_set=RELAXED)
    return ours, relaxed, json.loads((home / "published" / "current.json").read_text(encoding="utf-8"))


def test_both_are_published_and_readers_stay_where_they_were(runs):
    ours, relaxed, current = runs
    assert (int(ours.code), int(relaxed.code)) == (0, 0), (ours.record.messages, relaxed.record.messages)
    assert relaxed.record.outcome == "published" and ours.release != relaxed.release
    assert current["rule_set"] == "cn-2017-6" and current["release_id"] == ours.record.release_id
    assert (ours.home / "published" / "current").resolve() == ours.release
    for run in (ours, relaxed):
        assert len(run.rows("county_compliance")) == 7


def test_the_facts_are_the_same_bytes_and_the_release_says_by_what_it_was_judged(runs):
    ours, relaxed, _ = runs
    assert {name: ours.sums[f"{name}.parquet"] for name in OF_FACTS} == {name: relaxed.sums[f"{name}.parquet"] for name in OF_FACTS}
    for run, rule_set in ((ours, "cn-2017-6"), (relaxed, RELAXED)):
        assert json.loads((run.release / "manifest.json").read_text(encoding="utf-8"))["rule_set"] == rule_set
        for table in ("school_indicator", "county_balance", "county_monitor", "county_indicator", "county_compliance"):
            assert {row["rule_set"] for row in run.rows(table)} == {rule_set}, table
        digests = json.loads((run.release / "manifest.json").read_text(encoding="utf-8"))["rule_digests"]
        assert f"dbt_project/rule_sets/{RELAXED}.csv" in digests


def test_the_verdict_differs_where_the_rules_do_and_nowhere_else(runs):
    ours, relaxed, _ = runs
    said = [
        {(row["indicator_id"], row["component"], row["stage"]): (row["status"], row["value"]) for row in run.rows("county_indicator")}
        for run in (ours, relaxed)
    ]
    assert said[0].keys() == said[1].keys()
    assert {name for name, *_ in (key for key in said[0] if said[0][key] != said[1][key])} <= {"music_art_rooms", "school_size"}
    # smaller rooms count in old schools: never more schools are short of them
    for component in ("music_rooms", "art_rooms"):
        key = ("music_art_rooms", component, "all")
        assert said[1][key][1] <= said[0][key][1]


def test_an_unknown_rule_set_is_a_usage_error_that_lists_the_known_ones(systems, tmp_path):
    clean = {name: value for name, value in os.environ.items() if not name.startswith("JUNHENG_")}
    said = subprocess.run(
        [str(JUNHENG), "run", "--rule-set", "cn-1999"],
        env={**clean, "JUNHENG_ENV_FILE": os.devnull, **systems, "JUNHENG_HOME": str(tmp_path)},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert said.returncode == 2
    words = " ".join((said.stdout + said.stderr).split())
    assert "no rule set 'cn-1999'" in words and RELAXED in words and "cn-2017-6," in words
