"""The log of decisions: only ever added to, whole after a crash, without a person's number."""

from __future__ import annotations

import pyarrow.parquet as pq
import pytest

from warehouse.decisions import HOLD_RELEASED, KINDS, decide, decisions, write_snapshot
from warehouse.ledger_tables import DECISIONS


def test_decisions_are_kept_in_their_order_and_nothing_edits_them(layout):
    contents = []
    for kind in KINDS:
        decide(layout, kind, subject="s", because="so it is", by="office")
        contents.append(layout.decisions.read_bytes())
    assert all(after.startswith(before) for before, after in zip(contents, contents[1:], strict=False))
    assert [said.decision_kind for said in decisions(layout)] == list(KINDS)
    assert len({said.decision_id for said in decisions(layout)}) == len(KINDS)


def test_the_same_decision_twice_is_two(layout):
    first, second = (decide(layout, HOLD_RELEASED, subject="s", because="b", by="o") for _ in range(2))
    assert first.decision_id != second.decision_id


def test_numbers_of_persons_are_blotted_out_and_lines_stay_lines(layout):
    decide(layout, HOLD_RELEASED, subject="s", because="call\n13812345678\r\n\u2028end", by="o")
    (said,) = decisions(layout)
    assert said.because == "call * end"


def test_a_line_that_a_crash_has_torn_costs_no_other(layout):
    decide(layout, HOLD_RELEASED, subject="a", because="b", by="o")
    with layout.decisions.open("ab") as log:
        log.write('{"decided_at": "2025-0'.encode())
    decide(layout, HOLD_RELEASED, subject="c", because="d", by="o")
    assert [said.subject for said in decisions(layout)] == ["a", "c"]


def test_no_other_kind_of_decision(layout):
    with pytest.raises(ValueError, match="no kind"):
        decide(layout, "guessed", subject="a", because="b", by="o")
    assert decisions(layout) == []


def test_the_snapshot_is_the_table_that_dbt_reads(layout):
    assert pq.read_table(write_snapshot(layout)).num_rows == 0
    made = decide(layout, HOLD_RELEASED, subject="a", because="b", by="o")
    rows = pq.read_table(write_snapshot(layout))
    assert rows.schema.equals(DECISIONS)
    assert rows.to_pylist()[0]["decided_at"] == made.decided_at
