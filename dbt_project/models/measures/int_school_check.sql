-- What must not be, school by school: one row a school, stage and count of violations. `checked`: how many
-- things were looked at; `violations` null: not known; `value` is held against `asked`; `source`:
-- the system whose records tell it. A school that a count leaves out has no row.
with schools as (
    select * from {{ ref('int_school_figure') }}
),

class_sizes as (
    select * from {{ ref('int_class_size_check') }}
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

baselines as (
    -- of the fiscal year; a kind of school with several stages is held to the highest
    select type_stages.school_type, max(baselines.yuan_per_student) as yuan_per_student
    from {{ ref('school_type_stages') }} as type_stages
    join {{ ref('funding_baselines') }} as baselines on type_stages.stage = baselines.stage
    join run on baselines.rule_set = run.rule_set
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

described as (
    select
        schools.*,
        coalesce(own_limits.value, size_limits.value) as most_students,
        baselines.yuan_per_student as baseline_yuan,
        coalesce(schools.students < single_limits.small_school_below_students, true) as may_be_small,
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
    left join limits as size_limits
        on size_limits.limit_id = 'school_most_students' and schools.school_type = size_limits.school_type
    left join {{ ref('int_school_limit') }} as own_limits
        on own_limits.limit_id = 'school_most_students'
        and schools.county_code = own_limits.county_code
        and schools.school_id = own_limits.school_id
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
        end as violations,
        {{ use }}_rooms as value,
        ceil(classes / classes_per_{{ use }}_room) as asked,
        '>=' as comparison,
        'rooms' as unit,
        case when 'declared' in (classes_basis, {{ use }}_rooms_basis) then 'declared' else 'records' end as basis,
        'asset_register' as source,
        'classes=' || classes as detail
    from described
    union all
    {%- endfor %}
    select
        county_code, school_id, school_type, ownership, 'all', 'schools_over_size', 1,
        cast(students > most_students as integer),
        students, most_students, '<=', 'persons', students_basis, 'student_status', null
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
        end,
        public_funds_yuan, small_school_funded_students * baseline_yuan, '>=', 'yuan',
        case when 'declared' in (students_basis, funds_basis) then 'declared' else 'records' end, 'finance_budget',
        'students=' || students
    from described
    union all
    select
        county_code, school_id, school_type, ownership, 'all', 'schools_short_of_training_funds', 1,
        -- nothing is no base for a share
        case
            when public_funds_yuan > 0
                then cast(teacher_training_yuan * 100 < training_funds_least_pct * public_funds_yuan as integer)
        end,
        teacher_training_yuan, training_funds_least_pct * public_funds_yuan / 100, '>=', 'yuan', funds_basis, 'finance_budget',
        'public_funds_yuan=' || {{ shortest('public_funds_yuan') }}
    from described
    union all
    select
        class_sizes.county_code, class_sizes.school_id, schools.school_type, schools.ownership, class_sizes.stage,
        'classes_over_size', class_sizes.classes, class_sizes.classes_over_size,
        class_sizes.classes_over_size, 0, '<=', 'classes', class_sizes.basis, 'student_status', null
    from class_sizes
    join schools on class_sizes.county_code = schools.county_code and class_sizes.school_id = schools.school_id
)

select
    checked.county_code,
    checked.school_id,
    checked.stage,
    checked.measure_id,
    cast(checked.checked as bigint) as checked,
    cast(checked.violations as bigint) as violations,
    cast(checked.value as double) as value,
    cast(checked.asked as double) as asked,
    checked.comparison,
    checked.unit,
    checked.basis,
    checked.source,
    checked.detail
from checked
anti join exclusions
    on checked.measure_id = exclusions.measure_id
    and (exclusions.school_type is null or exclusions.school_type = checked.school_type)
    and (exclusions.ownership is null or exclusions.ownership = checked.ownership)
order by checked.county_code, checked.school_id, checked.stage, checked.measure_id
