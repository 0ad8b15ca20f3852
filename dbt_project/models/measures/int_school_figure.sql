{{ config(materialized='ephemeral') }}
-- What is known of a whole school for the county's counts: its compulsory students and classes, rooms, funds. What the
-- records do not tell, the school's form does (`..._basis`). One row a county and school.
{%- set filed_whole = [
    'music_rooms', 'art_rooms', 'public_funds_budget_yuan', 'training_funds_budget_yuan'
] %}
with schools as (
    select * from {{ ref('int_school') }}
),

units as (
    select * from {{ ref('int_unit') }}
),

enrolment as (
    select * from {{ ref('fct_school_enrolment') }}
),

facilities as (
    select * from {{ ref('fct_school_facilities') }}
),

budgets as (
    select * from {{ ref('fct_school_budget') }}
),

filed as (
    select * from {{ ref('fct_school_declared') }}
),

rolls as (
    select county_code, school_id, sum(students) as students, sum(classes) as classes
    from enrolment
    where stage in (select stage from {{ ref('school_type_stages') }})
    group by all
),

filed_rolls as (
    -- one stage that lacks a figure makes the school's missing
    select
        units.county_code,
        units.school_id,
        {%- for measure in ['students', 'classes'] %}
        case
            when count(filed.value) filter (where filed.measure_id = '{{ measure }}') = count(distinct units.stage)
                then sum(filed.value) filter (where filed.measure_id = '{{ measure }}')
        end as {{ measure }}{{ ',' if not loop.last }}
        {%- endfor %}
    from units
    left join filed
        on units.county_code = filed.county_code
        and units.school_id = filed.school_id
        and units.stage = filed.stage
    group by all
),

filed_schools as (
    -- filed for the whole school or for its only stage
    select
        county_code,
        school_id,
        {%- for measure in filed_whole %}
        case
            when count(*) filter (where measure_id = '{{ measure }}') = 1
                then max(value) filter (where measure_id = '{{ measure }}')
        end as {{ measure }}{{ ',' if not loop.last }}
        {%- endfor %}
    from filed
    group by all
)

select
    schools.*,
    cast(coalesce(rolls.students, filed_rolls.students) as bigint) as students,
    cast(coalesce(rolls.classes, filed_rolls.classes) as bigint) as classes,
    {%- for measure in ['students', 'classes'] %}
    case when rolls.{{ measure }} is null then 'declared' else 'records' end as {{ measure }}_basis,
    {%- endfor %}
    {%- for measure in ['music_rooms', 'art_rooms'] %}
    cast(coalesce(facilities.{{ measure }}, filed_schools.{{ measure }}) as bigint) as {{ measure }},
    case when facilities.{{ measure }} is null then 'declared' else 'records' end as {{ measure }}_basis,
    {%- endfor %}
    -- no budget of the county holds a private school
    case when schools.ownership = 'private' then 'declared' else 'records' end as funds_basis,
    cast(
        case when schools.ownership = 'private' then filed_schools.public_funds_budget_yuan else budgets.public_funds_yuan end
        as decimal(18, 2)
    ) as public_funds_yuan,
    cast(
        case
            when schools.ownership = 'private' then filed_schools.training_funds_budget_yuan
            else budgets.teacher_training_yuan
        end as decimal(18, 2)
    ) as teacher_training_yuan
from schools
left join rolls on schools.county_code = rolls.county_code and schools.school_id = rolls.school_id
left join filed_rolls on schools.county_code = filed_rolls.county_code and schools.school_id = filed_rolls.school_id
left join filed_schools
    on schools.county_code = filed_schools.county_code and schools.school_id = filed_schools.school_id
left join facilities on schools.county_code = facilities.county_code and schools.school_id = facilities.school_id
left join budgets on schools.county_code = budgets.county_code and schools.school_id = budgets.school_id
