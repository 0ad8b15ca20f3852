"""The desk, from the sender's file to the release: held, released, refused, quarantined, and what goes back to a sender.

A county of twelve schools that has nothing but tidy files. Every step is one that a person takes.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from county_run import Run, run_county
from openpyxl import load_workbook

from warehouse import durable
from warehouse.layout import Layout, declared_tables

JUNHENG = Path(sys.executable).with_name("junheng")
COUNTY = "410183"
HEADER = ("as_of_date", "county_code", "township", "school_id", "school_name", "school_type", "stage", "measure_id", "value")
FIRST, SECOND = "2025-09-01", "2025-10-01"
JOURNALS = ("delivery.parquet", "quarantine.parquet", "decision.parquet")


def school(number: int) -> str:
    return f"21{number:08d}"


def file_figures(path: Path, day: str, *, yuan: str = "300000", spoil: dict[int, str] | None = None) -> None:
    """Twelve schools with 100 students and equipment of so many yuan; `spoil`: other values, by school."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADER)
        for number in range(1, 13):
            for measure, value in (("students", "100"), ("equipment_value_yuan", (spoil or {}).get(number, yuan))):
                writer.writerow([day, COUNTY, "城关镇", school(number), f"第{number}小学", "primary_school", "primary", measure, value])


def junheng(*words: str, home: Path, inbox: Path, **settings: str) -> subprocess.CompletedProcess:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("JUNHENG_")}
    ours = {"JUNHENG_ENV_FILE": os.devnull, "JUNHENG_HOME": str(home), "JUNHENG_INBOX": str(inbox), **settings}
    return subprocess.run([str(JUNHENG), *words], env={**clean, **ours}, capture_output=True, text=True, timeout=120, check=False)


def listed(desk: Desk, *words: str) -> list[dict]:
    return json.loads(desk.say("deliveries", "--json", *words).stdout)


@dataclass(frozen=True)
class Desk:
    """A home and an inbox, and what a person can do with them."""

    home: Path
    inbox: Path

    def run(self) -> Run:
        return run_county(self.home, {"JUNHENG_INBOX": str(self.inbox)})

    def say(self, *words: str, code: int = 0, **settings: str) -> subprocess.CompletedProcess:
        said = junheng(*words, home=self.home, inbox=self.inbox, **settings)
        assert said.returncode == code, said.stderr + said.stdout
        return said

    def copy(self, folder: Path) -> Desk:
        shutil.copytree(self.home, folder / "home", symlinks=True)
        shutil.copytree(self.inbox, folder / "inbox")
        return Desk(folder / "home", folder / "inbox")


@pytest.fixture(scope="module")
def first(tmp_path_factory) -> tuple[Desk, Run]:
    """The county after its first file, which nothing holds."""
    folder = tmp_path_factory.mktemp("desk")
    desk = Desk(folder / "home", folder / "inbox")
    file_figures(desk.inbox / "declared" / f"filed_{FIRST}.csv", FIRST)
    run = desk.run()
    assert int(run.code) == 0, run.record.messages
    return desk, run


@pytest.fixture(scope="module")
def held(first, tmp_path_factory) -> tuple[Desk, Run]:
    """The next file has its money in ten thousand yuan."""
    desk = first[0].copy(tmp_path_factory.mktemp("held"))
    file_figures(desk.inbox / "declared" / f"filed_{SECOND}.csv", SECOND, yuan="30")
    return desk, desk.run()


def verdicts(run: Run) -> dict[str, str]:
    return {name: digest for name, digest in run.sums.items() if name.endswith(".parquet") and name not in JOURNALS}


def test_a_held_delivery_waits_and_the_last_good_one_stays_in_use(first, held):
    desk, run = held
    assert int(run.code) == 4
    (said,) = run.record.held
    assert said["rule"] == "factor_10000" and "release-hold" in said["message_zh"] and "release-hold" in said["message_en"]
    assert verdicts(run) == verdicts(first[1])
    statuses = {row["origin"]: (row["status"], row["rows_delivered"], row["rows_held"]) for row in run.rows("delivery") if row["origin"]}
    assert statuses == {f"declared/filed_{FIRST}.csv": ("in_use", 24, 0), f"declared/filed_{SECOND}.csv": ("held", 24, 24)}
    landed = list((desk.home / "raw" / "declared" / "measures").glob("[0-9a-f]*.parquet"))
    assert len(landed) == 1, "nothing that waits lies where dbt reads"


