"""A county that has nothing but its yearbook, on five days: its history, its ledger, and a note.

Each day one more tidy file arrives. What must be told is worked out by hand, and told again in
plain Python from the releases' verdict tables.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import replay
from county_run import Run, run_county

from warehouse import durable
from warehouse.layout import Layout
from warehouse.published_tables import PUBLISHED_TABLES, VERDICT

JUNHENG = Path(sys.executable).with_name("junheng")
COUNTY, MENDED, STEADY = "410183", "2141000001", "2141000002"
DAYS = [date(2025, 9, 1), date(2025, 10, 1), date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1)]
# Network classrooms of a primary school of 1,000 students: 23 are asked for, 19.55 are the floor.
ROOMS = (10, 10, 20, 23, 15)
STATUSES = ["open", "open", "improved", "closed", "reopened"]
HEADER = ("as_of_date", "county_code", "township", "school_id", "school_name", "school_type", "stage", "measure_id", "value")
VERDICT_FILES = {f"{table.name}.parquet" for table in PUBLISHED_TABLES if table.kind == VERDICT}


def file_day(inbox: Path, day: date, rooms: int, name: str = "") -> None:
    """The yearbook of a day: two schools, one of which is mended."""
    path = inbox / "declared" / f"{name or day}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADER)
        for school, township, measures in (
            (MENDED, "城关镇", {"students": 1000, "multimedia_classrooms": rooms}),
            (STEADY, "米村镇", {"students": 500, "multimedia_classrooms": 12}),
        ):
            for measure, value in measures.items():
                writer.writerow([day, COUNTY, township, school, "明德小学", "primary_school", "primary", measure, value])


def item(run: Run) -> dict:
    (found,) = [
        row
        for row in run.rows("rectification_ledger")
        if row["school_id"] == MENDED and row["indicator_id"] == "multimedia_classrooms_per_100"
    ]
    return found


def verdict_sums(run: Run) -> dict[str, str]:
    return {name: digest for name, digest in run.sums.items() if name in VERDICT_FILES}


@pytest.fixture(scope="module")
def county(tmp_path_factory) -> tuple[Path, dict[str, str], list[Run]]:
    """The home, the settings, and the run of each day."""
    folder = tmp_path_factory.mktemp("five-days")
    settings = {"JUNHENG_INBOX": str(folder / "inbox")}
    runs = []
    for day, rooms in zip(DAYS, ROOMS, strict=True):
        file_day(folder / "inbox", day, rooms)
        runs.append(run_county(folder / "home", settings))
        assert int(runs[-1].code) == 0, runs[-1].record.messages
        if day == DAYS[2]:
            for kept in ("home", "inbox"):
                shutil.copytree(folder / kept, folder / "three days" / kept, symlinks=True)
    return folder, settings, runs


def test_opened_unchanged_improved_closed_by_data_reopened(county):
    *_, runs = county
    assert [run.record.release_id for run in runs] == [f"{day:%Y%m%d}-001" for day in DAYS]
    items = [item(run) for run in runs]
    assert [row["status"] for row in items] == STATUSES
    assert [row["gap"] for row in items] == [13, 13, 3, 0, 8]
    assert {row["gap_unit"] for row in items} == {"rooms"}
    assert [row["is_lesser"] for row in items] == [False, False, True, True, False], "20 rooms are above the floor"
    assert [row["last_changed_release"] for row in items] == ["20250901-001", "20250901-001", "20251101-001", "20251201-001", "20260101-001"]
    assert {(row["township"], row["responsible"]) for row in items} == {("城关镇", "明德小学")}


def test_history_and_ledger_are_those_told_again_from_the_releases(county):
    *_, runs = county
    releases = [replay.Release(run.record.release_id, day, run.rows) for run, day in zip(runs, DAYS, strict=True)]
    for count in range(1, len(releases) + 1):
        run = runs[count - 1]
        columns = (*replay.SUBJECT, *replay.SAID, "valid_from", "valid_to", "release_id")
        told = sorted(str([row[name] for name in columns]) for row in run.rows("indicator_history"))
        assert told == sorted(str([row[name] for name in columns]) for row in replay.history_of(releases[:count]))
        ledger = {tuple(row[name] for name in replay.ABOUT): row for row in run.rows("rectification_ledger")}
        again = replay.ledger_of(releases[:count])
        assert ledger.keys() == again.keys()
        for about, state in again.items():
            assert {name: ledger[about][name] for name in replay.STATE} == {name: state.get(name) for name in replay.STATE}, about


def test_the_history_grows_with_changes_and_not_with_days(county):
    *_, runs = county
    of_mended = [[row for row in run.rows("indicator_history") if row["school_id"] == MENDED and row["value"] is not None] for run in runs]
    assert [len(rows) for rows in of_mended] == [1, 1, 2, 3, 4]
    assert len(runs[1].rows("indicator_history")) == len(runs[0].rows("indicator_history")), "a day on which nothing changed"


def test_an_earlier_day_is_rebuilt_from_what_is_kept(county):
    """Day 1 again after day 5: the same verdict bytes, the journal of then, and `current` stays."""
    folder, settings, runs = county
    home = folder / "an earlier day"
    shutil.copytree(folder / "home", home, symlinks=True)
    again = run_county(home, settings, as_of=DAYS[0].isoformat())
    assert (again.record.release_id, again.record.became_current) == ("20250901-002", False)
    assert verdict_sums(again) == verdict_sums(runs[0])
    assert again.rows("indicator_history") == runs[0].rows("indicator_history")
    assert again.rows("rectification_ledger") == runs[0].rows("rectification_ledger")
    assert Layout(home).current.resolve().name == "20260101-001"
    last = run_county(home, settings)
    assert (last.record.outcome, last.record.release_id) == ("unchanged", "20260101-001")


def test_another_rule_set_has_a_history_of_its_own(county):
    """Judged by the relaxed set twice: its second release goes on from its first, and the default's stands."""
    folder, settings, runs = county
    home = folder / "another rule set"
    shutil.copytree(folder / "home", home, symlinks=True)
    first, second = (run_county(home, settings, rule_set="cn-2017-6-relaxed") for _ in range(2))
    assert (first.record.release_id, first.record.became_current) == ("20260101-002", False)
    for table in ("indicator_history", "rectification_ledger"):
        assert {row["rule_set"] for row in first.rows(table)} == {"cn-2017-6-relaxed"}
        assert second.rows(table) == first.rows(table), "nothing was said anew"
    assert {row["release_id"] for row in second.rows("indicator_history")} == {"20260101-002"}
    assert item(first)["item_id"] == item(runs[-1])["item_id"], "the item is the same"
    last = run_county(home, settings)
    assert (last.record.outcome, last.record.release_id) == ("unchanged", "20260101-001")


