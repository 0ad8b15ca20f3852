-- School units: a school in one stage. One row a county, school and stage of compulsory education.
with schools as (
    select * from {{ ref('int_school') }}
),

type_stages as (
    select * from {{ ref('school_type_stages') }}
),

stages as (
    select distinct stage from type_stages
),

stages_in_rows as (
    select county_code, school_id, stage, true as has_value
    from {{ ref('fct_school_enrolment') }}
    where students > 0
    union
    select county_code, school_id, stage, true
    from {{ ref('fct_school_staffing') }}
    where full_time_teachers > 0
    union
    select county_code, school_id, stage, bool_or(value is not null)
    from {{ ref('fct_school_declared') }}
    group by all
),

found as (
    select schools.county_code, schools.school_id, stages_in_rows.stage
    from schools
    join stages_in_rows
        on schools.county_code = stages_in_rows.county_code and schools.school_id = stages_in_rows.school_id
    join stages on stages_in_rows.stage = stages.stage
    -- an empty figure tells of a stage only where no register tells
    where stages_in_rows.has_value or not schools.is_registered
),

usual as (
    select schools.county_code, schools.school_id, type_stages.stage
    from schools
    join type_stages on schools.school_type = type_stages.school_type
    where schools.is_registered and type_stages.is_always
),

told as (
    select * from found
    union
    select * from usual
),

possible as (
    -- nothing tells a stage, not even a senior one: all that the kind of school may have
    select schools.county_code, schools.school_id, type_stages.stage
    from schools
    join type_stages on schools.school_type = type_stages.school_type
    anti join told on schools.county_code = told.county_code and schools.school_id = told.school_id
    anti join stages_in_rows
        on schools.county_code = stages_in_rows.county_code
        and schools.school_id = stages_in_rows.school_id
        and stages_in_rows.stage <> 'whole'
),

units as (
    select * from told
    union
    select * from possible
)

select units.county_code, units.school_id, units.stage, schools.school_type
from units
join schools on units.county_code = schools.county_code and units.school_id = schools.school_id
order by units.county_code, units.school_id, units.stage
