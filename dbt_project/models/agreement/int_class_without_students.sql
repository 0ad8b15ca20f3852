{{ config(materialized='ephemeral') }}
-- Classes that a school's class list names and no row of its roll does, whatever the status: the export of the roll
-- misses a class, or the list keeps one too many. One row a county and school with both, of one day.
with classes as (
    select * from {{ ref('stg_student_status__classes') }} where _fate = 'current'
),

students as (
    select county_code, delivered_school_id, school_id, class_id, _as_of_date from {{ ref('int_student') }}
),

rolls as (
    -- what a code means is the roll's affair: its school is where its pupils count
    select county_code, delivered_school_id, max(school_id) as school_id, max(_as_of_date) as as_of_date
    from students
    group by all
),

named as (
    select distinct county_code, delivered_school_id, class_id from students
)

select
    rolls.county_code,
    rolls.school_id,
    count(*) filter (where named.class_id is null) as classes
from rolls
join classes
    on rolls.county_code = classes.county_code
    and rolls.delivered_school_id = classes.school_id
    and rolls.as_of_date = classes._as_of_date
left join named
    on classes.county_code = named.county_code
    and classes.school_id = named.delivered_school_id
    and classes.class_id = named.class_id
where rolls.school_id is not null
group by all
