"""Every expectation before publishing stops its own fault; a clean candidate passes."""

from __future__ import annotations

import pytest

import expectations.suites.published as published
from expectations.agreements import AGREEMENTS
from expectations.judge import suite_of
from expectations.release_gate import judge_release
from warehouse.published_tables import BY_NAME, PUBLISHED_TABLES

UNIT = "county_code = '410183' and school_id = '1' and stage = 'primary'"

# (table, rule, column, SQL that plants the fault)
FAULTS = [
    *((table, "nothing_to_publish", "", f"delete from {table}") for table in sorted(published.NEVER_EMPTY)),
    *(
        (table.name, "key_missing", column, f"update {table.name} set {column} = null where rowid = 0")
        for table in PUBLISHED_TABLES
        for column in table.key
    ),
    *(
        (table.name, "key_repeated", ", ".join(table.key), f"insert into {table.name} from {table.name} limit 1")
        for table in PUBLISHED_TABLES
    ),
    *(
        (table, "unknown_word", column, f"update {table} set {column} = 'maybe' where rowid = 0")
        for table, columns in published.VOCABULARY.items()
        for column in columns
    ),
    *(
        (table, "impossible_number", column, f"update {table} set {column} = {value} where rowid = 0")
        for table, column in [
            ("school_unit", "students"), ("school_indicator", "value"), ("school_indicator", "numerator"),
            ("school_indicator", "denominator"), ("measure", "value"), ("county_balance", "school_units"),
            ("county_balance", "mean"), ("county_balance", "standard_deviation"), ("county_balance", "cv"),
            ("school_finding", "value"), ("school_finding", "gap"), ("survey_result", "answers"), ("survey_result", "satisfied_share"),
            ("county_monitor", "school_units"), ("county_monitor", "mean"), ("county_monitor", "standard_deviation"), ("county_monitor", "cv"),
            ("class_band", "share"), ("spending_growth", "total_yuan"),
        ]
        for value in ("-1", *(("'infinity'", "'nan'") if column in ("value", "mean", "standard_deviation", "cv") and table != "school_unit" else ()))
    ),
    *(
        (table, "impossible_number", column, f"update {table} set {column} = {value} where rowid = 0")
        for table, column in [
            ("county_monitor", "school_units"), ("county_monitor", "mean"), ("county_monitor", "standard_deviation"), ("county_monitor", "cv"),
            ("class_band", "share"), ("spending_growth", "total_yuan"), ("spending_growth", "total_growth"),
            ("spending_growth", "per_student_growth"),
        ]
        for value in ("-2", "2e18")
        if (column, value) != ("school_units", "2e18")
    ),
    *(
        ("county_indicator", "impossible_number", "value", f"update county_indicator set value = {value} where indicator_id = 'funds'")
        for value in ("-2e12", "'infinity'", "'nan'")
    ),
    ("survey_result", "impossible_number", "satisfied_share", "update survey_result set satisfied_share = 100.1 where rowid = 0"),
    ("agreement", "rows_disagree", "difference", "update agreement set difference = 499"),
    ("agreement", "rows_disagree", "difference", "update agreement set declared_value = null"),
    ("agreement", "rows_disagree", "grade", "update agreement set grade = 'differs'"),
    ("class_band", "impossible_number", "share", "update class_band set share = 100.1 where rowid = 0"),
    *(
        ("spending_growth", "impossible_number", column, f"update spending_growth set {column} = -1.1 where fiscal_year = 2025")
        for column in ("total_growth", "per_student_growth")
    ),
    ("county_monitor", "rows_disagree", "cv", "update county_monitor set cv = 0.31 where stage = 'primary' and indicator_id = 'composite'"),
    ("county_monitor", "rows_disagree", "cv", "update county_monitor set cv = 0.1 where stage = 'junior' and indicator_id = 'composite'"),
    ("county_monitor", "rows_disagree", "cv", "delete from county_monitor where stage = 'junior' and indicator_id = 'composite'"),
    ("school_unit", "rows_disagree", "school_id", "delete from school where school_id = '1'"),
    ("school_unit", "rows_disagree", "school_id", f"delete from school_compliance where {UNIT}"),
    ("school_unit", "rows_disagree", "school_id", f"delete from school_fact where {UNIT}"),
    ("school_unit", "rows_disagree", "school_id", f"delete from school_indicator where {UNIT} and indicator_id = 'rooms'"),
    ("school_compliance", "rows_disagree", "school_id", "update school_compliance set school_id = '9' where school_id = '2'"),
    ("school_compliance", "rows_disagree", "verdict", "update school_compliance set verdict = 'pass' where school_id = '2'"),
    ("school_compliance", "rows_disagree", "verdict", "update school_unit set is_in_scope = false"),
    *(
        ("school_compliance", "rows_disagree", "indicators_met", f"update school_compliance set {column} = {column} + 1 where school_id = '{school}'")
        for column in ("indicators_met", "indicators_within_floor", "indicators_below_floor", "indicators_no_data")
        for school in ("1", "2")
    ),
    ("school_indicator", "rows_disagree", "value", f"update school_indicator set value = value + 0.0001 where {UNIT} and indicator_id = 'rooms'"),
    ("school_indicator", "rows_disagree", "value", f"update school_indicator set numerator = null where {UNIT} and indicator_id = 'rooms'"),
    ("school_indicator", "rows_disagree", "status", f"update school_indicator set value = null where {UNIT} and indicator_id = 'rooms'"),
    ("county_compliance", "rows_disagree", "part", "delete from county_compliance where part = 'veto'"),
    ("county_compliance", "rows_disagree", "part", "delete from county_indicator where indicator_id = 'funds'"),
    *(
        ("county_compliance", "rows_disagree", "met", f"update county_compliance set {count} = {count} + 1 where part = '{part}'")
        for count in ("met", "not_met", "undecided")
        for part in ("government", "quality", "all")
    ),
    ("county_compliance", "rows_disagree", "met", "update county_indicator set status = 'met' where indicator_id = 'social'"),
    *(
        ("county_compliance", "rows_disagree", "verdict", f"update county_compliance set verdict = '{word}' where part = '{part}'")
        for part, word in (("resource", "fail"), ("government", "pass"), ("social", "pass"), ("veto", "pass"), ("all", "undecided"))
    ),
    (
        "county_compliance", "rows_disagree", "verdict",
        "update county_compliance set not_met = 0, undecided = 0, verdict = 'pass' where part = 'all'",
    ),
    ("county_indicator", "rows_disagree", "value", "update county_indicator set value = null where indicator_id = 'funds'"),
    ("county_indicator", "rows_disagree", "basis", "update county_indicator set basis = 'none' where indicator_id = 'funds'"),
    ("county_indicator", "rows_disagree", "basis", "update county_indicator set basis = 'records' where indicator_id = 'social'"),
    ("county_indicator", "rows_disagree", "status", "update school_finding set status = 'not_met' where indicator_id = 'funds'"),
    ("school_finding", "rows_disagree", "school_id", "delete from school where school_id = '1'"),
    ("school_finding", "rows_disagree", "item", "update school_finding set status = 'met' where item_kind = 'school'"),
    ("survey_result", "rows_disagree", "answers", "delete from survey_result where respondent_group = 'other'"),
    ("survey_result", "rows_disagree", "satisfied", "update survey_result set valid_answers = valid_answers - 2 where respondent_group <> 'other'"),
    ("survey_result", "rows_disagree", "satisfied", "update survey_result set answers = answers - 2 where respondent_group <> 'other'"),
    ("indicator_history", "rows_disagree", "status", "update indicator_history set status = 'met' where valid_to is null and status <> 'met'"),
    ("indicator_history", "rows_disagree", "valid_to", "update indicator_history set valid_to = '2025-08-31' where valid_to is not null"),
    ("rectification_ledger", "rows_disagree", "closed_release", "update rectification_ledger set closed_release = null"),
    ("rectification_ledger", "rows_disagree", "closed_release", "update rectification_ledger set status = 'open'"),
    *(
        ("delivery", "rows_disagree", "rows_delivered", f"update delivery set {change} where status = 'in_use'")
        for change in (
            "rows_delivered = 9", "rows_accepted = 5", "rows_quarantined = 2", "rows_superseded = 1", "rows_held = 2",
            "rows_accepted = -1, rows_held = 8",
        )
    ),
    ("plan_progress", "rows_disagree", "items_total", "update plan_progress set items_met = items_met + 1"),
    ("township_summary", "rows_disagree", "units_in_scope", "update township_summary set units_undecided = 0"),
    ("county_compliance", "rows_disagree", "part", "delete from county_balance where indicator_id = 'rooms' and stage = 'junior'"),
]  # fmt: skip


