"""A source with a system and a drop folder: on by either, told by the doctor, taken in from both."""

from __future__ import annotations

import shutil

import pytest
from county_run import environment, run_county
from sandbox.make import make_sandbox, read_summary
from typer.testing import CliRunner

from pipelines.command_line import app
from pipelines.settings import Settings

KEY = {"JUNHENG_PSEUDONYM_KEY": "a key that serves tests alone"}
AWAY = {"JUNHENG_STUDENT_STATUS_URL": "http://127.0.0.1:9", "JUNHENG_STUDENT_STATUS_TOKEN": "t"}


@pytest.fixture(scope="module")
def files_county(small_county, tmp_path_factory):
    """The small county as files alone."""
    folder = tmp_path_factory.mktemp("files") / "county"
    summary = read_summary(small_county)
    (order,) = summary["counties"]
    make_sandbox(folder, schools=order["schools"], students=order["students"], seed=order["seed"], files_only=True)
    return folder


@pytest.mark.parametrize("name", ["student_status", "hr_payroll"])
def test_a_folder_switches_a_source_on_and_so_does_an_address(tmp_path, name):
    addresses = {"student_status": AWAY, "hr_payroll": {"JUNHENG_HR_URI": "sqlite:///none.sqlite"}}[name]
    with environment(JUNHENG_INBOX=str(tmp_path)):
        assert not Settings().is_on(name)
    with environment(JUNHENG_INBOX=str(tmp_path), **addresses):
        assert Settings().is_on(name) and Settings().has_system(name) and not Settings().has_folder(name)
    (tmp_path / name).mkdir()
    with environment(JUNHENG_INBOX=str(tmp_path)):
        assert Settings().is_on(name) and Settings().has_folder(name) and not Settings().has_system(name)


def doctor(**settings: str) -> tuple[int, str]:
    with environment(**settings):
        answer = CliRunner().invoke(app, ["doctor"])
    return answer.exit_code, answer.output


def test_the_doctor_tells_both_ways(tmp_path, files_county):
    inbox = str(files_county / "inbox")
    code, said = doctor(JUNHENG_HOME=str(tmp_path), JUNHENG_INBOX=inbox, JUNHENG_SANDBOX="1", **KEY)
    assert code == 0 and "JUNHENG_HR_URI" not in said and "belongs to no source" not in said
    code, said = doctor(JUNHENG_HOME=str(tmp_path), JUNHENG_INBOX=inbox, JUNHENG_SANDBOX="1", **KEY, **AWAY)
    assert code == 0 and "unreachable" in said
    code, said = doctor(JUNHENG_HOME=str(tmp_path), JUNHENG_INBOX=inbox, JUNHENG_SANDBOX="1")
    assert code == 2 and "JUNHENG_PSEUDONYM_KEY" in said
    code, said = doctor(JUNHENG_HOME=str(tmp_path), JUNHENG_INBOX=str(tmp_path))
    assert code == 0 and "JUNHENG_HR_URI" in said and "hr_payroll/" in said


def test_a_system_that_is_away_leaves_the_files_and_says_so(tmp_path, files_county, small_county):
    """One school's workbook beside a service that does not answer: that school is known, the others are not."""
    inbox = tmp_path / "inbox"
    shutil.copytree(small_county / "inbox" / "registry", inbox / "registry")
    (inbox / "student_status").mkdir()
    path = sorted((files_county / "inbox" / "student_status").glob("*_学籍_*.xlsx"))[0]
    shutil.copy2(path, inbox / "student_status")
    settings = {"JUNHENG_INBOX": str(inbox), "JUNHENG_STUDENT_STATUS_URL": "http://127.0.0.1:9", "JUNHENG_STUDENT_STATUS_TOKEN": "t", **KEY}
    run = run_county(tmp_path / "home", settings)
    assert int(run.code) == 4
    students = {row["school_id"]: row["value"] for row in run.rows("measure") if row["measure_id"] == "students" and row["value"] is not None and row["basis"] == "records"}
    assert len(students) == 1 and all(students.values())
    landed = {row["origin"] for row in run.rows("delivery") if row["table_name"] == "students" and row["status"] != "missing"}
    assert landed == {f"student_status/{path.name}"}
