with students as (
    select * from {{ ref('int_student') }} where _faults = ''
),

classes as (
    select * from {{ ref('fct_class') }}
),

roll_schools as (
    select * from {{ ref('int_roll_school') }} where _faults = ''
),

run as (
    select large_class_from, oversize_class_from from {{ ref('int_run') }}
),

class_limits as (
    select stage, value from {{ ref('int_item_limit') }} where limit_id = 'class_most_students'
),

deliveries as (
    select * from {{ ref('int_landed_delivery') }} where source = 'student_status'
),

pulled_counties as (
    {{ pulled_counties('student_status', 'students', 'students') }}
),

grades as (
    select distinct meaning as stage from {{ ref('int_code_spelling') }} where list_id = 'grade'
),

known as (
    -- a school without students has none where its system says so, or a workbook that holds its students' sheet
    select roll_schools.county_code, roll_schools.school_id
    from roll_schools
    left join deliveries on roll_schools._delivery = deliveries.delivery_id
    where roll_schools.county_code in (select county_code from pulled_counties)
        or deliveries.digest in (select digest from deliveries where table_name = 'students')
    union
    select county_code, school_id from students
),

counted as (
    select
        classes.county_code,
        classes.school_id,
        classes.stage,
        sum(classes.students) as students,
        count(*) as classes,
        count(*) filter (
            where classes.students >= run.large_class_from and classes.students < run.oversize_class_from
        ) as classes_56_65,
        count(*) filter (where classes.students >= run.oversize_class_from) as classes_66_up,
        -- a stage without a limit has none above it
        count(*) filter (where classes.students > class_limits.value) as classes_over_size
    from classes
    cross join run
    left join class_limits on classes.stage = class_limits.stage
    group by all
)

select
    known.county_code,
    known.school_id,
    grades.stage,
    cast(coalesce(counted.students, 0) as bigint) as students,
    coalesce(counted.classes, 0) as classes,
    coalesce(counted.classes_56_65, 0) as classes_56_65,
    coalesce(counted.classes_66_up, 0) as classes_66_up,
    coalesce(counted.classes_over_size, 0) as classes_over_size
from known
cross join grades
left join counted
    on known.county_code = counted.county_code
    and known.school_id = counted.school_id
    and grades.stage = counted.stage
order by known.county_code, known.school_id, grades.stage