def column_of(expectation) -> str:
    """The column that its findings name."""
    named = {agreement.name: agreement.column for agreement in AGREEMENTS}
    return named.get(expectation["meta"]["column"], expectation["meta"]["column"])


def about(expectation) -> tuple[str, str]:
    return expectation["meta"]["rule"], column_of(expectation)


def test_a_clean_candidate_passes(candidate):
    verdict = judge_release(candidate())
    assert verdict.findings == ()
    assert verdict.passed
    assert verdict.rows == 2 + 3 + 3 + 3 + 14 + 3 + 14 + 17 + 7 + 18 + 1 + 1 + 3 + 1 + 1 + 1 + 3 + 3 + 6 + 3 + 2 + 1 + 1 + 1


@pytest.mark.parametrize("table", BY_NAME)
def test_each_fault_blocks_and_each_expectation_is_needed(candidate, table):
    """Each planted fault is found. And for each expectation there is a fault that no
    other one finds under the same rule and column: taken out, that fault would go unseen."""
    alone = set()
    for _, rule, column, fault in [each for each in FAULTS if each[0] == table]:
        verdict = judge_release(candidate(fault), [BY_NAME[table]])
        assert not verdict.passed
        assert (rule, column) in {(finding.rule, finding.column) for finding in verdict.findings_of(table)}, fault
        assert all(finding.sentence.startswith(f"{table}: ") for finding in verdict.findings)
        failed = [result.expectation_config for result in verdict.results[table] if not result.success]
        finders = [config for config in failed if about(config) == (rule, column)]
        if len(finders) == 1:
            alone.add((finders[0]["type"], repr(finders[0]["kwargs"])))
    suite = published.published_suite(BY_NAME[table])
    needed = {(each.configuration["type"], repr(each.configuration["kwargs"])) for each in suite.expectations}
    assert alone == needed