def test_releases_past_their_keeping_go_and_what_they_told_stays(county):
    folder, settings, runs = county
    home = folder / "few releases"
    shutil.copytree(folder / "home", home, symlinks=True)
    layout = Layout(home)
    for day, release in enumerate(sorted(layout.releases.iterdir()), start=1):  # all of them some days ago, in their order
        said = durable.read_json(release / "manifest.json")
        (release / "manifest.json").write_text(json.dumps(said | {"published_at": f"2026-02-0{day}T00:00:00+00:00"}), encoding="utf-8")
    inbox = folder / "one more day"
    shutil.copytree(folder / "inbox", inbox)
    file_day(inbox, date(2026, 2, 1), 23)
    last = run_county(home, {"JUNHENG_INBOX": str(inbox), "JUNHENG_KEEP_RELEASES": "2"})
    assert last.record.retired == ["20250901-001", "20251001-001", "20251101-001"], "the last one of 2025 stays"
    assert sorted(path.name for path in layout.releases.iterdir()) == ["20251201-001", "20260101-001", "20260201-001"]
    told = [replay.Release(run.record.release_id, day, run.rows) for run, day in zip(runs, DAYS, strict=True)]
    told.append(replay.Release("20260201-001", date(2026, 2, 1), last.rows))
    columns = (*replay.SUBJECT, *replay.SAID, "valid_from", "valid_to", "release_id")
    assert sorted(str([row[name] for name in columns]) for row in last.rows("indicator_history")) == sorted(
        str([row[name] for name in columns]) for row in replay.history_of(told)
    )


