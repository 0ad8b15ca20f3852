"""Disabled children of school age and where they are schooled; children stand under a keyed hash only."""

from sources.declaration import TEXT, YEAR_MONTH, Column, Table

PLACEMENTS = Table(
    "placements", "残疾儿童少年安置名单", "placement list of disabled children",
    (
        Column("county_code", TEXT, "区县代码", "county code", required=True, pattern=r"\d{6}"),
        Column("child_key", TEXT, "身份证件号", "keyed hash of the identity number", required=True, is_identity=True, is_personal_key=True),
        Column("birth_month", YEAR_MONTH, "出生年月", "month of birth", pattern=r"\d{4}-\d{2}"),
        Column("disability_kind", TEXT, "残疾类型", "kind of disability"),
        Column("placement", TEXT, "安置方式", "special school, ordinary class, special class, taught at home, institution, waiting", required=True),
        Column("school_id", TEXT, "学校标识码", "school, where there is one", pattern=r"\d{10}", is_identity=True),
    ),
    key=("child_key",),
)  # fmt: skip

TABLES = (PLACEMENTS,)
