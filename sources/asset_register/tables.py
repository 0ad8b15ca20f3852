"""What the asset register, the building and grounds ledger and the room list deliver."""

from sources.declaration import DATE, METRES2, TEXT, WHOLE, YUAN, Column, Table

COUNTY = Column("county_code", TEXT, "区县代码", "county code", required=True, pattern=r"\d{6}")
SCHOOL = Column("school_id", TEXT, "学校标识码", "school code", required=True, pattern=r"\d{10}", is_identity=True)

ASSET_CARDS = Table(
    "asset_cards", "资产卡片", "asset cards",
    (
        COUNTY,
        Column("holder_code", TEXT, "单位代码", "social credit code or budget unit code of the holder", required=True, pattern=r"[0-9A-Z]{6,18}", is_identity=True),
        Column("holder_name", TEXT, "单位名称", "name of the holder"),
        Column("card_id", TEXT, "卡片编号", "card number", required=True),
        Column("class_code", TEXT, "固定资产分类代码", "class of GB/T 14885, 2010 or 2022", required=True, pattern=r"\d{7}|A\d{2,8}"),
        Column("class_name", TEXT, "资产分类名称", "name of the class"),
        Column("asset_name", TEXT, "资产名称", "name of the asset"),
        Column("quantity", WHOLE, "数量", "pieces on the card"),
        Column("original_value_yuan", YUAN, "价值", "book original value of the card, yuan", required=True),
        Column("use_direction", TEXT, "使用方向", "teaching, administration, logistics; may be empty"),
        Column("use_status", TEXT, "使用状况", "in use, let, lent, idle, to be scrapped", required=True),
        Column("entered_on", DATE, "入账日期", "day of entry"),
    ),
    key=("holder_code", "card_id"),
    scope=("holder_code",),
)  # fmt: skip

BUILDINGS = Table(
    "buildings", "校舍场地台账", "building and grounds ledger",
    (
        COUNTY,
        SCHOOL,
        Column("building_id", TEXT, "台账编号", "number in the ledger", required=True),
        Column("space_kind", TEXT, "用途类别", "what the space is for", required=True),
        Column("area_m2", METRES2, "面积（平方米）", "area, m2", required=True),
        Column("use_status", TEXT, "使用状况", "in use, let, lent, idle", required=True),
        Column("in_use_since", DATE, "投入使用日期", "first day of use"),
    ),
    key=("school_id", "building_id"),
    scope=("school_id",),
)  # fmt: skip

ROOMS = Table(
    "rooms", "教室清单", "room list",
    (
        COUNTY,
        SCHOOL,
        Column("room_id", TEXT, "房间编号", "room number", required=True),
        Column("room_kind", TEXT, "教室类别", "classroom, music, art, computer, laboratory ...", required=True),
        Column("area_m2", METRES2, "使用面积（平方米）", "area of the room, m2", required=True),
        Column("is_multimedia", TEXT, "是否网络多媒体教室", "networked multimedia room: 是/否", required=True),
        Column("use_status", TEXT, "使用状况", "in use, let, lent, idle", required=True),
    ),
    key=("school_id", "room_id"),
    scope=("school_id",),
)  # fmt: skip

TABLES = (ASSET_CARDS, BUILDINGS, ROOMS)
