"""What the school register (名录) delivers, and the crosswalk decisions kept beside it."""

from sources.declaration import DATE, DEGREES, TEXT, Column, Table

SCHOOLS = Table(
    "schools", "学校名录", "school register",
    (
        Column("county_code", TEXT, "区县代码", "county code", required=True, pattern=r"\d{6}"),
        Column("school_id", TEXT, "学校标识码", "school code; empty for a campus or point without its own", pattern=r"\d{10}", is_identity=True),
        Column("school_name", TEXT, "学校名称", "name today", required=True),
        Column("former_name", TEXT, "曾用名", "former name"),
        Column("education_type", TEXT, "办学类型", "kind of school: code, label or code-label"),
        Column("organizer", TEXT, "举办者", "who runs it"),
        Column("township", TEXT, "乡镇", "township or street"),
        Column("division_code", TEXT, "区划代码", "12-digit division code of the seat", pattern=r"\d{12}"),
        Column("urban_rural_code", TEXT, "城乡分类代码", "urban-rural code: 111 ... 220", pattern=r"\d{3}"),
        Column("is_boarding", TEXT, "寄宿制", "boarding school: 是/否"),
        Column("credit_code", TEXT, "统一社会信用代码", "social credit code", pattern=r"[0-9A-Z]{18}"),
        Column("budget_unit_code", TEXT, "预算单位代码", "budget unit code", pattern=r"\d{6,12}"),
        Column("parent_school_id", TEXT, "上级学校标识码", "school that it belongs to", pattern=r"\d{10}"),
        Column("longitude", DEGREES, "经度", "longitude"),
        Column("latitude", DEGREES, "纬度", "latitude"),
        Column("opened_on", DATE, "启用日期", "first day"),
        Column("closed_on", DATE, "停用日期", "the school is gone from this day on"),
        Column("change_kind", TEXT, "变更类型", "rename, merger, change of kind, new, closed"),
        Column("successor_school_id", TEXT, "承接学校标识码", "school that takes its rows", pattern=r"\d{10}"),
        Column("document_number", TEXT, "依据文号", "document of the change"),
    ),
    key=("school_id", "school_name", "parent_school_id"),
)  # fmt: skip

CROSSWALK = Table(
    "crosswalk", "代码对照决定", "crosswalk decisions",
    (
        Column("county_code", TEXT, "区县代码", "county code", required=True, pattern=r"\d{6}"),
        Column("source_system", TEXT, "来源系统", "source whose code it is", required=True),
        Column("source_code", TEXT, "来源代码", "code as the source writes it", required=True, is_identity=True),
        Column("source_name", TEXT, "来源名称", "name as the source writes it"),
        Column("school_id", TEXT, "学校标识码", "school that it means", required=True, pattern=r"\d{10}", is_identity=True),
        Column("stage", TEXT, "学段", "stage; empty is the whole school"),
        Column("valid_from", DATE, "起始日期", "first day"),
        Column("valid_to", DATE, "截止日期", "last day; empty is without end"),
        Column("match_method", TEXT, "匹配方式", "code, manual or proposal", required=True, pattern="code|manual|proposal"),
        Column("decided_by", TEXT, "决定人", "office or account that decided"),
        Column("decided_on", DATE, "决定日期", "day of the decision"),
        Column("evidence", TEXT, "依据", "why"),
    ),
    key=("source_system", "source_code", "stage", "valid_from"),
    scope=("source_system", "source_code", "stage", "valid_from"),
)  # fmt: skip

TABLES = (SCHOOLS, CROSSWALK)
