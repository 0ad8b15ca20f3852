-- Units that are asked for enrolment by zone: public schools without boarding in urban and town areas. One row a county,
-- school and stage that is asked, or of which it is not known (`is_asked` null); `zoned_students` null: not known.
with units as (
    select * from {{ ref('int_unit') }}
),

schools as (
    select * from {{ ref('int_school') }}
),

measures as (
    select * from {{ ref('int_unit_measure') }} where is_used
),

described as (
    select
        units.county_code,
        units.school_id,
        units.stage,
        schools.ownership = 'public'
        and not schools.is_boarding
        and schools.urban_rural in ('urban', 'town') as is_asked,
        cast(students.amount as bigint) as students,
        students.basis as students_basis,
        cast(zoned.amount as bigint) as filed_students
    from units
    join schools on units.county_code = schools.county_code and units.school_id = schools.school_id
    {%- for alias, measure in [('students', 'students'), ('zoned', 'zoned_students')] %}
    left join measures as {{ alias }}
        on {{ alias }}.measure_id = '{{ measure }}'
        and units.county_code = {{ alias }}.county_code
        and units.school_id = {{ alias }}.school_id
        and units.stage = {{ alias }}.stage
    {%- endfor %}
)

select
    county_code,
    school_id,
    stage,
    is_asked,
    students,
    students_basis,
    -- more children of the zone than children at school is no figure of this school
    case when filed_students <= students then filed_students end as zoned_students
from described
where coalesce(is_asked, true) and coalesce(students > 0, true)
order by county_code, school_id, stage
