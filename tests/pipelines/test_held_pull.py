"""A pull that lacks a school waits whole, is released whole, and the next pull is compared with it.

The steps of an intake with the real gate, without a system to pull from.
"""

from __future__ import annotations

from concurrent.futures import Future
from datetime import date

import pyarrow as pa
import pytest

from expectations.delivery_gate import judge_delivery
from pipelines.intake import Intake, _carry
from sources.declaration import Delivery
from sources.register import source
from warehouse.delivery_record import HELD, LANDED
from warehouse.holding import release, released_together
from warehouse.layout import Layout
from warehouse.ledger import Ledger
from warehouse.settling import take_up_released

STUDENT_STATUS = source("student_status")


def judged(pending) -> Future:
    answer: Future = Future()
    answer.set_result(judge_delivery(pending))
    return answer


def school(number: int) -> str:
    return f"21{number:08d}"


def pulled(day: date, *sizes: int) -> list[Delivery]:
    """Schools and students as the service says them on a day."""
    schools = [{"school_id": school(n), "school_name": f"第{n}小学", "_key": school(n)} for n in range(len(sizes))]
    students = [
        {"school_id": school(n), "student_key": f"{n:016x}{place:016x}", "class_id": "1", "grade": "三年级", "status": "在读", "_key": "k"}
        for n, size in enumerate(sizes)
        for place in range(size)
    ]

    def delivery(table: str, rows: list[dict]) -> Delivery:
        declared = STUDENT_STATUS.table(table)
        filled = [{"county_code": "410183", "_sheet": table, **row} for row in rows]
        batches = iter(pa.Table.from_pylist(filled, schema=declared.delivered_schema).to_batches())
        return Delivery("student_status", declared, "410183", f"http://service/{table}", batches, as_of_date=day)

    return [delivery("schools", schools), delivery("students", students)]


@pytest.fixture
def layout(tmp_path) -> Layout:
    layout = Layout(tmp_path / "home")
    layout.prepare()
    return layout


def take_in(layout: Layout, day: date, *sizes: int) -> Intake:
    intake = Intake(STUDENT_STATUS)
    intake.accepted.extend(take_up_released(STUDENT_STATUS, layout))
    _carry(pulled(day, *sizes), intake, layout, judged)
    return intake


def test_a_pull_without_a_school_waits_whole_and_goes_on_whole(layout):
    first = take_in(layout, date(2025, 9, 1), 60, 70)
    assert [record.outcome for record in first.records] == [LANDED, LANDED]

    second = take_in(layout, date(2025, 9, 2), 60)
    assert {(record.table_name, record.rule) for record in second.held} == {("schools", "class_missing"), ("students", "class_missing")}
    assert len({record.held_with for record in second.held}) == 1
    assert not second.accepted

    # the next morning says the same again, of another day: it waits in the place of the one before
    third = take_in(layout, date(2025, 9, 3), 61)
    ledger = Ledger(layout)
    waiting = [record for record in ledger.find(outcome=HELD) if record.outdated_by is None]
    assert {record.as_of_date for record in waiting} == {date(2025, 9, 3)} and len(waiting) == len(third.held) == 2

    students = next(record for record in waiting if record.table_name == "students")
    release(released_together(students, ledger.find("student_status")), ledger, because="the school was closed")
    fourth = take_in(layout, date(2025, 9, 4), 62)
    assert {(record.table_name, record.as_of_date, record.outcome) for record in fourth.records} == {
        (table, date(2025, 9, day), LANDED) for table in ("schools", "students") for day in (3, 4)
    }
    assert not fourth.held


def test_a_sound_table_waits_with_one_in_doubt(layout):
    """All schools are there, half of the students are not: the list of schools waits too."""
    take_in(layout, date(2025, 9, 1), 60, 170)
    intake = take_in(layout, date(2025, 9, 2), 60, 20)
    assert {record.table_name: record.rule for record in intake.held} == {"schools": "held_together", "students": "count_far"}
    assert not intake.accepted


def test_a_released_pull_of_an_older_day_leaves_the_newer_one_in_place(layout):
    take_in(layout, date(2025, 9, 1), 60, 70)
    held = take_in(layout, date(2025, 9, 2), 60).held
    good = take_in(layout, date(2025, 9, 3), 60, 71)
    assert [record.outcome for record in good.records] == [LANDED, LANDED]
    assert all(record.outdated_by for record in Ledger(layout).find(outcome=HELD)), "the sender has delivered anew"
    assert released_together(held[0], Ledger(layout).find("student_status")) == []


def test_a_file_of_which_one_table_was_stopped_is_read_again(layout, tmp_path, monkeypatch):
    """What stops a table of a workbook is said at every run, not at the first alone."""
    from pipelines.arrivals import Arrival
    from pipelines.intake import _take_in_file
    from sources import limited_reader
    from sources.declaration import Context
    from warehouse.clock import utc_now
    from warehouse.durable import sha256_of

    file = tmp_path / "roll.xlsx"
    file.write_bytes(b"rows")
    digest = sha256_of(file)

    class Reads:
        """In the place of the worker, which knows registered sources alone."""

        def read(self, source, path, origin, context):
            for delivery in pulled(date(2025, 9, 1), 12):
                delivery.digest, delivery.origin = digest, origin
                if delivery.table.name == "schools":  # an empty table is held for itself
                    delivery.rows = iter(())
                yield delivery

    monkeypatch.setattr(limited_reader, "shared", Reads)
    arrival = Arrival(file, "student_status/roll.xlsx", digest, utc_now())
    for _ in range(2):
        intake = Intake(STUDENT_STATUS)
        _take_in_file(arrival, Context(b"k" * 16), intake, layout, Ledger(layout), judged)
        assert [record.table_name for record in intake.held] == ["schools"]
        assert [record.table_name for record in (*intake.accepted, *intake.known)] == ["students"]
