"""Nothing that Junheng writes names a person, whatever senders and operators put in.

One dirty county comes both ways at once, from systems that fail three times in ten and as exports in
the inbox, with files beside it that a sender spoilt so that persons stand where nobody expects them. Dagster itself reads the
sources, with its persistent storage; then every command that writes or prints is used.
"""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from leaks import leaks, leaks_in
from planted_persons import planted_in

from pipelines.run import dagster_home
from sandbox.dirt.kinds import USUAL_RATE, rates
from sandbox.faults import FaultPlan
from sandbox.make import PSEUDONYM_KEY, TOKEN, make_sandbox
from sandbox.serve import serve
from sources.student_status import pull
from warehouse.layout import Layout

BIN = Path(sys.executable).parent
# Persons whom only the spoilt files name; the numbers pass their check, their area does not exist.
NAME, ID_NUMBER, MOBILE, STREET = "欧阳子虚乌", "990107201306150012", "13812345678", "子虚路99号乌有里"
ROLL = "学校标识码,全国学籍号,姓名,身份证件号,联系电话,现住址,班号,年级,学籍状态,性别,出生日期,入学年月,就读方式,是否留守儿童,是否进城务工人员随迁子女"
ROW = f"2141000001,G{ID_NUMBER},{NAME},{ID_NUMBER},{MOBILE},{STREET},101,1,在籍在读,男,20130615,202009,走读,否,否"
PLANTED_BY_HAND = {NAME, ID_NUMBER, MOBILE, STREET}
SECRETS = {TOKEN, PSEUDONYM_KEY}


def spoilt(inbox: Path) -> None:
    """Files with persons where no reader looks for them."""
    roll, staff = inbox / "student_status", inbox / "hr_payroll"
    files = {
        roll / "no_header_2025-09-01.csv": f"{ROW}\n{ROW}\n",
        roll / "person_in_heading_2025-09-01.csv": f"{ROLL},填表人{NAME}{MOBILE}\n{ROW},\n",
        roll / "person_in_title_2025-09-01.csv": f"填表人：{NAME}，电话{MOBILE},,\n{ROLL}\n{ROW}\n",
        roll / "number_among_codes_2025-09-01.csv": f"{ROLL}\n{ROW.replace(',101,', f',{ID_NUMBER},').replace('走读', MOBILE)}\n",
        roll / "one_cell_more_2025-09-01.csv": f"{ROLL}\n{ROW.replace(NAME, f'{NAME},')}\n",
        roll / "number_as_float_2025-09-01.csv": f"{ROLL}\n{ROW.replace(ID_NUMBER, '9.90107E+17')}\n",
        roll / "unpaired_quote_2025-09-01.csv": f'{ROLL}\n{ROW.replace(NAME, f"{chr(34)}{NAME}")}\n',
        staff / "nothing_that_is_known.csv": f"姓名,身份证号,电话\n{NAME},{ID_NUMBER},{MOBILE}\n",
        staff / "html.xls": f"<html><body>{NAME} {ID_NUMBER} {MOBILE}</body></html>",
        inbox / "evidence" / "note.csv": f"备注,联系人\n{NAME}{MOBILE},{NAME}\n",
    }
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


