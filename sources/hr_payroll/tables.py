"""What personnel and payroll deliver, as a database or as sheets; persons stand under a keyed hash only.

Scopes of files: the list of staff goes by unit, because who left must vanish; what is told of a
person goes by person, so that a list of training and a list of degrees stand side by side whoever
sent them; pay goes by month, paying unit and kind, so that a year-end award adds to its month.
"""

from sources.declaration import DATE, HOURS, TEXT, WHOLE, YEAR_MONTH, YUAN, Column, Table

COUNTY = Column("county_code", TEXT, "区县代码", "county code", required=True, pattern=r"\d{6}")
PERSON = Column("person_key", TEXT, "人员", "keyed hash of the identity number", required=True, is_identity=True, is_personal_key=True)

UNITS = Table(
    "units", "单位", "employing units",
    (
        COUNTY,
        Column("unit_code", TEXT, "单位代码", "unit code: school code of the ministry", required=True, is_identity=True),
        Column("unit_name", TEXT, "单位名称", "unit name"),
        Column("budget_unit_code", TEXT, "预算单位代码", "budget unit code"),
    ),
    key=("unit_code",),
    scope=("unit_code",),
)  # fmt: skip

STAFF = Table(
    "staff", "教职工", "staff",
    (
        COUNTY,
        PERSON,
        Column("work_unit_code", TEXT, "工作单位", "where the person works and teaches", required=True, is_identity=True),
        Column("post_unit_code", TEXT, "编制单位", "which unit holds the post"),
        Column("staff_category", TEXT, "教职工类别", "teacher, administrator, support, worker, other"),
        Column("employment", TEXT, "用人形式", "on the books, contracted, substitute, part-time"),
        Column("person_status", TEXT, "人员状态", "at work, exchanged, on sick leave, seconded, retired", required=True),
        Column("status_since", DATE, "状态起始日期", "first day of that status"),
        Column("teaching_status", TEXT, "任教状况", "teaching or not"),
        Column("sex", TEXT, "性别", "sex"),
        Column("birth_month", YEAR_MONTH, "出生年月", "month of birth", pattern=r"\d{4}-\d{2}"),
        Column("teaching_since", YEAR_MONTH, "从教开始时间", "month of first teaching", pattern=r"\d{4}-\d{2}"),
        Column("joined_on", DATE, "进入本校日期", "first day at the school of work"),
    ),
    key=("person_key", "work_unit_code"),
    scope=("work_unit_code",),
)  # fmt: skip

POSTS = Table(
    "posts", "岗位聘任", "posts",
    (
        COUNTY,
        PERSON,
        Column("post_category", TEXT, "岗位类别", "kind of post", required=True),
        Column("post_grade", TEXT, "岗位等级", "grade of the post"),
        Column("professional_rank", TEXT, "聘任专业技术职务", "professional title held"),
        Column("started_on", DATE, "聘任开始日期", "first day", required=True),
        Column("ended_on", DATE, "聘任结束日期", "last day; empty while it lasts"),
    ),
    key=("person_key", "post_category", "started_on"),
    scope=("person_key",),
)  # fmt: skip

DEGREES = Table(
    "degrees", "学习经历", "degrees",
    (
        COUNTY,
        PERSON,
        Column("degree", TEXT, "学历", "degree of GB/T 4658: code, label or code-label", required=True),
        Column("graduated_month", YEAR_MONTH, "毕业年月", "month of completion", pattern=r"\d{4}-\d{2}"),
    ),
    key=("person_key", "degree", "graduated_month"),
    scope=("person_key",),
)  # fmt: skip

CERTIFICATES = Table(
    "certificates", "教师资格", "teaching certificates",
    (
        COUNTY,
        PERSON,
        Column("certificate_kind", TEXT, "资格证种类", "stage that the certificate is for", required=True),
        Column("subject", TEXT, "认证学科", "subject"),
        Column("issued_on", DATE, "证书颁发日期", "date of issue"),
    ),
    key=("person_key", "certificate_kind", "subject"),
    scope=("person_key",),
)  # fmt: skip

SUBJECTS_TAUGHT = Table(
    "subjects_taught", "任教课程", "subjects taught",
    (
        COUNTY,
        PERSON,
        Column("term", TEXT, "学期", "term: 2025-2026-1", required=True, pattern=r"\d{4}-\d{4}-[12]"),
        Column("stage", TEXT, "任教学段", "stage taught: 小学, 初中, 高中", required=True),
        Column("course", TEXT, "任教课程", "course", required=True),
        Column("weekly_hours", HOURS, "课时", "lessons a week", required=True),
    ),
    key=("person_key", "term", "stage", "course"),
    scope=("person_key",),
)  # fmt: skip

BACKBONE_TITLES = Table(
    "backbone_titles", "骨干教师认定", "backbone titles",
    (
        COUNTY,
        PERSON,
        Column("title", TEXT, "称号", "title", required=True),
        Column("level", TEXT, "级别", "national, provincial, city, county, school", required=True),
        Column("document_number", TEXT, "认定文号", "number of the decision", required=True),
        Column("awarded_on", DATE, "认定日期", "date of the decision", required=True),
        Column("valid_to", DATE, "有效期", "last day; empty is without end"),
    ),
    key=("person_key", "title", "level", "awarded_on"),
    scope=("person_key",),
)  # fmt: skip

TRAINING_HOURS = Table(
    "training_hours", "培训学时", "training hours",
    (
        COUNTY,
        PERSON,
        Column("training_year", WHOLE, "培训年度", "calendar year", required=True),
        Column("project", TEXT, "培训项目名称", "project", required=True),
        Column("hours", HOURS, "培训获得学时", "hours", required=True),
    ),
    key=("person_key", "training_year", "project"),
    scope=("person_key",),
)  # fmt: skip

ROTATIONS = Table(
    "rotations", "交流轮岗", "rotations",
    (
        COUNTY,
        PERSON,
        Column("rotation_kind", TEXT, "交流轮岗类型", "kind of rotation", required=True),
        Column("from_unit_code", TEXT, "原单位", "unit left", required=True),
        Column("to_unit_code", TEXT, "交流轮岗单位", "unit joined", required=True),
        Column("started_on", DATE, "开始日期", "first day", required=True),
        Column("ended_on", DATE, "结束日期", "last day; empty while it lasts"),
    ),
    key=("person_key", "started_on"),
    scope=("person_key",),
)  # fmt: skip

MONTHLY_PAY = Table(
    "monthly_pay", "月工资", "monthly pay",
    (
        COUNTY,
        PERSON,
        Column("pay_month", YEAR_MONTH, "月份", "month paid for", required=True, pattern=r"\d{4}-\d{2}"),
        Column("budget_unit_code", TEXT, "单位代码", "budget unit that pays", required=True),
        Column("pay_kind", TEXT, "发放类别", "year-end award (年终奖); empty is the month's pay"),
        Column("person_status", TEXT, "人员状况", "status on the pay roll"),
        Column("gross_yuan", YUAN, "应发工资", "gross pay, yuan", required=True),
    ),
    key=("person_key", "pay_month", "budget_unit_code", "pay_kind"),
    scope=("pay_month", "budget_unit_code", "pay_kind"),
)  # fmt: skip

TABLES = (
    UNITS, STAFF, POSTS, DEGREES, CERTIFICATES, SUBJECTS_TAUGHT,
    BACKBONE_TITLES, TRAINING_HOURS, ROTATIONS, MONTHLY_PAY,
)  # fmt: skip
