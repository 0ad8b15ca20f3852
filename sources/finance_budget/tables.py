"""What the budget workbooks and the indicator list of the finance bureau deliver."""

from sources.declaration import DATE, TEXT, WHOLE, YUAN, Column, Table

COUNTY = Column("county_code", TEXT, "区县代码", "county code", required=True, pattern=r"\d{6}")
UNIT = Column("budget_unit_code", TEXT, "单位代码", "budget unit code", required=True, pattern=r"\d{6,12}", is_identity=True)
NAME = Column("unit_name", TEXT, "单位名称", "unit name")
YEAR = Column("fiscal_year", WHOLE, "预算年度", "fiscal year", required=True)

BUDGET_TABLE = Table(
    "budget_table", "一般公共预算支出表", "budget table: one row a unit, function and column",
    (
        COUNTY,
        UNIT,
        NAME,
        YEAR,
        Column("function_code", TEXT, "支出功能分类科目", "expenditure function", required=True, pattern=r"\d{3,7}"),
        Column("item", TEXT, "预算项目", "heading of the amount, levels joined by /", required=True),
        Column("amount_yuan", YUAN, "金额", "amount, yuan", required=True),
    ),
    key=("budget_unit_code", "fiscal_year", "function_code", "item"),
    scope=("budget_unit_code", "fiscal_year"),
)  # fmt: skip

BUDGET_LINES = Table(
    "budget_lines", "预算指标", "budget indicator list: one row a version of a line",
    (
        COUNTY,
        UNIT,
        NAME,
        YEAR,
        Column("line_id", TEXT, "原指标主键", "identity of the line; its rows are versions", required=True),
        Column("function_code", TEXT, "支出功能分类科目", "expenditure function", required=True, pattern=r"\d{3,7}"),
        Column("economic_code", TEXT, "部门支出经济分类科目", "economic class", required=True, pattern=r"\d{3,7}"),
        Column("fund_type", TEXT, "资金性质", "kind of money"),
        Column("document_number", TEXT, "本级指标文号", "number of the document"),
        Column("amount_yuan", YUAN, "指标金额", "amount, yuan; adjustments may be negative", required=True),
        Column("is_deleted", TEXT, "是否删除", "0 or 1", required=True, pattern="[01]"),
        Column("updated_on", DATE, "更新时间", "day of the version", required=True),
    ),
    key=("budget_unit_code", "fiscal_year", "line_id", "updated_on"),
    scope=("budget_unit_code", "fiscal_year"),
)  # fmt: skip

TABLES = (BUDGET_TABLE, BUDGET_LINES)
