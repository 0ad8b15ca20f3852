"""The command line as a user types it: processes of their own, exit codes, sentences."""

from __future__ import annotations

import csv
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
JUNHENG = Path(sys.executable).with_name("junheng")
TIDY = """as_of_date,county_code,township,school_id,school_name,school_type,stage,measure_id,value
2025-09-01,110101,东华门,2111000001,一小,primary_school,primary,students,100
2025-09-01,110101,东华门,2111000001,一小,primary_school,primary,backbone_teachers,1
"""


def junheng(*words: str, **settings: str) -> subprocess.CompletedProcess:
    """Run a command with these settings alone; nothing of the test's own environment."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("JUNHENG_")}
    return subprocess.run(
        [str(JUNHENG), *words], env={**clean, "JUNHENG_ENV_FILE": os.devnull, **settings},
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def tidy_inbox(tmp_path_factory) -> Path:
    inbox = tmp_path_factory.mktemp("tidy") / "inbox"
    (inbox / "declared").mkdir(parents=True)
    (inbox / "declared" / "filed.csv").write_text(TIDY, encoding="utf-8")
    return inbox


def test_serve_runs_a_command_with_the_settings_and_hands_on_its_exit_code(small_county):
    code = "import os, sys; print(os.environ['JUNHENG_STUDENT_STATUS_URL']); sys.exit(7)"
    said = junheng("sandbox", "serve", str(small_county), "--", sys.executable, "-c", code)
    assert said.returncode == 7, said.stderr
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", said.stdout.strip().splitlines()[-1])


def test_the_line_of_the_makefile_makes_the_county_and_runs_the_command(tmp_path):
    """`make run` as it stands, the command replaced by a cheap one and the county by a small folder."""
    (line,) = re.findall(r"^\t@\$\(BIN\)/junheng (sandbox serve .*)$", (PROJECT / "Makefile").read_text(encoding="utf-8"), re.M)
    before, _, _ = line.partition(" -- ")
    folder = tmp_path / "county"
    said = junheng(*before.split(), str(folder), "--", sys.executable, "-c", "print('the command ran')")
    assert said.returncode == 0, said.stderr
    assert "the command ran" in said.stdout
    assert (folder / "sandbox.json").exists()


def test_a_run_from_settings_in_a_file_alone(tidy_inbox, tmp_path):
    """Nothing exported: what `.env` says is all there is, and the manifest is made on the way."""
    project = tmp_path / "project"
    shutil.copytree(PROJECT, project, ignore=shutil.ignore_patterns(".git", ".venv", "data", "target", "*.egg-info", "__pycache__"))
    (project / ".env").write_text(f"JUNHENG_INBOX={tidy_inbox}\nJUNHENG_HOME=here/data\n", encoding="utf-8")
    clean = {name: value for name, value in os.environ.items() if not name.startswith("JUNHENG_")}
    said = subprocess.run(
        [sys.executable, "-m", "pipelines.command_line", "run"], cwd=project,
        env={**clean, "PYTHONPATH": str(project)}, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert said.returncode == 0, said.stdout + said.stderr
    assert (project / "here" / "data" / "published" / "current" / "school.parquet").exists()
    assert "110101" in said.stdout


def test_a_made_up_county_and_a_real_one_never_share_a_home(tidy_inbox, small_county, systems, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    (home / "MADE_UP_COUNTY").touch()
    said = junheng("run", JUNHENG_HOME=str(home), JUNHENG_INBOX=str(tidy_inbox))
    assert said.returncode == 2
    assert "JUNHENG_HOME" in said.stderr and not (home / "published" / "current").exists()


@pytest.mark.parametrize(
    ("settings", "words", "said_of"),
    [
        ({"JUNHENG_COUNTY_CODE": "41"}, ["run"], "JUNHENG_COUNTY_CODE"),
        ({"JUNHENG_PSEUDONYM_KEY": "short"}, ["run"], "JUNHENG_PSEUDONYM_KEY"),
        ({"JUNHENG_INBOX": "no/such/folder"}, ["run"], "JUNHENG_INBOX"),
        ({"JUNHENG_RULE_SET": "nobody-wrote-it"}, ["run"], "cn-2017-6"),
        ({"JUNHENG_HR_URI": "oracle://x"}, ["doctor"], "JUNHENG_HR_URI"),
        ({"JUNHENG_STUDENT_STATUS_URL": "http://127.0.0.1:9", "JUNHENG_PSEUDONYM_KEY": "k" * 16}, ["run"], "JUNHENG_STUDENT_STATUS_TOKEN"),
        ({}, ["run", "--as-of", "yesterday"], "as-of"),
        ({}, ["show", "../.."], "release"),
        ({}, ["crosswalk", "add", "--source", "nowhere", "--code", "1", "--school", "2141000001", "--because", "x"], "JUNHENG_INBOX"),
        ({}, ["fly"], "fly"),
    ],
)  # fmt: skip
def test_a_wrong_setting_or_word_is_a_sentence_and_exit_code_2(settings, words, said_of, tmp_path):
    said = junheng(*words, JUNHENG_HOME=str(tmp_path / "home"), **settings)
    assert said.returncode == 2, said.stdout + said.stderr
    assert said_of in said.stderr
    assert "Traceback" not in said.stderr


def test_a_token_is_never_printed(tmp_path):
    secret = "a-token-that-nobody-may-see"
    said = junheng("doctor", JUNHENG_HOME=str(tmp_path), JUNHENG_STUDENT_STATUS_URL="http://127.0.0.1:9", JUNHENG_STUDENT_STATUS_TOKEN=secret,
                   JUNHENG_PSEUDONYM_KEY="a-key-that-nobody-may-see")  # fmt: skip
    assert secret not in said.stdout + said.stderr
    assert "a-key-that" not in said.stdout + said.stderr


def test_a_decision_is_added_and_read(tidy_inbox, tmp_path):
    inbox = tmp_path / "inbox"
    shutil.copytree(tidy_inbox, inbox)
    words = ["--source", "finance_budget", "--code", "205001", "--school", "2111000001", "--because", "函〔2025〕1号", "--county", "110101"]
    said = junheng("crosswalk", "add", *words, JUNHENG_INBOX=str(inbox), JUNHENG_HOME=str(tmp_path / "home"))
    assert said.returncode == 0, said.stderr
    from sources.declaration import Context
    from sources.register import source

    (delivery,) = source("registry").read(inbox / "registry" / "crosswalk.csv", "registry/crosswalk.csv", Context())
    (row,) = [row for batch in delivery.rows for row in batch.to_pylist()]
    assert (row["source_code"], row["school_id"], row["evidence"]) == ("205001", "2111000001", "函〔2025〕1号")


def test_help_teaches_without_importing_the_engines():
    said = junheng("--help")
    assert said.returncode == 0
    for word in ("run", "show", "doctor", "sandbox", "crosswalk", "ledger", "Exit codes"):
        assert word in said.stdout
    code = (
        "import sys\nfrom typer.testing import CliRunner\nfrom pipelines.command_line import app\n"
        "CliRunner().invoke(app, ['--help'])\n"
        "print([name for name in ('dagster', 'dbt', 'great_expectations', 'duckdb', 'pandas', 'pyarrow') if name in sys.modules])"
    )
    imported = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    assert imported.stdout.strip() == "[]"


def test_a_county_is_made_as_it_is_asked_for(tmp_path):
    small = ("--schools", "12", "--students", "1000")
    made = junheng("sandbox", "make", str(tmp_path / "spoilt"), *small, "--except", "class_size", "--except", "social_recognition")
    assert made.returncode == 0, made.stderr
    with (tmp_path / "spoilt/truth/county_compliance.csv").open(encoding="utf-8", newline="") as file:
        reasons = {row["part"]: row["reasons"] for row in csv.DictReader(file)}
    assert {part: reason for part, reason in reasons.items() if reason} == {
        "government": "class_size:not_met", "social": "social_recognition:not_met",
        "all": "class_size:not_met;social_recognition:not_met",
    }  # fmt: skip
    refused = junheng("sandbox", "make", str(tmp_path / "none"), *small, "--fulfil", "all", "--except", "no_such_thing")
    assert refused.returncode == 2 and "no_such_thing" in refused.stderr and not (tmp_path / "none").exists()
