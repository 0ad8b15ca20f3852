{{ config(materialized='ephemeral') }}
-- Classes of the roll by bands of size, above the limit of their stage and exactly at it. One row a county, school
-- with a roll, stage of compulsory education and count.
with classes as (
    select * from {{ ref('fct_class') }}
),

enrolment as (
    select * from {{ ref('fct_school_enrolment') }}
),

bands as (
    select bands.*
    from {{ ref('class_bands') }} as bands
    cross join {{ ref('int_run') }} as run
    where {{ holds_on('bands', 'run.as_of_date') }}
),

limits as (
    select stage, value from {{ ref('int_item_limit') }} where limit_id = 'class_most_students'
),

asked as (
    select limits.stage, bands.measure_id, bands.size_from, bands.size_to from limits cross join bands
    union all
    select stage, 'classes_over_limit', cast(floor(value) as bigint) + 1, null from limits
    union all
    select stage, 'classes_at_limit', cast(floor(value) as bigint), cast(floor(value) as bigint) from limits
)

select
    enrolment.county_code,
    enrolment.school_id,
    enrolment.stage,
    asked.measure_id,
    count(classes.class_id) as classes
from enrolment
join asked on enrolment.stage = asked.stage
left join classes
    on enrolment.county_code = classes.county_code
    and enrolment.school_id = classes.school_id
    and enrolment.stage = classes.stage
    and classes.students >= asked.size_from
    and coalesce(classes.students <= asked.size_to, true)
group by all
