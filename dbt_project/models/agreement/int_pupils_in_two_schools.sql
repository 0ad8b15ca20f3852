{{ config(materialized='ephemeral') }}
-- Pupils on the roll of two schools at once (a transfer in flight: out not yet confirmed, in already active): how many
-- of each school, whichever of the two it is. Both rolls count them. One row a county and school with a roll.
with students as (
    select distinct county_code, school_id, student_key
    from {{ ref('int_student') }}
    where _faults = '' and roll_status = 'on_roll'
),

schools as (
    select distinct county_code, school_id from {{ ref('fct_school_enrolment') }}
),

twice as (
    select county_code, student_key from students group by all having count(*) > 1
)

select
    schools.county_code,
    schools.school_id,
    count(twice.student_key) as students
from schools
left join students on schools.county_code = students.county_code and schools.school_id = students.school_id
left join twice on students.county_code = twice.county_code and students.student_key = twice.student_key
group by all
