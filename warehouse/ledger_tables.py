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

# One row: what the run speaks of.
RUN_CONTEXT = pa.schema([("as_of_date", pa.date32()), ("rule_set", pa.string()), ("county_code", pa.string())])
