{{ config(materialized='ephemeral') }}
-- Full-time teachers who also stand, present and teaching, in another school than the one that they count in: how
-- many of each school, whichever of the two it is. One row a county and school of the personnel system.
with teachers as (
    select * from {{ ref('fct_full_time_teacher') }}
),

staff as (
    select * from {{ ref('int_staff') }}
    where _faults = '' and person_status = 'present' and teaching_status = 'teaching'
),

schools as (
    select * from {{ ref('int_school') }}
),

staffed as (
    select distinct county_code, school_id from {{ ref('fct_school_staffing') }}
),

elsewhere as (
    select distinct teachers.county_code, teachers.person_key, teachers.school_id, staff.school_id as other_school_id
    from teachers
    join staff on teachers.county_code = staff.county_code and teachers.person_key = staff.person_key
    where teachers.school_id <> staff.school_id
),

either_school as (
    select county_code, school_id, person_key from elsewhere
    union
    select county_code, other_school_id, person_key from elsewhere
)

select
    schools.county_code,
    schools.school_id,
    count(either_school.person_key) as teachers
from schools
join staffed on schools.county_code = staffed.county_code and schools.school_id = staffed.school_id
left join either_school
    on schools.county_code = either_school.county_code and schools.school_id = either_school.school_id
group by all
