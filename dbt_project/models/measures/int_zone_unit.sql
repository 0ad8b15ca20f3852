-- Units that are asked for enrolment by zone: public schools without boarding in urban and town areas. One row a county,
-- school and stage that is asked, or of which it is not known (`is_asked` null). Students of the zone stand against the
-- students of the day that they were filed for; `zoned_students` null: not known, and `students` are today's then.
with units as (
    select * from {{ ref('int_unit') }}
),

schools as (
    select * from {{ ref('int_school') }}
),

measures as (
    select * from {{ ref('int_unit_measure') }} where is_used
),

filings as (
    select * from {{ ref('int_zone_filing') }}
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
        cast(zoned.amount as bigint) as zoned_students,
        filings.students as students_of_filing,
        filings.students_basis as basis_of_filing
    from units
    join schools on units.county_code = schools.county_code and units.school_id = schools.school_id
    {%- for alias, measure in [('students', 'students'), ('zoned', 'zoned_students')] %}
    left join measures as {{ alias }}
        on {{ alias }}.measure_id = '{{ measure }}'
        and units.county_code = {{ alias }}.county_code
        and units.school_id = {{ alias }}.school_id
        and units.stage = {{ alias }}.stage
    {%- endfor %}
    left join filings
        on units.county_code = filings.county_code
        and units.school_id = filings.school_id
        and units.stage = filings.stage
),

judged as (
    -- more children of the zone than children at school is no figure of this school
    select *, zoned_students is not null and coalesce(zoned_students <= students_of_filing, false) as is_known
    from described
    where coalesce(is_asked, true) and coalesce(students > 0, true)
)

select
    county_code,
    school_id,
    stage,
    is_asked,
    case when is_known then students_of_filing else students end as students,
    case when is_known then basis_of_filing else students_basis end as students_basis,
    case when is_known then zoned_students end as zoned_students
from judged
order by county_code, school_id, stage