@dataclass(frozen=True)
class Written:
    """The home, all that was planted, and what every command printed, by its words."""

    home: Path
    planted: set[str]
    printed: dict[str, str]


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> Written:
    folder = tmp_path_factory.mktemp("written")
    sandbox, files, home = folder / "sandbox", folder / "files", folder / "home"
    make_sandbox(sandbox, schools=12, students=1500, seed=5, dirt=rates(10 * USUAL_RATE, []))
    make_sandbox(files, schools=12, students=1500, seed=5, files_only=True)
    planted = planted_in(sandbox) | planted_in(files) | PLANTED_BY_HAND | SECRETS
    for source in ("student_status", "hr_payroll"):
        shutil.copytree(files / "inbox" / source, sandbox / "inbox" / source, dirs_exist_ok=True)
    spoilt(sandbox / "inbox")
    printed = {}

    def say(command: str, *words: str, codes: tuple[int, ...] = (0,)) -> None:
        environment = {**os.environ, **settings, "JUNHENG_HOME": str(home), "DAGSTER_HOME": str(home / "dagster")}
        said = subprocess.run([str(BIN / command), *words], env=environment, capture_output=True, text=True, timeout=240, check=False)
        printed[" ".join((command, *words))] = said.stdout + said.stderr
        assert said.returncode in codes, (words, said.stdout[-2000:], said.stderr[-2000:])

    with serve(sandbox, faults=FaultPlan(0.3, seed=5)) as settings:
        dagster_home(Layout(home))
        say("dagster", "asset", "materialize", "-m", "pipelines.definitions", "--select", "group:raw")
        say("junheng", "run", codes=(4,))
        for path in sorted((sandbox / "inbox" / "student_status").glob("*.csv"))[:2]:
            say("junheng", "layout", "check", str(path), codes=(0, 1, 2, 3, 4))
        for words in (("deliveries",), ("deliveries", "--json"), ("refusals",), ("ledger", "show"), ("show",), ("doctor",)):
            say("junheng", *words, codes=(0, 4))
        settings = {**settings, "JUNHENG_HR_URI": f"postgresql://{NAME}:{PSEUDONYM_KEY}@127.0.0.1:9/hr"}
        say("junheng", "doctor")
    return Written(home, planted, printed)


def test_nothing_below_the_home_names_a_person(written):
    found = leaks(written.home, written.planted)
    assert not found, found[:20]


def test_nothing_that_was_printed_names_a_person(written):
    found = {words: named for words, text in written.printed.items() if (named := leaks_in(text, written.planted))}
    assert not found


def test_the_spoilt_files_were_met(written):
    """Else the search above would be of nothing: each was refused, or its row is in quarantine or raw."""
    listed = written.printed["junheng deliveries --json"]
    assert all(f"{name}_2025-09-01.csv" in listed for name in ("no_header", "person_in_heading", "number_among_codes", "one_cell_more"))


def test_files_are_their_owners_alone_and_releases_the_groups(written):
    layout = Layout(written.home)
    assert mode_of(layout.home) == 0o710
    others = [path for path in layout.home.iterdir() if path != layout.published]
    # what Dagster makes for itself lies in a folder that nobody else enters
    others += [path for top in others if top.is_dir() and top != layout.dagster for path in top.rglob("*")]
    assert others and [str(path.relative_to(layout.home)) for path in others if mode_of(path) & 0o077] == []
    released = [path for path in layout.releases.rglob("*")]
    assert {mode_of(path) for path in (layout.published, layout.releases, *(path for path in released if path.is_dir()))} == {0o750}
    assert {mode_of(path) for path in (layout.current_json, *(path for path in released if path.is_file()))} == {0o640}
    assert mode_of(layout.publisher_lock) == 0o600


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def test_a_reader_that_keeps_an_address_is_found(tmp_path, monkeypatch):
    """The search itself: with one key of the service taken for another, persons are landed and found."""
    from concurrent.futures import Future

    from county_run import environment
    from expectations.delivery_gate import DeliveryVerdict
    from pipelines.intake import take_in
    from pipelines.settings import Settings
    from sources.register import source
    from warehouse.ledger import Ledger
    from warehouse.ledger_tables import QUARANTINED_ROWS

    def sound(pending):
        verdict = Future()
        verdict.set_result(DeliveryVerdict("landed", QUARANTINED_ROWS.empty_table(), 0))
        return verdict

    make_sandbox(tmp_path / "sandbox", schools=12, students=600, seed=5)
    monkeypatch.setitem(pull.KEYS["students"], "attendance", "现住址")
    with serve(tmp_path / "sandbox") as settings, environment(**settings, JUNHENG_HOME=str(tmp_path / "home")):
        layout = Layout(tmp_path / "home")
        layout.prepare()
        take_in(source("student_status"), Settings(), layout, Ledger(layout), sound)
    found = leaks(tmp_path / "home", planted_in(tmp_path / "sandbox"))
    assert found and {leak.file.split("/")[2] for leak in found} == {"students"}