def test_every_table_has_its_blocking_balance(held):
    _, run = held
    checks = {check["name"]: check["passed"] for check in run.record.checks}
    assert {f"balance_{source}_{table.name}" for source, table in declared_tables()} <= checks.keys()
    assert all(checks.values())


def test_deliveries_are_listed_and_filtered(held):
    desk, _ = held
    (row,) = listed(desk, "--status", "held")
    assert (row["source"], row["table"], row["status"], row["rows"], row["rule"]) == ("declared", "measures", "held", 24, "factor_10000")
    assert [r["status"] for r in listed(desk, "--source", "declared", "--table", "measures") if r["status"] != "missing"] == ["in_use", "held"]
    assert listed(desk, "--source", "registry") == [] and listed(desk, "--county", "999999") == []
    text = desk.say("deliveries").stdout
    assert "搁置" in text and row["digest"][:12] in text and "\x1b[" not in text, "colour only where there is a terminal"
    assert "held" in desk.say("deliveries", "--status", "nonsense", code=2).stderr


def test_nothing_is_released_without_a_reason_a_name_and_its_own_day(held, tmp_path):
    desk = held[0].copy(tmp_path)
    digest = listed(desk, "--status", "held")[0]["digest"]
    for words in ([digest, "--because", "  "], ["ffff" if digest[0] != "f" else "0000", "--because", "x"], [digest, "--because", "x", "--as-of", SECOND]):
        desk.say("release-hold", *words, code=2)
    desk.say("release-hold", digest, code=2)  # typer's own: --because is missing
    assert not Layout(desk.home).decisions.exists()
    assert [row["status"] for row in listed(desk, "--status", "held")] == ["held"]


def test_a_released_delivery_is_taken_in_by_the_next_run(held, tmp_path):
    """Even when its sender has taken the file away meanwhile, and a run was killed before
    it had decided anything: what was judged is what is used."""
    desk = held[0].copy(tmp_path)
    digest = listed(desk, "--status", "held")[0]["digest"]
    said = desk.say("release-hold", digest[:8], "--because", "财务科来函，电话 13812345678", JUNHENG_OPERATOR="data-office")
    assert digest[:12] in said.stdout
    assert [row["status"] for row in listed(desk, "--status", "released")] == ["released"]
    desk.say("release-hold", digest[:8], "--because", "twice", code=2)
    (desk.inbox / "declared" / f"filed_{SECOND}.csv").unlink()
    layout = Layout(desk.home)
    (copy,) = [path for path in layout.held.iterdir() if not path.name.endswith(".stopped.parquet")]
    left = layout.pending_file("declared", "measures", copy.stem.rpartition("-")[2])
    os.link(copy, left)
    run = desk.run()
    assert int(run.code) == 0, run.record.messages
    assert run.record.cleared == [left.relative_to(desk.home).as_posix()], "the run says what it cleared"
    assert {row["value"] for row in run.rows("measure") if row["measure_id"] == "equipment_value_yuan"} == {30}
    (decision,) = run.rows("decision")
    assert (decision["decided_by"], decision["decision_kind"]) == ("data-office", "hold_released")
    assert digest in decision["subject"] and decision["because"] == "财务科来函，电话 *"
    assert not list((desk.home / "held").iterdir())
    (row,) = [row for row in listed(desk, "--status", "in_use") if row["digest"] == digest]
    assert row["rule"] == "" and row["period"] == "2025-2026"


def test_a_corrected_file_makes_the_held_one_superseded(held, tmp_path):
    desk = held[0].copy(tmp_path)
    file_figures(desk.inbox / "declared" / f"filed_{SECOND}.csv", SECOND, yuan="310000")
    run = desk.run()
    assert int(run.code) == 0, run.record.messages
    rows = [row for row in run.rows("delivery") if row["origin"] == f"declared/filed_{SECOND}.csv"]
    assert sorted((row["status"], row["rows_superseded"], row["rows_held"]) for row in rows) == [("in_use", 0, 0), ("superseded", 24, 0)]
    assert not list((desk.home / "held").iterdir()), "its copy is given up"
    assert listed(desk, "--status", "held") == []


