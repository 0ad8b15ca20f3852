"""The shapes of the tables that the warehouse itself writes for dbt.

Here: their schemas, the contract with the staging models.
Not here: the tables of sources (sources/*/tables.py) and of releases (published_tables.py).
"""

import pyarrow as pa

# One row a delivery that was landed, refused or held. Times are UTC.
DELIVERIES = pa.schema(
    [
        ("delivery_id", pa.string()),
        ("source", pa.string()),
        ("table_name", pa.string()),
        ("county_code", pa.string()),
        ("digest", pa.string()),
        ("landed_digest", pa.string()),
        ("as_of_date", pa.date32()),
        ("origin", pa.string()),
        ("ordered_at", pa.timestamp("us")),
        ("arrived_at", pa.timestamp("us")),
        ("encoding", pa.string()),
        ("layout", pa.string()),
        ("kind", pa.string()),
        ("is_pull", pa.bool_()),
        ("unit", pa.string()),
        ("is_outdated", pa.bool_()),
        ("outcome", pa.string()),
        ("rule", pa.string()),
        ("message_en", pa.string()),
        ("message_zh", pa.string()),
        ("rows_delivered", pa.int64()),
        ("rows_quarantined", pa.int64()),
    ]
)

# One row a (row, column, rule) that a gate stopped. Never a value.
QUARANTINED_ROWS = pa.schema(
    [
        ("delivery_id", pa.string()),
        ("source", pa.string()),
        ("table_name", pa.string()),
        ("county_code", pa.string()),
        ("sheet", pa.string()),
        ("row", pa.int64()),
        ("row_key", pa.string()),
        ("position", pa.int64()),
        ("column_name", pa.string()),
        ("rule", pa.string()),
        ("message_en", pa.string()),
        ("message_zh", pa.string()),
    ]
)

# One row a decision that a person made (or that was found made), as decisions.jsonl holds it. Times are UTC.
DECISIONS = pa.schema(
    [
        ("decision_id", pa.string()),
        ("decided_at", pa.timestamp("us")),
        ("decided_by", pa.string()),
        ("decision_kind", pa.string()),
        ("subject", pa.string()),
        ("because", pa.string()),
    ]
)

# One row: what the run speaks of, and the id that a release of it would have.
RUN_CONTEXT = pa.schema(
    [("as_of_date", pa.date32()), ("rule_set", pa.string()), ("county_code", pa.string()), ("release_id", pa.string())]
)

# The journals as the release said them that this run continues: the columns of the published
# tables of these names (a test holds them to the contracts).
PREVIOUS_HISTORY = pa.schema(
    [
        ("rule_set", pa.string()),
        ("county_code", pa.string()),
        ("school_id", pa.string()),
        ("stage", pa.string()),
        ("indicator_id", pa.string()),
        ("component", pa.string()),
        ("valid_from", pa.date32()),
        ("valid_to", pa.date32()),
        ("value", pa.float64()),
        ("threshold", pa.float64()),
        ("status", pa.string()),
        ("release_id", pa.string()),
    ]
)
PREVIOUS_LEDGER = pa.schema(
    [
        ("rule_set", pa.string()),
        ("item_id", pa.string()),
        ("county_code", pa.string()),
        ("township", pa.string()),
        ("school_id", pa.string()),
        ("stage", pa.string()),
        ("indicator_id", pa.string()),
        ("component", pa.string()),
        ("item_kind", pa.string()),
        ("item", pa.string()),
        ("finding_zh", pa.string()),
        ("finding_en", pa.string()),
        ("clause", pa.string()),
        ("responsible_kind", pa.string()),
        ("responsible", pa.string()),
        ("is_lesser", pa.bool_()),
        ("current_value", pa.float64()),
        ("target", pa.float64()),
        ("gap", pa.float64()),
        ("gap_unit", pa.string()),
        ("opened_value", pa.float64()),
        ("opened_gap", pa.float64()),
        ("due_on", pa.date32()),
        ("status", pa.string()),
        ("opened_on", pa.date32()),
        ("opened_release", pa.string()),
        ("last_changed_on", pa.date32()),
        ("last_changed_release", pa.string()),
        ("closed_on", pa.date32()),
        ("closed_release", pa.string()),
        ("times_reopened", pa.int64()),
        ("notes_count", pa.int64()),
        ("last_noted_on", pa.date32()),
        ("last_note", pa.string()),
    ]
)
PREVIOUS_QUARANTINE = pa.schema(
    [
        ("delivery_id", pa.string()),
        ("position", pa.int64()),
        ("column_name", pa.string()),
        ("rule", pa.string()),
        ("source", pa.string()),
        ("table_name", pa.string()),
        ("county_code", pa.string()),
        ("origin", pa.string()),
        ("sheet", pa.string()),
        ("row_number", pa.int64()),
        ("row_key", pa.string()),
        ("stopped_by", pa.string()),
        ("message_zh", pa.string()),
        ("message_en", pa.string()),
        ("status", pa.string()),
        ("arrived_at", pa.timestamp("us")),
        ("first_seen_at", pa.timestamp("us")),
        ("last_seen_at", pa.timestamp("us")),
    ]
)
