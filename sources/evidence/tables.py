"""What the evidence register, the list of inspections and visits, and the notes on the rectification ledger deliver.
Reviewers are offices, never persons."""

from sources.declaration import DATE, TEXT, Column, Table

COUNTY = Column("county_code", TEXT, "区县代码", "county code", required=True, pattern=r"\d{6}")
SCHOOL = Column("school_id", TEXT, "学校标识码", "school; empty speaks of the whole county", pattern=r"\d{10}", is_identity=True)

ITEMS = Table(
    "items", "佐证台账", "evidence register",
    (
        COUNTY,
        Column("item_kind", TEXT, "类别", "document, inspection, visit, veto finding", required=True),
        Column("subject_id", TEXT, "指标或任务", "id or number of an indicator, or id of a task of the plan", required=True),
        Column("component", TEXT, "分项", "component of the indicator"),
        SCHOOL,
        Column("document_title", TEXT, "文件名称", "title of the document", required=True),
        Column("document_number", TEXT, "文号", "number of the document"),
        Column("dated_on", DATE, "日期", "day of the document or finding", required=True),
        Column("file_digest", TEXT, "文件摘要", "SHA-256 of the file", pattern=r"[0-9a-fA-F]{64}"),
        Column("reviewing_office", TEXT, "审核单位", "office that reviewed it"),
        Column("conclusion", TEXT, "结论", "conform or not, a grade, present or absent; to be reviewed", required=True),
    ),
    key=("subject_id", "component", "school_id", "document_title", "dated_on"),
    scope=("subject_id", "component", "school_id"),
)  # fmt: skip

INSPECTIONS = Table(
    "inspections", "督查走访记录", "inspections and visits",
    (
        COUNTY,
        Column("inspection_kind", TEXT, "类型", "inspection, visit, report; regular or special", required=True),
        Column("subject_id", TEXT, "指标或任务", "id or number of an indicator, or id of a task or duty of the plan", required=True),
        SCHOOL,
        Column("held_on", DATE, "日期", "day of the inspection or visit", required=True),
        Column("finding", TEXT, "发现问题", "what was found; free text without names", is_free_text=True),
        Column("conclusion", TEXT, "结论", "conform or not; to be reviewed", required=True),
        Column("next_due_on", DATE, "下次日期", "when the next one is due"),
    ),
    key=("inspection_kind", "subject_id", "school_id", "held_on"),
    scope=("inspection_kind", "subject_id", "school_id"),
)  # fmt: skip

NOTES = Table(
    "notes", "整改台账备注", "notes on the rectification ledger",
    (
        COUNTY,
        Column("item_id", TEXT, "台账编号", "item of the rectification ledger", required=True, pattern="[a-p]{16}"),
        Column("noted_on", DATE, "日期", "day of the note", required=True),
        Column("noted_by", TEXT, "登记单位", "office that notes it"),
        Column("note", TEXT, "备注", "free text without names", required=True, is_free_text=True),
    ),
    key=("item_id", "noted_on", "note"),
    scope=("item_id", "noted_on", "note"),
)  # fmt: skip

TABLES = (ITEMS, INSPECTIONS, NOTES)
