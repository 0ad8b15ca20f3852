-- What is counted or filed for a whole county: one row a county, stage, measure and basis; value = amount / whole.
-- `unknown`: schools or persons of whom it is not known; `unheard`: schools of whose persons nothing is; `checked`: what
-- a count looked at. Records win: `is_used`.
with checks as (
    select * from {{ ref('int_school_check') }}
),

schools as (
    select * from {{ ref('int_school') }}
),

zone_units as (
    select * from {{ ref('int_zone_unit') }}
),

enrolment as (
    select county_code, school_id, sum(students) as students
    from {{ ref('fct_school_enrolment') }}
    group by all
),

budgets as (
    select * from {{ ref('fct_school_budget') }}
),

pay as (
    select * from {{ ref('fct_county_pay') }}
),

listed_children as (
    -- whether a place that no list knows is schooling is not known: null
    select county_code, child_key, is_schooled from {{ ref('int_placement') }}
    union all
    -- nor where a child is whose row the gate stopped
    select stopped.county_code, stopped.child_key, null
    from {{ ref('stg_special_education__placements') }} as stopped
    where stopped._fate = 'quarantined' and not stopped._is_replaced and stopped.child_key is not null
),

placements as (
    select county_code, child_key, bool_or(is_schooled) as is_schooled from listed_children group by all
),

violations as (
    select
        checks.county_code,
        checks.stage,
        checks.measure_id,
        coalesce(sum(checks.violations), 0) as amount,
        count(*) filter (where checks.violations is null) as unknown,
        sum(checks.checked) as checked,
        -- one filed figure among them makes the count a filed one
        min(checks.basis) filter (where checks.violations is not null and checks.checked > 0) as basis,
        min(checks.source) as source
    from checks
    group by all
),

special_schools as (
    select schools.county_code, schools.school_id, budgets.public_funds_yuan, enrolment.students
    from schools
    left join budgets on schools.county_code = budgets.county_code and schools.school_id = budgets.school_id
    left join enrolment on schools.county_code = enrolment.county_code and schools.school_id = enrolment.school_id
    where schools.school_type = 'special_school'
),

zones as (
    select
        counties.county_code,
        stages.stage,
        coalesce(sum(zone_units.zoned_students) filter (where zone_units.is_asked), 0) as zoned_students,
        coalesce(sum(zone_units.students) filter (where zone_units.is_asked), 0) as students,
        coalesce(
            sum(zone_units.students) filter (where zone_units.is_asked and zone_units.zoned_students is null), 0
        ) as students_without_zone,
        -- against whom their zone stands is not known either: no share of all can be taken
        count(*) filter (
            where zone_units.school_id is not null
            and (zone_units.is_asked is null or zone_units.students is null or zone_units.zoned_students is null)
        ) as unknown_units,
        count(*) filter (where zone_units.is_asked) as asked_units,
        min(zone_units.students_basis) filter (where zone_units.is_asked) as students_basis
    from (select distinct county_code from schools) as counties
    cross join (select distinct stage from {{ ref('school_type_stages') }}) as stages
    left join zone_units on counties.county_code = zone_units.county_code and stages.stage = zone_units.stage
    group by all
),

together as (
    select
        county_code, stage, measure_id, coalesce(basis, 'records') as basis,
        case when basis = 'declared' then basis else source end as source,
        amount, 1 as whole, unknown, 0 as unheard, checked, null as note, false as is_as_filed
    from violations
    union all
    select county_code, stage, measure_id, basis, source, amount, 1, unknown, unheard, null, null, false
    from {{ ref('int_county_teacher_count') }}
    {%- for measure, column, source in [
        ('special_school_public_funds_yuan', 'public_funds_yuan', 'finance_budget'),
        ('special_school_students', 'students', 'student_status'),
    ] %}
    union all
    select
        county_code, 'all', '{{ measure }}', 'records', '{{ source }}',
        sum({{ column }}), 1, count(*) filter (where {{ column }} is null), 0, null, null, false
    from special_schools
    group by all
    having count({{ column }}) > 0
    {%- endfor %}
    union all
    select
        county_code, stage, 'neighbourhood_students', 'declared', 'declared',
        zoned_students, 1, students_without_zone, unknown_units, asked_units, null, false
    from zones
    union all
    select
        county_code, stage, 'neighbourhood_base_students', coalesce(students_basis, 'records'),
        case when students_basis = 'declared' then 'declared' else 'student_status' end, students, 1, 0, 0, asked_units, null, false
    from zones
    union all
    -- a year's pay over the average monthly head count: total * months / person-months
    select
        county_code, 'all', 'teacher_average_pay_yuan', 'records', 'hr_payroll',
        case when months = months_of_year and person_months > 0 then gross_yuan * months_of_year end,
        greatest(person_months, 1), persons_of_unknown_schools + teachers_without_pay, months_of_year - months, null,
        'pay_year=' || pay_year || '; months=' || months || '; person_months=' || person_months
        || case when teachers_without_pay > 0 then '; without_pay=' || teachers_without_pay else '' end,
        false
    from pay
    {%- for measure, condition in [('disabled_children', 'true'), ('disabled_children_enrolled', 'is_schooled')] %}
    union all
    select
        county_code, 'all', '{{ measure }}', 'records', 'special_education',
        count(*) filter (where {{ condition }}), 1, count(*) filter (where ({{ condition }}) is null), 0, null, null, false
    from placements
    group by all
    {%- endfor %}
    union all
    select county_code, stage, measure_id, 'declared', 'declared', amount, 1, 0, unheard, checked, note, is_as_filed
    from {{ ref('int_county_filed') }}
),

single as (
    -- what the schools' forms add up to outranks the county's own form
    select *
    from together
    qualify row_number() over (
        partition by county_code, stage, measure_id, basis order by is_as_filed
    ) = 1
)

select
    county_code,
    stage,
    measure_id,
    basis,
    source,
    cast(amount as decimal(38, 16)) as amount,
    cast(whole as bigint) as whole,
    cast(unknown as bigint) as unknown,
    cast(unheard as bigint) as unheard,
    cast(checked as bigint) as checked,
    note,
    basis = max(basis) over (partition by county_code, stage, measure_id) as is_used
from single
order by county_code, stage, measure_id, basis
