"""A run's record, and the one rule that turns what happened into an exit code."""

from datetime import date
from itertools import product

import pytest

from warehouse.landing import land
from warehouse.run_record import RunRecord
from warehouse.settling import settle


def test_a_record_survives_its_file(layout):
    record = RunRecord.start(layout, "r1")
    assert RunRecord.read(layout, "r1").outcome == "running"
    record.speaks_of(date(2025, 9, 1), "cn-2017-6")
    for _ in range(2):
        with record.stage("export"):
            pass
    record.add_source("hr_payroll", "off")
    record.release_id = "20250901-001"
    record.finish(layout, published="published")
    assert RunRecord.read(layout, "r1") == record
    assert (record.exit_code, record.outcome, list(record.stages)) == (0, "published", ["export"])


def test_seconds_are_kept_of_a_stage_that_breaks(layout):
    record = RunRecord.start(layout, "r1")
    with pytest.raises(ZeroDivisionError), record.stage("transform"):
        raise ZeroDivisionError
    assert "transform" in record.stages


@pytest.mark.parametrize(
    ("gate_failed", "stopped", "published"),
    list(product([False, True], [None, "refused", "held", "unreachable"], [None, "published", "unchanged"])),
)
def test_exit_codes(layout, delivery, accepted, gate_failed, stopped, published):
    """3, then 4, outrank 0; without a release and without a failed gate it is a defect."""
    record = RunRecord.start(layout, "r1")
    if stopped in ("refused", "held"):
        verdict = accepted(stopped, rule="why", message_en="so", message_zh="因此")
        record.add_source("assets", "on", [settle(land(delivery([("a", 1, None)]), layout), verdict, layout)])
    else:
        record.add_source("assets", stopped or "on", message_en="gone" if stopped else "", message_zh="断开" if stopped else "")
    record.add_check("gate_school", not gate_failed, [{"message_en": "bad", "message_zh": "坏"}] if gate_failed else [])
    record.finish(layout, published=published)
    expected = 3 if gate_failed else 1 if published is None else 4 if stopped else 0
    assert record.exit_code == expected
    assert len(record.messages) == bool(stopped) + gate_failed


def test_a_source_that_did_not_answer_says_how_old_its_data_are(layout):
    record = RunRecord.start(layout, "r1")
    record.add_source("student_status", "unreachable", message_en="It did not answer.", message_zh="未应答。")
    record.add_source("hr_payroll", "unreachable", message_en="Nor did this.", message_zh="亦未应答。")
    record.add_source("registry", "on")
    record.speaks_of(date(2025, 9, 15), "cn-2017-6", {"student_status": date(2025, 9, 1), "hr_payroll": None, "registry": date(2025, 9, 15)})
    first, second, third = record.sources
    assert first["data_as_of"] == "2025-09-01"
    assert "2025-09-01: 14 days before 2025-09-15" in first["message_en"] and "早 14 天" in first["message_zh"]
    assert second["data_as_of"] is None and "no_data" in second["message_en"]
    assert (third["data_as_of"], third["message_en"]) == ("2025-09-15", "")
    record.finish(layout, published="published")
    assert record.exit_code == 4


def test_a_full_disk_is_a_defect_in_words_whatever_the_gates_say(layout):
    record = RunRecord.start(layout, "r1")
    with pytest.raises(OSError), record.stage("export"):
        raise OSError(28, "No space left on device", "x")
    record.add_check("transform", False)
    record.finish(layout)
    assert (record.exit_code, record.outcome) == (1, "disk_trouble")
    (said,) = RunRecord.read(layout, "r1").messages
    assert "disk is full" in said["en"] and "磁盘已满" in said["zh"]