@pytest.mark.parametrize("taken_out", ["key_missing", "key_repeated", "unknown_word", "impossible_number", "rows_disagree"])
def test_an_expectation_taken_out_lets_its_fault_through(candidate, monkeypatch, taken_out):
    faults = {
        "key_missing": "update county_balance set indicator_id = null where rowid = 0",
        "key_repeated": "insert into county_balance from county_balance limit 1",
        "unknown_word": "update county_balance set status = 'maybe' where rowid = 0",
        "impossible_number": "update county_balance set cv = -1 where rowid = 0",
        "rows_disagree": "delete from county_compliance where part = 'veto'",
    }
    table = "county_compliance" if taken_out == "rows_disagree" else "county_balance"
    folder = candidate(faults[taken_out])
    assert not judge_release(folder, [BY_NAME[table]]).passed
    whole = published.published_suite(BY_NAME[table])
    rest = suite_of("rest", [each for each in whole.expectations if each.meta["rule"] != taken_out])
    monkeypatch.setattr(published, "published_suite", lambda _: rest)
    assert judge_release(folder, [BY_NAME[table]]).passed


def test_a_missing_table_and_a_missing_column_block(candidate):
    folder = candidate("drop table measure", "alter table school_unit drop is_in_scope", "alter table county_balance drop cv")
    verdict = judge_release(folder)
    assert [(finding.table, finding.rule) for finding in verdict.findings_of("measure")] == [("measure", "table_missing")]
    assert {finding.rule for finding in verdict.findings_of("school_unit")} == {"not_judged"}
    assert {finding.rule for finding in verdict.findings_of("county_balance")} == {"not_judged"}
    assert not verdict.findings_of("school")


def test_a_share_is_decided_without_a_value_only_where_somebody_is_unknown(candidate):
    for detail, passes in (("part=8; unknown=2; note", True), ("unknown=10", True), ("unknown=0", False), ("not_unknown=1", False)):
        fault = f"update county_indicator set value = null, detail = '{detail}' where indicator_id = 'funds'"
        assert judge_release(candidate(fault), [BY_NAME["county_indicator"]]).passed is passes, detail


def test_rounded_numerators_of_tiny_units_agree(candidate):
    """Published numerators have six decimals; one student and `per` 100 make the most of that."""
    folder = candidate(
        "update school_indicator set denominator = 1, numerator = 0.333333, value = 100 / 3.0",
        "update school_unit set students = 1",
    )
    found = {finding.column for finding in judge_release(folder, [BY_NAME["school_indicator"]]).findings}
    assert "value" not in found
