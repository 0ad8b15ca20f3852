"""Files that change, vanish or may not be read while the inbox is read."""

from __future__ import annotations

import os
import threading
from concurrent.futures import Future
from pathlib import Path

import pytest

from pipelines.arrivals import Unlistable, Unsteady, arrivals, look, require_steady, wait_until_steady
from pipelines.intake import take_in
from pipelines.settings import Settings
from sources import limited_reader
from sources.register import source
from warehouse.layout import Layout
from warehouse.ledger import Ledger
from warehouse.ledger_tables import QUARANTINED_ROWS

HEAD = "as_of_date,county_code,township,school_id,school_name,school_type,stage,measure_id,value\n"


def row(value: int) -> str:
    return f"2025-09-01,410183,,2141000001,某小学,primary_school,primary,students,{value}\n"


class Accepted:
    outcome, rule, message_en, message_zh = "landed", None, None, None
    quarantined = QUARANTINED_ROWS.empty_table()


@pytest.fixture
def inbox(tmp_path) -> Path:
    (tmp_path / "inbox" / "declared").mkdir(parents=True)
    return tmp_path / "inbox"


@pytest.fixture
def file(inbox) -> Path:
    path = inbox / "declared" / "filed.csv"
    path.write_text(HEAD + row(100), encoding="utf-8")
    return path


@pytest.fixture
def layout(tmp_path) -> Layout:
    layout = Layout(tmp_path / "home")
    layout.prepare()
    return layout


def taken_in(inbox: Path, layout: Layout, *, meanwhile=lambda: None, times: int = 1):
    """Take the inbox in; `meanwhile` happens after a table was landed and before it is settled, so many times."""
    left = [times]

    def judge(pending) -> Future:
        if left[0]:
            left[0] -= 1
            meanwhile()
        verdict: Future = Future()
        verdict.set_result(Accepted)
        return verdict

    settings = Settings(_env_file=None, home=layout.home, inbox=inbox)
    return take_in(source("declared"), settings, layout, Ledger(layout), judge)


def test_a_file_that_is_replaced_while_it_is_read_is_read_as_it_became(inbox, file, layout):
    intake = taken_in(inbox, layout, meanwhile=lambda: file.write_text(HEAD + row(100) + row(7).replace("students", "books"), encoding="utf-8"))
    (record,) = intake.accepted
    assert record.rows_delivered == 2
    assert Ledger(layout).records() == [record], "nothing is left of what it was before"
    assert not list(layout.pending.iterdir())


def test_a_file_that_is_taken_away_while_it_is_read_is_nobodys(inbox, file, layout):
    intake = taken_in(inbox, layout, meanwhile=file.unlink)
    assert intake.records == [] == Ledger(layout).records()
    assert not list(layout.pending.iterdir())


def test_half_of_a_file_is_no_refusal_once_the_rest_is_there(inbox, file, layout, monkeypatch):
    """What was read is half a line; while that is judged to be wrong the copy is finished."""
    whole = HEAD + row(100)
    file.write_text(whole[:-30], encoding="utf-8")

    class ThenFinished:
        def read(self, *asked):
            try:
                yield from limited_reader.LimitedReader.read(reader, *asked)
            finally:
                file.write_text(whole, encoding="utf-8")

    reader = limited_reader.shared()
    monkeypatch.setattr(limited_reader, "shared", ThenFinished)
    intake = taken_in(inbox, layout)
    assert [record.rows_delivered for record in intake.accepted] == [1]
    assert intake.refused == [] and [record.outcome for record in Ledger(layout).records()] == ["landed"]


def test_a_file_that_never_rests_is_refused_until_it_does(inbox, file, layout):
    content = [100]

    def another():
        content[0] += 1
        file.write_text(HEAD + row(content[0]), encoding="utf-8")

    intake = taken_in(inbox, layout, meanwhile=another, times=99)
    (refused,) = intake.refused
    assert refused.rule == "still_changing" and "filed.csv" in refused.message_zh
    again = taken_in(inbox, layout)
    assert [record.outcome for record in again.records] == ["landed"]
    assert [record.outcome for record in Ledger(layout).records()] == ["landed"], "the refusal has passed"


def test_steady_is_what_it_was(inbox, file):
    (found,) = arrivals(inbox, "declared")
    require_steady(found)
    file.write_text("other", encoding="utf-8")
    with pytest.raises(Unsteady):
        require_steady(found)
    file.unlink()
    with pytest.raises(Unsteady):
        require_steady(found)
    assert look(inbox, file) is None
    os.mkfifo(file)
    with pytest.raises(Unsteady):
        require_steady(found)


def test_a_copy_is_waited_for(inbox, file):
    stop = threading.Event()

    def copying():
        with file.open("a", encoding="utf-8") as stream:
            for _ in range(8):
                stream.write(row(1))
                stream.flush()
                stop.wait(0.05)
        copied.set()

    copied = threading.Event()
    thread = threading.Thread(target=copying)
    thread.start()
    wait_until_steady(file, look=0.2, at_most=20)
    assert copied.is_set()
    thread.join()


def test_waiting_ends(inbox, file):
    wait_until_steady(file, look=0.01, at_most=0)
    wait_until_steady(inbox / "declared" / "gone.csv", look=0.01, at_most=5)


def test_a_file_that_became_a_link_while_it_is_read_is_refused_as_one(inbox, file, layout, tmp_path):
    def replaced():
        file.rename(tmp_path / "outside.csv")
        file.symlink_to(tmp_path / "outside.csv")

    intake = taken_in(inbox, layout, meanwhile=replaced)
    assert [(record.rule, record.origin) for record in intake.records] == [("not_a_file", "declared/filed.csv")]
    assert not list(layout.pending.iterdir())


@pytest.mark.skipif(os.geteuid() != 0, reason="gives up the rights of root for a while")
def test_a_drop_folder_that_is_closed_is_told_and_not_passed_over(inbox, file, layout):
    """As an ordinary user: root may read everything."""
    for path in (inbox, *inbox.parents):
        if path.stat().st_uid == 0 and path != Path("/"):
            path.chmod(path.stat().st_mode | 0o711)
    file.parent.chmod(0o000)
    os.setegid(65534)
    os.seteuid(65534)
    try:
        with pytest.raises(Unlistable) as problem:
            list(arrivals(inbox, "declared"))
    finally:
        os.seteuid(0)
        os.setegid(0)
    assert problem.value.folder == "declared"


def test_an_inbox_that_goes_away_is_out_of_reach_and_not_off(inbox, file, layout):
    taken_in(inbox, layout)
    settings = Settings(_env_file=None, home=layout.home, inbox=inbox)
    inbox.rename(inbox.with_name("elsewhere"))
    intake = take_in(source("declared"), settings, layout, Ledger(layout), lambda pending: None)
    assert intake.state == "unreachable" and "last good deliveries" in intake.message_en
