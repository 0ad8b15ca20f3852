-- What is counted for a whole county: one row a county, stage and measure. `unknown`: schools or persons of whom
-- it is not known; `unheard`: schools of whose persons nothing is; `checked`: what a count of violations looked at.
{%- set counts_of_teachers = {
    'compulsory_teachers': 'true',
    'teachers_with_training_hours': 'has_training_hours',
    'certified_teachers': 'is_certified',
    'rotation_eligible_teachers': 'is_eligible',
    'rotated_teachers': 'has_rotated',
    'rotated_backbone_teachers': 'has_rotated and is_backbone',
} %}
with checks as (
    select * from {{ ref('int_school_check') }}
),

teachers as (
    select * from {{ ref('int_teacher_check') }}
),

schools as (
    select * from {{ ref('int_school') }}
),

staffed as (
    select distinct county_code, school_id from {{ ref('fct_school_staffing') }}
),

enrolment as (
    select county_code, school_id, sum(students) as students
    from {{ ref('fct_school_enrolment') }}
    group by all
),

budgets as (
    select * from {{ ref('fct_school_budget') }}
),

violations as (
    select
        county_code,
        stage,
        measure_id,
        coalesce(sum(violations), 0) as amount,
        count(*) filter (where violations is null) as unknown,
        sum(checked) as checked
    from checks
    group by all
),

schools_without_staff as (
    -- schools that the personnel system does not speak of
    select schools.county_code, count(*) as schools
    from schools
    anti join staffed on schools.county_code = staffed.county_code and schools.school_id = staffed.school_id
    group by all
),

of_teachers as (
    {%- for measure, condition in counts_of_teachers.items() %}
    select
        county_code,
        '{{ measure }}' as measure_id,
        count(*) filter (where {{ condition }}) as amount,
        count(*) filter (where ({{ condition }}) is null) as unknown
    from teachers
    group by all
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
),

special_schools as (
    select schools.county_code, schools.school_id, budgets.public_funds_yuan, enrolment.students
    from schools
    left join budgets on schools.county_code = budgets.county_code and schools.school_id = budgets.school_id
    left join enrolment on schools.county_code = enrolment.county_code and schools.school_id = enrolment.school_id
    where schools.school_type = 'special_school'
),

together as (
    select county_code, stage, measure_id, amount, unknown, 0 as unheard, checked from violations
    union all
    select
        of_teachers.county_code,
        'all',
        of_teachers.measure_id,
        of_teachers.amount,
        of_teachers.unknown,
        coalesce(schools_without_staff.schools, 0),
        null
    from of_teachers
    left join schools_without_staff on of_teachers.county_code = schools_without_staff.county_code
    {%- for measure, column in [
        ('special_school_public_funds_yuan', 'public_funds_yuan'), ('special_school_students', 'students')
    ] %}
    union all
    select county_code, 'all', '{{ measure }}', sum({{ column }}), count(*) filter (where {{ column }} is null), 0, null
    from special_schools
    group by all
    {%- endfor %}
)

select
    county_code,
    stage,
    measure_id,
    cast(amount as decimal(18, 2)) as amount,
    cast(unknown as bigint) as unknown,
    cast(unheard as bigint) as unheard,
    cast(checked as bigint) as checked
from together
order by county_code, stage, measure_id
