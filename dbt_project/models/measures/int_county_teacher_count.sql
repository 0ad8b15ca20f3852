{{ config(materialized='ephemeral') }}
-- Teachers counted for a whole county, person by person or, where no record tells, as their schools file them. In a filed
-- count `unknown` are the teachers of units that do not file it, `unheard` the units that do not file their teachers.
{%- set counts_of_persons = {
    'compulsory_teachers': 'true',
    'teachers_with_training_hours': 'has_training_hours',
    'certified_teachers': 'is_certified',
    'rotation_eligible_teachers': 'is_eligible',
    'rotated_teachers': 'has_rotated',
    'rotated_backbone_teachers': 'has_rotated and is_backbone',
} %}
{%- set filed_counts = {
    'compulsory_teachers': 'full_time_teachers',
    'teachers_with_training_hours': 'teachers_with_training_hours',
    'certified_teachers': 'certified_teachers',
} %}
with teachers as (
    select * from {{ ref('int_teacher_check') }}
),

schools as (
    select * from {{ ref('int_school') }}
),

staffed as (
    select distinct county_code, school_id from {{ ref('fct_school_staffing') }}
),

units as (
    select * from {{ ref('int_unit') }}
),

filed as (
    select * from {{ ref('int_unit_measure') }} where basis = 'declared'
),

schools_without_staff as (
    -- schools that the personnel system does not speak of
    select schools.county_code, count(*) as schools
    from schools
    anti join staffed on schools.county_code = staffed.county_code and schools.school_id = staffed.school_id
    group by all
),

of_persons as (
    {%- for measure, condition in counts_of_persons.items() %}
    select
        county_code,
        '{{ measure }}' as measure_id,
        count(*) filter (where {{ condition }}) as amount,
        count(*) filter (where ({{ condition }}) is null) as unknown
    from teachers
    group by all
    -- of nobody known: the records are silent
    having count({{ condition }}) > 0
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
),

filed_units as (
    select
        units.county_code,
        units.school_id,
        units.stage,
        {%- for measure in filed_counts.values() %}
        cast(max(filed.amount) filter (where filed.measure_id = '{{ measure }}') as bigint) as {{ measure }}{{ ',' if not loop.last }}
        {%- endfor %}
    from units
    left join filed
        on units.county_code = filed.county_code
        and units.school_id = filed.school_id
        and units.stage = filed.stage
    group by all
),

of_filings as (
    {%- for measure, figure in filed_counts.items() %}
    select
        county_code,
        '{{ measure }}' as measure_id,
        -- more than there are teachers is no figure
        sum({{ figure }}) filter (where {{ figure }} <= full_time_teachers) as amount,
        coalesce(sum(full_time_teachers) filter (where coalesce({{ figure }} > full_time_teachers, true)), 0) as unknown,
        count(*) filter (where full_time_teachers is null) as unheard
    from filed_units
    group by all
    having count({{ figure }}) > 0
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
)

select
    of_persons.county_code,
    'all' as stage,
    of_persons.measure_id,
    'records' as basis,
    'hr_payroll' as source,
    of_persons.amount,
    of_persons.unknown,
    coalesce(schools_without_staff.schools, 0) as unheard
from of_persons
left join schools_without_staff on of_persons.county_code = schools_without_staff.county_code
union all
select county_code, 'all', measure_id, 'declared', 'declared', coalesce(amount, 0), unknown, unheard
from of_filings
