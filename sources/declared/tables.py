"""What people file: the tidy file, and statistics workbooks turned into the same shape.

A newer delivery replaces a figure of one school, stage and measure, so that a file a stage,
a file a township or one corrected figure stand beside the rest. That a figure for the whole
school and figures by stage never stand beside each other is settled where figures are used.
"""

from sources.declaration import FILED, TEXT, DATE, Column, Table

SCHOOL_TYPES = (
    "primary_school", "teaching_point", "junior_school", "nine_year_school", "twelve_year_school",
    "complete_secondary_school", "special_school", "vocational_school",
)  # fmt: skip
STAGES = ("primary", "junior", "senior", "whole")

MEASURES = Table(
    "measures", "填报数据", "filed measures",
    (
        Column("as_of_date", DATE, "数据日期", "day the figure speaks of", required=True),
        Column("county_code", TEXT, "区县代码", "county code", required=True, pattern=r"\d{6}"),
        Column("township", TEXT, "乡镇", "township or street"),
        Column("school_id", TEXT, "学校标识码", "school code", required=True, pattern=r"\d{10}", is_identity=True),
        Column("school_name", TEXT, "学校名称", "school name"),
        Column("school_type", TEXT, "学校类型", "kind of school", required=True, pattern="|".join(SCHOOL_TYPES)),
        Column("stage", TEXT, "学段", "stage, or whole", required=True, pattern="|".join(STAGES)),
        Column("measure_id", TEXT, "指标项", "measure of the catalogue", required=True, pattern=r"[a-z][a-z0-9_]*"),
        Column("value", FILED, "数值", "figure; empty is missing"),
    ),
    key=("as_of_date", "county_code", "school_id", "stage", "measure_id"),
    scope=("school_id", "stage", "measure_id"),
)  # fmt: skip

COUNTY_STAGES = ("primary", "junior", "all")

COUNTY_MEASURES = Table(
    "county_measures", "县级填报数据", "filed county measures",
    (
        Column("as_of_date", DATE, "数据日期", "day the figure speaks of", required=True),
        Column("county_code", TEXT, "区县代码", "county code", required=True, pattern=r"\d{6}"),
        Column("stage", TEXT, "学段", "stage, or all", required=True, pattern="|".join(COUNTY_STAGES)),
        Column("category", TEXT, "分类", "what the figure is divided by: urban or rural, a group of respondents; empty is undivided"),
        Column("measure_id", TEXT, "指标项", "county measure of the catalogue", required=True, pattern=r"[a-z][a-z0-9_]*"),
        Column("value", FILED, "数值", "figure; empty is missing"),
    ),
    key=("as_of_date", "county_code", "stage", "category", "measure_id"),
    scope=("stage", "category", "measure_id"),
)  # fmt: skip

TABLES = (MEASURES, COUNTY_MEASURES)
