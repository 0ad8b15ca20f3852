-- The yearly monitor of basic balance: the coefficients of the eight indicators and, stage by stage, their plain mean
-- against the limit of a county that means to apply for the title, or of any other. It shares the coefficients with
-- county_balance and nothing of its verdict.
with coefficients as (
    select * from {{ ref('int_coefficient') }}
),

rules as (
    select * from {{ ref('int_monitor_rule') }}
),

counties as (
    select * from {{ ref('int_county') }}
),

run as (
    select as_of_date, rule_set, rule_date, cv_tie_tolerance from {{ ref('int_run') }}
),

plans as (
    select plans.*
    from {{ ref('application_plans') }} as plans
    join run on plans.rule_set = run.rule_set
    where {{ holds_on('plans', 'run.rule_date') }}
),

limits as (
    select limits.*
    from {{ ref('monitor_limits') }} as limits
    join run on limits.rule_set = run.rule_set
    where {{ holds_on('limits', 'run.rule_date') }}
),

intentions as (
    -- a county's own row outranks the one for all
    select
        counties.county_code,
        coalesce(
            bool_or(plans.means_to_apply) filter (where plans.county_code is not null),
            bool_or(plans.means_to_apply),
            false
        ) as means_to_apply
    from counties
    left join plans on plans.county_code is null or plans.county_code = counties.county_code
    group by all
),

limits_of_counties as (
    -- while no stricter limit is in force, who means to apply is held to the ordinary one
    select intentions.county_code, limits.stage, max_by(limits.cv_limit, limits.means_to_apply) as cv_limit
    from intentions
    join limits on intentions.means_to_apply or not limits.means_to_apply
    group by all
),

of_indicators as (
    select
        counties.county_code,
        rules.stage,
        rules.indicator_id,
        rules.name_zh,
        rules.name_en,
        rules.unit_zh,
        rules.unit,
        coalesce(coefficients.school_units, 0) as school_units,
        coalesce(coefficients.students, 0) as students,
        coefficients.mean_ratio * rules.per as mean,
        coefficients.deviation * rules.per as standard_deviation,
        coefficients.cv,
        -- one coefficient has no limit in this rule
        case when coefficients.cv is null then 'no_data' else 'not_applicable' end as status,
        coalesce(coefficients.basis, 'none') as basis
    from counties
    cross join rules
    left join coefficients
        on counties.county_code = coefficients.county_code
        and rules.stage = coefficients.stage
        and rules.numerator_measure = coefficients.measure_id
),

composites as (
    -- the floating sum runs in the order of ids: the same bytes on any number of threads
    select
        county_code,
        stage,
        max(school_units) as school_units,
        max(students) as students,
        case when count(cv) = count(*) then fsum(cv order by indicator_id) / count(*) end as cv,
        case
            when count(cv) < count(*) then 'none'
            when count(*) filter (where basis <> 'records') = 0 then 'records'
            else 'declared'
        end as basis
    from of_indicators
    group by all
),

together as (
    select *, null as cv_limit from of_indicators
    union all by name
    select
        composites.*,
        'composite' as indicator_id,
        '综合差异系数' as name_zh,
        'Composite coefficient of variation' as name_en,
        '比值' as unit_zh,
        'ratio' as unit,
        limits_of_counties.cv_limit,
        case
            when composites.cv is null then 'no_data'
            -- closer to the limit than the tolerance is on it
            when composites.cv - cast(limits_of_counties.cv_limit as double) < run.cv_tie_tolerance then 'met'
            else 'not_met'
        end as status
    from composites
    cross join run
    join limits_of_counties
        on composites.county_code = limits_of_counties.county_code and composites.stage = limits_of_counties.stage
)

select
    run.as_of_date,
    run.rule_set,
    together.county_code,
    together.stage,
    together.indicator_id,
    together.name_zh,
    together.name_en,
    together.unit_zh,
    together.unit,
    together.school_units,
    together.students,
    together.mean,
    together.standard_deviation,
    together.cv,
    cast(together.cv_limit as double) as cv_limit,
    together.status,
    together.basis
from together
cross join run
order by run.rule_set, together.county_code, together.stage, together.indicator_id