def test_what_goes_back_to_a_sender(first, tmp_path):
    """A bad row, a refused file with a formula for a name, a held file: each with its place and what to do, no value of a cell."""
    desk = first[0].copy(tmp_path)
    folder = desk.inbox / "declared"
    file_figures(folder / f"filed_{FIRST}.csv", FIRST, spoil={3: "-77123", 5: "about 9"})
    file_figures(folder / f"filed_{SECOND}.csv", SECOND, yuan="30")
    (folder / "=cmd.csv").write_text("as_of_date,county_code\n2025-09-01,410183\n", encoding="utf-8")
    run = desk.run()
    assert int(run.code) == 4
    rows = workbook_rows(desk, "--output", str(tmp_path / "all.xlsx"), path=tmp_path / "all.xlsx")
    outcomes = sorted((row["处理 outcome"], row["规则 rule"]) for row in rows)
    assert outcomes == [("held", "factor_10000"), ("quarantined", "not_a_number"), ("quarantined", "out_of_bounds"), ("refused", "missing_column")]
    for row in rows:
        assert row["说明"] and row["message"] and row["请这样处理"] and row["what to do"]
    (refused,) = [row for row in rows if row["处理 outcome"] == "refused"]
    assert refused["文件 file"] == "declared/=cmd.csv" and not refused["message"].startswith("=")
    (bad,) = [row for row in rows if row["规则 rule"] == "out_of_bounds"]
    # the header is line 1, each school has two lines, and the money is the second
    assert (bad["文件 file"], bad["行 row"], bad["列 column"]) == (f"declared/filed_{FIRST}.csv", 7, "数值 value")
    assert not any("77123" in str(cell) or "about 9" in str(cell) for row in rows for cell in row.values())

    of_school = workbook_rows(desk, "--school", school(3), "--source", "declared", path=desk.home / "refusals" / f"refusals_declared_{school(3)}.xlsx")
    assert [row["规则 rule"] for row in of_school] == ["out_of_bounds"]
    assert workbook_rows(desk, "--school", school(4), path=desk.home / "refusals" / f"refusals_{school(4)}.xlsx") == []

    # a corrected delivery closes its rows, and nothing goes back any more
    file_figures(folder / f"filed_{FIRST}.csv", FIRST)
    (folder / f"filed_{SECOND}.csv").unlink()
    (folder / "=cmd.csv").unlink()
    run = desk.run()
    assert {row["status"] for row in run.rows("quarantine")} == {"closed"}
    assert [row["处理 outcome"] for row in workbook_rows(desk, "--output", str(tmp_path / "b.xlsx"), path=tmp_path / "b.xlsx")] == ["refused", "held"]


def workbook_rows(desk: Desk, *words: str, path: Path) -> list[dict]:
    desk.say("refusals", *words)
    heading, *rows = load_workbook(path).active.iter_rows(values_only=True)
    return [dict(zip(heading, row, strict=True)) for row in rows]


def test_no_cell_of_the_workbook_is_a_formula(tmp_path):
    from pipelines.refusals import Fault, write_workbook

    odd = ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "plain"]
    faults = [Fault(text, "t", text, text, 1, text, "refused", text, text, text, text, text) for text in odd]
    sheet = load_workbook(write_workbook(faults, tmp_path / "odd.xlsx")).active
    cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert not [cell.value for cell in cells if str(cell.value).startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_another_rule_set_in_the_settings_is_a_decision_and_is_logged_once(first, tmp_path):
    desk = first[0].copy(tmp_path)
    settings = {"JUNHENG_INBOX": str(desk.inbox), "JUNHENG_RULE_SET": "cn-2017-6-relaxed"}
    for _ in range(2):
        run = run_county(desk.home, settings)
        assert int(run.code) == 0, run.record.messages
    (decision,) = run.rows("decision")
    assert (decision["decision_kind"], decision["subject"]) == ("rule_set_changed", "cn-2017-6 -> cn-2017-6-relaxed")


def test_changed_rule_files_are_a_decision(first, tmp_path, monkeypatch):
    from pipelines import rule_changes
    from pipelines.settings import Settings
    from warehouse.decisions import decisions

    desk = first[0].copy(tmp_path)
    layout = Layout(desk.home)
    monkeypatch.setenv("JUNHENG_HOME", str(desk.home))
    rule_changes.log_changed_rules(layout, Settings())
    assert decisions(layout) == [], "the files are those of the release"
    manifest = layout.current.resolve() / "manifest.json"
    said = durable.read_json(manifest)
    said["rule_digests"]["dbt_project/seeds/parameters.csv"] = "another"
    durable.write_json(manifest, said)
    for _ in range(2):
        rule_changes.log_changed_rules(layout, Settings())
    (decision,) = decisions(layout)
    assert decision.decision_kind == "rules_changed" and decision.subject.startswith("dbt_project/seeds/parameters.csv (")
