{{ config(materialized='ephemeral') }}
-- Students against whom the filed students of the zone stand: those that the form counted them among, else those filed for
-- the same day, else the roll of that day.
-- One row a county, school and stage that filed its zone; `students` null: nobody knows that day's.
with zones as (
    select * from {{ ref('int_declared_measure') }}
    where _faults = '' and not is_outdated and measure_id = 'zoned_students' and value is not null
),

filed_students as (
    -- a figure that a later day has replaced is still what was filed for its own
    select * from {{ ref('stg_declared__measures') }}
    where _fate in ('current', 'superseded') and measure_id in ('zone_base_students', 'students')
),

students as (
    select * from {{ ref('stg_student_status__students') }} where _fate in ('current', 'superseded')
),

deliveries as (
    select * from {{ ref('int_landed_delivery') }}
),

filed_of_day as (
    select
        filed_students.county_code,
        filed_students.school_id,
        filed_students.stage,
        filed_students._as_of_date,
        filed_students.value as students
    from filed_students
    join deliveries on deliveries.source = 'declared' and filed_students._delivery = deliveries.delivery_id
    where filed_students.value >= 0 and filed_students.value = trunc(filed_students.value)
    qualify row_number() over (
        partition by filed_students.county_code, filed_students.school_id, filed_students.stage, filed_students._as_of_date
        order by
            filed_students.measure_id = 'zone_base_students' desc,
            deliveries.ordered_at desc nulls last,
            deliveries.digest desc nulls last
    ) = 1
),

filings as (
    -- of a school that took others over, the sum of what all of them filed
    select
        zones.county_code,
        zones.school_id,
        zones.stage,
        case when count(filed_of_day.students) = count(*) then sum(filed_of_day.students) end as filed_students,
        case when count(distinct zones._as_of_date) = 1 then min(zones._as_of_date) end as filed_for
    from zones
    left join filed_of_day
        on zones.county_code = filed_of_day.county_code
        and zones.filed_school_id = filed_of_day.school_id
        and zones.stage = filed_of_day.stage
        and zones._as_of_date = filed_of_day._as_of_date
    group by all
),

listed as (
    select
        students.county_code,
        students.school_id,
        students.grade,
        students.status,
        students._as_of_date,
        students._delivery,
        count(*) as students
    from students
    semi join zones on students.county_code = zones.county_code and students._as_of_date = zones._as_of_date
    group by all
),

placed as (
    select
        listed.*,
        grades.meaning as stage,
        statuses.meaning as roll_status,
        {{ resolved_school('school_id') }} as at_school_id
    from listed
    {{ join_school('school_id', 'student_status') }}
    {{ join_meaning('grades', 'grade', 'listed.grade') }}
    {{ join_meaning('statuses', 'roll_status', 'listed.status') }}
),

last_pulls as (
    select county_code, as_of_date, ordered_at, digest
    from deliveries
    where source = 'student_status' and table_name = 'students' and is_pull
    qualify row_number() over (
        partition by county_code, as_of_date order by ordered_at desc nulls last, digest desc nulls last
    ) = 1
),

last_lists as (
    -- of a day, the last list of each school that its county's last pull has not replaced
    select placed.*
    from placed
    join deliveries on deliveries.source = 'student_status' and placed._delivery = deliveries.delivery_id
    left join last_pulls
        on placed.county_code is not distinct from coalesce(last_pulls.county_code, placed.county_code)
        and placed._as_of_date = last_pulls.as_of_date
    where last_pulls.as_of_date is null or (deliveries.ordered_at, deliveries.digest) >= (last_pulls.ordered_at, last_pulls.digest)
    qualify dense_rank() over (
        partition by placed.county_code, placed.school_id, placed._as_of_date
        order by deliveries.ordered_at desc nulls last, deliveries.digest desc nulls last
    ) = 1
),

rolls as (
    select county_code, at_school_id as school_id, stage, _as_of_date, sum(students) as students
    from last_lists
    where roll_status = 'on_roll'
    group by all
)

select
    filings.county_code,
    filings.school_id,
    filings.stage,
    cast(coalesce(filings.filed_students, rolls.students) as bigint) as students,
    case when filings.filed_students is not null then 'declared' else 'records' end as students_basis
from filings
left join rolls
    on filings.county_code = rolls.county_code
    and filings.school_id = rolls.school_id
    and filings.stage = rolls.stage
    and filings.filed_for = rolls._as_of_date
