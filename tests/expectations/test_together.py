"""Doubt about one table of a pull makes the whole pull wait; other reasons stop their own table alone."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from expectations.delivery_gate import DeliveryVerdict
from expectations.together import held_together
from sources.student_status.tables import CLASSES, SCHOOLS, STUDENTS
from warehouse.clock import utc_now
from warehouse.delivery_record import DeliveryRecord
from warehouse.landing import PendingDelivery
from warehouse.ledger_tables import QUARANTINED_ROWS

TABLES = (SCHOOLS, CLASSES, STUDENTS)


@dataclass(frozen=True)
class Said:
    outcome: str = "landed"
    rule: str | None = None


def answers(*said: Said) -> list:
    now = utc_now()
    return [
        (
            PendingDelivery("pending", DeliveryRecord(t.name, "student_status", t.name, "410183", t.name * 4, "landed", "pull", now, now), t),
            DeliveryVerdict(one.outcome, QUARANTINED_ROWS.empty_table(), 1, rule=one.rule),
        )
        for t, one in zip(TABLES, said, strict=True)
    ]


@pytest.mark.parametrize("rule", ["class_missing", "count_far", "factor_10000"])
def test_half_a_pull_is_no_pull(rule):
    found = held_together(answers(Said(), Said("held", rule), Said()))
    assert [(verdict.outcome, verdict.rule) for _, verdict in found] == [("held", "held_together"), ("held", rule), ("held", "held_together")]
    assert {pending.record.held_with for pending, _ in found} == {CLASSES.name * 4}
    assert "班级" in found[0][1].message_zh and "classes" in found[2][1].message_en


@pytest.mark.parametrize("said", [Said("held", "empty_table"), Said("held", "unreadable_column"), Said("refused", "damaged_identities"), Said()])
def test_what_is_no_comparison_stops_its_own_table(said):
    given = answers(Said(), said, Said())
    assert held_together(given) == given


def test_what_is_refused_stays_refused():
    found = held_together(answers(Said("held", "count_far"), Said("refused", "columns_differ"), Said("held", "empty_table")))
    assert [verdict.rule for _, verdict in found] == ["count_far", "columns_differ", "empty_table"]
    assert found[2][0].record.held_with == SCHOOLS.name * 4 and found[1][0].record.held_with is None
