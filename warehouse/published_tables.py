"""The published tables: which there are, their keys, and which columns tell only of arrival.

Here: the one declaration of what is a verdict table and what a journal table.
Not here: their columns (contracts of the dbt marts) and how they are written (candidate, release).
"""

from __future__ import annotations

from dataclasses import dataclass

VERDICT, JOURNAL = "verdict", "journal"


@dataclass(frozen=True)
class PublishedTable:
    """`key` is the "one row per" of the contract and the order of the rows.

    `times` are columns of arrival or last sight: they may differ between two
    runs that say the same, so they take no part in comparing releases.
    """

    name: str
    label_zh: str
    kind: str
    key: tuple[str, ...]
    times: tuple[str, ...] = ()


PUBLISHED_TABLES = (
    PublishedTable("school", "学校", VERDICT, ("county_code", "school_id")),
    PublishedTable("school_unit", "学校学段", VERDICT, ("county_code", "school_id", "stage")),
    PublishedTable("school_fact", "学校学段事实表", VERDICT, ("county_code", "school_id", "stage")),
    PublishedTable("measure", "基础数据", VERDICT, ("county_code", "school_id", "stage", "measure_id", "basis")),
    PublishedTable("school_indicator", "学校指标", VERDICT, ("rule_set", "county_code", "school_id", "stage", "indicator_id")),
    PublishedTable("school_compliance", "学校判定", VERDICT, ("rule_set", "county_code", "school_id", "stage")),
    PublishedTable("county_balance", "校际差异系数", VERDICT, ("rule_set", "county_code", "stage", "indicator_id")),
    PublishedTable("class_band", "班额分段", VERDICT, ("rule_set", "county_code", "stage", "band")),
    PublishedTable("spending_growth", "教育投入增长", VERDICT, ("county_code", "fiscal_year", "spending")),
    PublishedTable("county_monitor", "基本均衡年度监测", VERDICT, ("rule_set", "county_code", "stage", "indicator_id")),
    PublishedTable("county_indicator", "县级指标", VERDICT, ("rule_set", "county_code", "indicator_id", "component", "stage")),
    PublishedTable("county_compliance", "县级判定", VERDICT, ("rule_set", "county_code", "part")),
    PublishedTable(
        "school_finding", "学校问题", VERDICT,
        ("rule_set", "county_code", "school_id", "stage", "indicator_id", "component", "item_kind", "item"),
    ),
    PublishedTable("agreement", "两账核对", VERDICT, ("county_code", "school_id", "stage", "measure_id")),
    PublishedTable("survey_result", "满意度调查结果", VERDICT, ("county_code", "survey_id", "respondent_group")),
    PublishedTable("indicator", "指标说明", VERDICT, ("id", "rule_set", "stage")),
    PublishedTable("delivery", "数据交付", JOURNAL, ("delivery_id",), ("arrived_at", "ordered_at", "last_seen_at")),
    PublishedTable(
        "indicator_history", "指标历史", JOURNAL,
        ("rule_set", "county_code", "school_id", "stage", "indicator_id", "component", "valid_from", "release_id"),
    ),
    PublishedTable("rectification_ledger", "整改台账", JOURNAL, ("rule_set", "item_id")),
    PublishedTable("plan_progress", "方案进展", JOURNAL, ("rule_set", "county_code", "plan_id")),
    PublishedTable("township_summary", "乡镇汇总", JOURNAL, ("rule_set", "county_code", "township")),
    PublishedTable("quarantine", "隔离数据", JOURNAL, ("delivery_id", "position", "column_name", "rule"), ("arrived_at", "first_seen_at", "last_seen_at")),
    PublishedTable("decision", "人工决定", JOURNAL, ("decision_id",)),
)  # fmt: skip

BY_NAME = {table.name: table for table in PUBLISHED_TABLES}
