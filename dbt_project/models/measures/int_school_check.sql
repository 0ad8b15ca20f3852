-- What must not be, school by school: one row a school, stage and count of violations. `checked`: how many
-- things were looked at; `violations` null: not known. A school that a count leaves out has no row.
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

limits as (
    select * from {{ ref('int_item_limit') }}
),

run as (
    select * from {{ ref('int_run') }}
),

exclusions as (
    select exclusions.*
    from {{ ref('check_exclusions') }} as exclusions
    join run on exclusions.rule_set = run.rule_set
    where {{ holds_on('exclusions', 'run.rule_date') }}
),

small_kinds as (
    select kinds.*
    from {{ ref('small_school_kinds') }} as kinds
    join run on kinds.rule_set = run.rule_set
    where {{ holds_on('kinds', 'run.rule_date') }}
),

type_stages as (
    select * from {{ ref('school_type_stages') }}
),

baselines as (
    -- of the fiscal year; a kind of school with several stages is held to the highest
    select type_stages.school_type, max(baselines.yuan_per_student) as yuan_per_student
    from type_stages
    join {{ ref('funding_baselines') }} as baselines on type_stages.stage = baselines.stage
    cross join run
    where {{ holds_on('baselines', 'make_date(run.fiscal_year, 1, 1)') }}
    group by all
),

single_limits as (
    select
        {%- for limit in [
            'classes_per_music_room', 'classes_per_art_room', 'small_school_below_students',
            'small_school_funded_students', 'training_funds_least_pct'
        ] %}
        max(value) filter (where limit_id = '{{ limit }}') as {{ limit }}{{ ',' if not loop.last }}
        {%- endfor %}
    from limits
),

rolls as (
    -- the compulsory part of a school
    select county_code, school_id, cast(sum(students) as bigint) as students, cast(sum(classes) as bigint) as classes
    from enrolment
    where stage in (select stage from type_stages)
    group by all
),

described as (
    select
        schools.county_code,
        schools.school_id,
        schools.school_type,
        schools.ownership,
        rolls.students,
        rolls.classes,
        facilities.music_rooms,
        facilities.art_rooms,
        budgets.public_funds_yuan,
        budgets.teacher_training_yuan,
        size_limits.value as most_students,
        baselines.yuan_per_student as baseline_yuan,
        coalesce(rolls.students < single_limits.small_school_below_students, true) as may_be_small,
        exists (
            select 1 from small_kinds
            where small_kinds.school_type = schools.school_type
                and coalesce(small_kinds.urban_rural = schools.urban_rural, small_kinds.urban_rural is null)
        ) as is_small_kind,
        exists (
            -- where the kind or the place is not known it may be one
            select 1 from small_kinds
            where coalesce(small_kinds.school_type = schools.school_type, true)
                and coalesce(small_kinds.urban_rural = schools.urban_rural, true)
        ) as may_be_small_kind,
        single_limits.*
    from schools
    cross join single_limits
    left join rolls on schools.county_code = rolls.county_code and schools.school_id = rolls.school_id
    left join facilities on schools.county_code = facilities.county_code and schools.school_id = facilities.school_id
    left join budgets on schools.county_code = budgets.county_code and schools.school_id = budgets.school_id
    left join limits as size_limits
        on size_limits.limit_id = 'school_most_students' and schools.school_type = size_limits.school_type
    left join baselines on schools.school_type = baselines.school_type
),

checked as (
    {%- for use in ['music', 'art'] %}
    select
        county_code, school_id, school_type, ownership, 'all' as stage,
        'schools_short_of_{{ use }}_rooms' as measure_id, 1 as checked,
        -- without a class nothing is asked for; one room for each dozen that has begun
        case
            when school_type is null then null
            when classes = 0 then 0
            else cast({{ use }}_rooms * classes_per_{{ use }}_room < classes as integer)
        end as violations
    from described
    union all
    {%- endfor %}
    select
        county_code, school_id, school_type, ownership, 'all', 'schools_over_size', 1,
        cast(students > most_students as integer)
    from described
    union all
    select
        county_code, school_id, school_type, ownership, 'all', 'small_schools_underfunded',
        cast(may_be_small_kind and may_be_small and coalesce(students > 0, true) as integer),
        case
            -- nobody to fund, not small, or surely of another kind
            when not may_be_small_kind or not may_be_small or students = 0 then 0
            when not is_small_kind or students is null then null
            else cast(public_funds_yuan < small_school_funded_students * baseline_yuan as integer)
        end
    from described
    union all
    select
        county_code, school_id, school_type, ownership, 'all', 'schools_short_of_training_funds', 1,
        -- nothing is no base for a share
        case
            when public_funds_yuan > 0
                then cast(teacher_training_yuan * 100 < training_funds_least_pct * public_funds_yuan as integer)
        end
    from described
    union all
    select
        units.county_code, units.school_id, units.school_type, schools.ownership, units.stage, 'classes_over_size',
        coalesce(enrolment.classes, 0), enrolment.classes_over_size
    from units
    join schools on units.county_code = schools.county_code and units.school_id = schools.school_id
    left join enrolment
        on units.county_code = enrolment.county_code
        and units.school_id = enrolment.school_id
        and units.stage = enrolment.stage
)

select
    checked.county_code,
    checked.school_id,
    checked.stage,
    checked.measure_id,
    cast(checked.checked as bigint) as checked,
    cast(checked.violations as bigint) as violations
from checked
anti join exclusions
    on checked.measure_id = exclusions.measure_id
    and (exclusions.school_type is null or exclusions.school_type = checked.school_type)
    and (exclusions.ownership is null or exclusions.ownership = checked.ownership)
order by checked.county_code, checked.school_id, checked.stage, checked.measure_id
