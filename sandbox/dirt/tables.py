"""Where the rows of each delivered table lie in a made county.

Here: files, headings and stores by table, and by which cell a row says whose it is. Not
here: reading them (ground.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class FileTable:
    """`columns`: column to the beginning of its heading; the first must be filled in a row of data.
    `school`: the column that tells whose a row is, empty where none does."""

    source: str
    files: tuple[str, ...]
    columns: Mapping[str, str]
    school: str = ""
    sheet: str = ""


@dataclass(frozen=True)
class StoredTable:
    """`names`: column to the system's name, where they differ. `key`: columns of the landed key, `person` the hashed one."""

    key: tuple[str, ...]
    person: str = ""
    school: str = ""
    names: Mapping[str, str] | None = None


FILES = {
    "asset_register.asset_cards": FileTable(
        "asset_register", ("资产卡片_模拟数据_*.csv", "资产卡片_乡镇学校_模拟数据.xlsx"),
        {
            "card_id": "卡片编号", "holder_code": "单位代码", "holder_name": "单位名称", "class_code": "固定资产分类代码",
            "asset_name": "资产名称", "quantity": "数量", "use_direction": "使用方向", "use_status": "使用状况",
            "original_value_yuan": "价值", "entered_on": "入账日期",
        },
        school="holder_code",
    ),
    "asset_register.buildings": FileTable(
        "asset_register", ("校舍场地台账.xlsx",),
        {
            "building_id": "台账编号", "school_id": "学校标识码", "space_kind": "用途类别", "area_m2": "面积", "use_status": "使用状况",
            "in_use_since": "投入使用日期",
        },
        school="school_id",
    ),
    "asset_register.rooms": FileTable(
        "asset_register", ("教室清单.xlsx",),
        {
            "room_id": "房间编号", "school_id": "学校标识码", "room_kind": "教室类别", "area_m2": "使用面积",
            "is_multimedia": "是否网络多媒体教室", "use_status": "使用状况",
        },
        school="school_id",
    ),
    "finance_budget.budget_lines": FileTable(
        "finance_budget", ("预算指标_*.csv",),
        {
            "line_id": "原指标主键", "county_code": "财政区划代码", "fiscal_year": "预算年度", "budget_unit_code": "单位代码", "unit_name": "单位名称",
            "function_code": "支出功能分类科目", "economic_code": "部门支出经济分类科目", "amount_yuan": "指标金额", "is_deleted": "是否删除",
            "updated_on": "更新时间",
        },
        school="budget_unit_code",
    ),
    "declared.measures": FileTable(
        "declared", ("填报数据_模拟数据.csv",),
        {name: name for name in ("school_id", "stage", "measure_id", "value", "as_of_date", "school_name", "school_type", "township")},
        school="school_id",
    ),
    "declared.county_measures": FileTable(
        "declared", ("县级填报数据_模拟数据.csv",), {name: name for name in ("measure_id", "stage", "category", "value", "as_of_date")},
    ),
    "registry.schools": FileTable(
        "registry", ("学校名录.xlsx",),
        {
            "school_name": "学校名称", "school_id": "学校标识码", "education_type": "办学类型", "organizer": "举办者", "is_boarding": "寄宿制",
            "opened_on": "启用日期", "credit_code": "统一社会信用代码", "budget_unit_code": "预算单位代码", "division_code": "区划代码",
        },
        school="school_id",
    ),
    "evidence.items": FileTable(
        "evidence", ("佐证台账_2*01.xlsx",),
        {"subject_id": "指标或任务", "item_kind": "类别", "component": "分项", "school_id": "学校标识码", "dated_on": "日期", "conclusion": "结论",
         "file_digest": "文件摘要"},
    ),
    "evidence.inspections": FileTable(
        "evidence", ("督查走访记录_*.xlsx",),
        {"subject_id": "指标或任务", "inspection_kind": "类型", "held_on": "日期", "conclusion": "结论", "next_due_on": "下次日期"},
    ),
    "survey.answers": FileTable(
        "survey", ("社会认可度问卷_国家_*.csv", "社会认可度问卷_县_*.csv"),
        {"respondent_id": "答卷编号", "survey_id": "调查编号", "survey_kind": "调查类型", "answered_on": "答卷日期", "respondent_group": "受访者类别",
         "answer": "总体满意度"},
    ),
    "monitoring.results": FileTable(
        "monitoring", ("质量监测结果.xlsx",),
        {"subject": "学科", "monitoring_year": "年度", "grade": "年级", "achievement_level": "学业水平等级", "between_school_rate": "校际差异率"},
    ),
    "special_education.placements": FileTable(
        "special_education", ("安置名单_*_2.xlsx",),
        {"child_key": "身份证件号", "birth_month": "出生年月", "disability_kind": "残疾类型", "placement": "安置方式", "school_id": "学校标识码"},
    ),
}  # fmt: skip
# What lies in the inbox where the county has no systems.
EXPORTS = {
    "student_status.students": FileTable(
        "student_status", ("*/全县学生基础信息_*.csv",),
        {
            "student_key": "全国学籍号", "school_id": "学校标识码", "class_id": "班号", "grade": "年级", "status": "学籍状态", "enrolled_month": "入学年月",
            "sex": "性别", "birth_month": "出生日期", "attendance": "就读方式", "left_behind": "是否留守儿童",
            "migrant_child": "是否进城务工人员随迁子女", "household_division": "户口所在地行政区划",
        },
        school="school_id",
    ),
    "student_status.classes": FileTable(
        "student_status", ("*/学校与班级_*.xlsx",),
        {"class_id": "班号", "school_id": "学校标识码", "grade": "年级", "is_teaching_point": "教学点标志"}, school="school_id", sheet="班级",
    ),
    "hr_payroll.people": FileTable(
        "hr_payroll", ("教师信息_*.xlsx",), {"work_unit_code": "工作单位", "person_key": "身份证件号"}, school="work_unit_code", sheet="编制信息",
    ),
    "hr_payroll.personal": FileTable(
        "hr_payroll", ("教师信息_*.xlsx",), {"sex": "性别", "highest_degree": "最高学历", "person_key": "身份证件号"}, school="person_key", sheet="个人信息",
    ),
    "hr_payroll.degrees": FileTable(
        "hr_payroll", ("教师信息_*.xlsx",), {"degree": "学历", "person_key": "身份证件号", "graduated_month": "毕业年月"},
        school="person_key", sheet="学习经历",
    ),
    "hr_payroll.certificates": FileTable(
        "hr_payroll", ("教师信息_*.xlsx",),
        {"certificate_kind": "资格证种类", "person_key": "身份证件号", "subject": "认证学科", "issued_on": "证书颁发日期"}, school="person_key", sheet="教师资格",
    ),
    "hr_payroll.rotations": FileTable(
        "hr_payroll", ("教师信息_*.xlsx",),
        {"started_on": "开始年月", "person_key": "身份证件号", "rotation_kind": "交流轮岗类型", "ended_on": "结束年月"}, school="person_key", sheet="交流轮岗",
    ),
    "hr_payroll.monthly_pay": FileTable(
        "hr_payroll", ("工资/*月工资表.xlsx",), {"gross_yuan": "应发工资", "base_yuan": "岗位工资", "person_key": "身份证号", "person_status": "人员状况", "budget_unit_code": "单位代码"},
        school="person_key",
    ),
}  # fmt: skip