def test_a_run_that_died_before_the_switch_leaves_the_same_journals(county):
    """Named but not switched to: the release is whole, `current` still says the day before."""
    folder, _, runs = county
    home = folder / "three days" / "home"
    durable.point_to(Layout(home).current, "releases/20251001-001")
    again = run_county(home, {"JUNHENG_INBOX": str(folder / "three days" / "inbox")})
    assert (again.record.release_id, again.record.became_current) == ("20251101-002", True)
    for table in ("indicator_history", "rectification_ledger"):
        assert again.rows(table) == runs[2].rows(table)


def test_a_note_is_kept_beside_the_item_and_closes_nothing(county):
    folder, settings, runs = county
    home = folder / "with a note"
    shutil.copytree(folder / "home", home, symlinks=True)
    settings = {**settings, "JUNHENG_INBOX": str(folder / "noted")}
    shutil.copytree(folder / "inbox", folder / "noted")
    before = item(runs[-1])
    said = junheng(home, settings, "ledger", "note", before["item_id"], "--because", "已整改完毕，联系 13812345678", "--by", "督导室")
    assert said.returncode == 0, said.stderr
    noted = run_county(home, settings)
    assert noted.record.outcome == "published"
    assert verdict_sums(noted) == verdict_sums(runs[-1]), "a note is no fact"
    after = item(noted)
    assert (after.pop("notes_count"), after.pop("last_note"), after.pop("last_noted_on")) == (1, "已整改完毕，联系 *", date.today())
    assert after == {name: before[name] for name in after}, "it stands as it stood"
    assert "13812345678" not in everything_in(home) + everything_in(folder / "noted")
    assert run_county(home, settings).record.outcome == "unchanged"


def test_the_ledger_at_the_terminal(county):
    folder, settings, runs = county
    home, found = folder / "home", item(runs[-1])
    everything = junheng(home, settings, "ledger", "show")
    assert found["item_id"] in everything.stdout, everything.stderr
    elsewhere = junheng(home, settings, "ledger", "show", "--township", "米村镇")
    assert found["item_id"] not in elsewhere.stdout and elsewhere.returncode == 0
    here = junheng(home, settings, "ledger", "show", "--open", "--school", MENDED)
    assert found["item_id"] in here.stdout and "城关镇" in here.stdout
    closed = folder / "on the fourth day"
    (closed / "published").mkdir(parents=True)
    (closed / "published" / "current").symlink_to(runs[3].release)
    assert found["item_id"] not in junheng(closed, settings, "ledger", "show", "--open").stdout
    assert found["item_id"] in junheng(closed, settings, "ledger", "show").stdout


@pytest.mark.parametrize("words", [("note", "no-such-item", "--because", "x"), ("note", "ITEM", "--because", " ")])
def test_a_note_on_nothing_or_of_nothing_is_a_usage_error(county, words):
    folder, settings, runs = county
    said = junheng(folder / "home", settings, "ledger", *(item(runs[-1])["item_id"] if word == "ITEM" else word for word in words))
    assert said.returncode == 2 and "Traceback" not in said.stderr
    assert not (folder / "inbox" / "evidence").exists()


def test_showing_the_ledger_imports_no_engine(county):
    folder, settings, _ = county
    code = (
        "import sys\nfrom typer.testing import CliRunner\nfrom pipelines.command_line import app\n"
        "said = CliRunner().invoke(app, ['ledger', 'show', '--open'])\nassert said.exit_code == 0, said.output\n"
        "print([name for name in ('dagster', 'dbt', 'great_expectations', 'duckdb', 'pandas') if name in sys.modules])"
    )
    environment = {**os.environ, **settings, "JUNHENG_HOME": str(folder / "home")}
    said = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=120, check=True)
    assert said.stdout.strip().splitlines()[-1] == "[]"


def junheng(home: Path, settings: dict[str, str], *words: str) -> subprocess.CompletedProcess:
    environment = {**os.environ, **settings, "JUNHENG_HOME": str(home)}
    return subprocess.run([str(JUNHENG), *words], env=environment, capture_output=True, text=True, timeout=120, check=False)


def everything_in(folder: Path) -> str:
    """Every byte below a folder that could be read as text, Parquet cells among them."""
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    text = "".join(path.read_bytes().decode("utf-8", "ignore") for path in files)
    tables = [pq.read_table(path) for path in files if path.suffix == ".parquet"]
    return text + "".join(str(table.to_pylist()) for table in tables)
