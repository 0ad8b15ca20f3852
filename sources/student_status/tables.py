"""What the student-status system delivers, after names and numbers of persons are gone.

Files go by school: one school's sheet replaces that school's roll and no other.
"""

from sources.declaration import TEXT, YEAR_MONTH, Column, Table

COUNTY = Column("county_code", TEXT, "区县代码", "county code", required=True, pattern=r"\d{6}")
SCHOOL = Column("school_id", TEXT, "学校标识码", "school code", required=True, pattern=r"\d{10}", is_identity=True)

SCHOOLS = Table(
    "schools", "学校", "schools",
    (
        COUNTY,
        SCHOOL,
        Column("school_name", TEXT, "学校名称", "school name", required=True),
        Column("education_type", TEXT, "办学类型", "kind of school: code, label or code-label"),
        Column("is_boarding", TEXT, "寄宿制", "boarding school: 是/否"),
    ),
    key=("school_id",),
    scope=("school_id",),
)  # fmt: skip

CAMPUSES = Table(
    "campuses", "校区", "campuses",
    (
        COUNTY,
        SCHOOL,
        Column("campus_id", TEXT, "校区号", "campus number", required=True),
        Column("campus_name", TEXT, "校区名称", "campus name"),
    ),
    key=("school_id", "campus_id"),
    scope=("school_id",),
)  # fmt: skip

CLASSES = Table(
    "classes", "班级", "classes",
    (
        COUNTY,
        SCHOOL,
        Column("class_id", TEXT, "班号", "class number, unique in its school", required=True, is_loose_code=True),
        Column("class_name", TEXT, "班级名称", "class name"),
        Column("grade", TEXT, "年级", "grade as written", required=True),
        Column("is_teaching_point", TEXT, "教学点标志", "class of a teaching point: 是/否"),
    ),
    key=("school_id", "class_id"),
    scope=("school_id",),
)  # fmt: skip

STUDENTS = Table(
    "students", "学生", "students",
    (
        COUNTY,
        SCHOOL,
        Column("student_key", TEXT, "学籍号", "keyed hash of the student number", required=True, is_identity=True, is_personal_key=True),
        Column("class_id", TEXT, "班号", "class number", required=True, is_loose_code=True),
        Column("grade", TEXT, "年级", "grade as written", required=True),
        Column("status", TEXT, "学籍状态", "status on the roll: code, label or code-label", required=True),
        Column("enrolled_month", YEAR_MONTH, "入学年月", "month of entry", pattern=r"\d{4}-\d{2}"),
        Column("sex", TEXT, "性别", "sex: code or label"),
        Column("birth_month", YEAR_MONTH, "出生年月", "month of birth", pattern=r"\d{4}-\d{2}"),
        Column("attendance", TEXT, "就读方式", "day, boarding or taught at home: code or label"),
        Column("left_behind", TEXT, "是否留守儿童", "left-behind child: code or label"),
        Column("migrant_child", TEXT, "是否进城务工人员随迁子女", "migrant worker's child: code or label"),
        Column("household_division", TEXT, "户口所在地行政区划", "county of the household: six digits, empty where the roll writes none", is_division=True),
    ),
    key=("school_id", "student_key"),
    scope=("school_id",),
)  # fmt: skip

TABLES = (SCHOOLS, CAMPUSES, CLASSES, STUDENTS)