STORED = {
    "student_status.students": StoredTable(
        ("school_id", "student_key"), "student_key", "school_id",
        {"school_id": "学校标识码", "student_key": "全国学籍号", "class_id": "班号", "grade": "年级", "status": "学籍状态", "enrolled_month": "入学年月",
         "sex": "性别", "birth_month": "出生日期", "attendance": "就读方式", "left_behind": "是否留守儿童", "migrant_child": "是否进城务工人员随迁子女",
         "household_division": "户口所在地行政区划"},
    ),
    "student_status.classes": StoredTable(
        ("school_id", "class_id"), "", "school_id",
        {"school_id": "学校标识码", "class_id": "班号", "class_name": "班级名称", "grade": "年级", "is_teaching_point": "教学点标志"},
    ),
    "hr_payroll.staff": StoredTable(("person_key", "work_unit_code"), "person_key", "work_unit_code"),
    "hr_payroll.posts": StoredTable(("person_key", "post_category", "started_on"), "person_key"),
    "hr_payroll.degrees": StoredTable(("person_key", "degree", "graduated_month"), "person_key"),
    "hr_payroll.certificates": StoredTable(("person_key", "certificate_kind", "subject"), "person_key"),
    "hr_payroll.subjects_taught": StoredTable(("person_key", "term", "stage", "course"), "person_key"),
    "hr_payroll.backbone_titles": StoredTable(("person_key", "title", "level", "awarded_on"), "person_key"),
    "hr_payroll.training_hours": StoredTable(("person_key", "training_year", "project"), "person_key"),
    "hr_payroll.rotations": StoredTable(("person_key", "started_on"), "person_key"),
    "hr_payroll.monthly_pay": StoredTable(("person_key", "pay_month", "budget_unit_code", "pay_kind"), "person_key"),
}  # fmt: skip
