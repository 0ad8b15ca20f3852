"""What the national quality monitoring reports of the county: read from the report, computed by nobody here."""

import pyarrow as pa

from sources.declaration import TEXT, WHOLE, Column, Table

RATE = pa.decimal128(12, 6)

RESULTS = Table(
    "results", "质量监测结果", "monitoring results",
    (
        Column("county_code", TEXT, "区县代码", "county code", required=True, pattern=r"\d{6}"),
        Column("monitoring_year", WHOLE, "年度", "year of the monitoring", required=True),
        Column("grade", TEXT, "年级", "grade monitored: 四年级 or 八年级, or the stage", required=True),
        Column("subject", TEXT, "学科", "subject monitored", required=True),
        Column("achievement_level", TEXT, "学业水平等级", "level of achievement: I to IV", required=True),
        Column("between_school_rate", RATE, "校际差异率", "between-school variation, a ratio", required=True),
    ),
    key=("monitoring_year", "grade", "subject"),
    scope=("monitoring_year",),
)  # fmt: skip

TABLES = (RESULTS,)
