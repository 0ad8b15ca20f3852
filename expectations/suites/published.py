"""Suites before publishing: whether a candidate's tables are fit for readers.

Here: keys, vocabulary, bounds, and agreement between tables.
Not here: whether a number is computed rightly (dbt unit tests, golden cases).
"""

from __future__ import annotations

from functools import cache

from expectations.agreements import agreements_of
from expectations.bounds import bounds_of
from expectations.judge import expect, suite_of
from warehouse.decisions import KINDS as DECISION_KINDS
from warehouse.published_tables import PublishedTable

STAGES = ("primary", "junior", "all")
UNIT_STAGES = ("primary", "junior")
STATUSES = ("met", "within_floor", "below_floor", "not_met", "no_data", "needs_evidence", "not_applicable")
VERDICTS = ("pass", "fail", "undecided", "out_of_scope")
PARTS = ("preconditions", "resource", "government", "quality", "social", "veto", "all")
BASES = ("records", "declared", "none")
GRADES = ("equal", "within_tolerance", "differs", "grave")
FINDINGS = ("", "raised_by_round_number", "other_unit", "evened_out_on_form", "evened_out_on_roll", "in_two_schools", "class_without_students", "migrant_of_this_county")
FOUND_KINDS = ("school", "class", "room")
RESPONDENTS = ("student", "parent", "teacher", "principal", "npc_deputy", "cppcc_member", "other", "all")
SURVEY_KINDS = ("national", "provincial", "city", "county")
ITEM_STATUSES = ("open", "improved", "reopened", "unknown", "closed")
ITEM_KINDS = ("county", "school", "class", "room")
RESPONSIBLE_KINDS = ("school", "township", "department")
PLAN_KINDS = ("goal", "task", "sub_task", "stage", "duty", "guarantee", "supervision_duty")
PLAN_STATUSES = ("done", "not_started", "evidence_missing", "late", "on_course")
CLASS_BANDS = ("up_to_35", "36_45", "46_55", "56_65", "66_up", "56_up", "over_standard", "all")
DELIVERY_STATUSES = ("in_use", "superseded", "refused", "held", "not_yet_due", "missing")
DELIVERY_KINDS = ("full", "delta")
SPENDINGS = ("education", "compulsory", "primary", "junior")

VOCABULARY = {
    "school_unit": {"stage": UNIT_STAGES},
    "school_fact": {"stage": UNIT_STAGES},
    "measure": {"stage": STAGES, "basis": BASES},
    "school_indicator": {"stage": STAGES, "status": STATUSES, "basis": BASES},
    "school_compliance": {"stage": UNIT_STAGES, "verdict": VERDICTS},
    "county_balance": {"stage": UNIT_STAGES, "status": STATUSES},
    "class_band": {"stage": UNIT_STAGES, "band": CLASS_BANDS, "basis": BASES},
    "spending_growth": {"spending": SPENDINGS, "basis": BASES},
    "county_monitor": {"stage": UNIT_STAGES, "status": STATUSES, "basis": BASES},
    "county_indicator": {"stage": STAGES, "status": STATUSES, "basis": BASES},
    "county_compliance": {"part": PARTS, "verdict": VERDICTS},
    "school_finding": {"stage": STAGES, "status": STATUSES, "item_kind": FOUND_KINDS, "basis": BASES},
    "survey_result": {"respondent_group": RESPONDENTS, "survey_kind": SURVEY_KINDS},
    "indicator": {"stage": STAGES},
    "agreement": {"stage": STAGES, "grade": GRADES, "finding": FINDINGS},
    "indicator_history": {"stage": STAGES, "status": STATUSES},
    "rectification_ledger": {"stage": STAGES, "status": ITEM_STATUSES, "item_kind": ITEM_KINDS, "responsible_kind": RESPONSIBLE_KINDS},
    "delivery": {"status": DELIVERY_STATUSES, "kind": DELIVERY_KINDS},
    "quarantine": {"status": ("open", "closed"), "stopped_by": ("gate", "crosswalk")},
    "decision": {"decision_kind": DECISION_KINDS},
    "plan_progress": {"kind": PLAN_KINDS, "status": PLAN_STATUSES},
}
# Without rows in these there is nothing that a reader could use.
NEVER_EMPTY = {"school", "school_unit", "school_fact", "measure", "school_indicator", "school_compliance", "county_balance",
               "county_compliance", "indicator"}  # fmt: skip


@cache
def published_suite(table: PublishedTable):
    """The suite of a published table; its frame has the columns of its agreements."""
    expectations = []
    if table.name in NEVER_EMPTY:
        expectations.append(expect("ExpectTableRowCountToBeBetween", "nothing_to_publish", min_value=1))
    expectations += [expect("ExpectColumnValuesToNotBeNull", "key_missing", column=name) for name in table.key]
    expectations.append(_unique(table.key))
    for column, words in VOCABULARY.get(table.name, {}).items():
        said = ", ".join(words)
        expectations.append(
            expect("ExpectColumnValuesToBeInSet", "unknown_word", column=column, value_set=list(words), detail_zh=said, detail_en=said)
        )
    for column, bound in bounds_of("published", table.name).items():
        low, high = bound["min"], bound["max"]
        expectations.append(
            expect(
                "ExpectColumnValuesToBeBetween", "impossible_number", column=column, min_value=low, max_value=high,
                detail_zh=f"在 {low} 与 {high} 之间", detail_en=f"between {low} and {high}",
            )
        )  # fmt: skip
    for agreement in agreements_of(table.name):
        expectations.append(
            expect(
                "ExpectColumnValuesToBeInSet", "rows_disagree", column=agreement.name, value_set=[True],
                detail_zh=agreement.zh, detail_en=agreement.en,
            )
        )  # fmt: skip
    return suite_of(f"published.{table.name}", expectations)


def _unique(key: tuple[str, ...]):
    said = ", ".join(key)
    if len(key) == 1:
        return expect("ExpectColumnValuesToBeUnique", "key_repeated", column=key[0], detail_zh=said, detail_en=said)
    return expect("ExpectCompoundColumnsToBeUnique", "key_repeated", column=said, column_list=list(key))
