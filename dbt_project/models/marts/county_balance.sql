-- The coefficients of variation of part 1 against their limits.
with coefficients as (
    select * from {{ ref('int_coefficient') }}
),

rules as (
    select * from {{ ref('int_rule') }} where cv_limit is not null and kind = 'ratio'
),

counties as (
    select * from {{ ref('int_county') }}
),

run as (
    select as_of_date, cv_tie_tolerance from {{ ref('int_run') }}
)

select
    run.as_of_date,
    rules.rule_set,
    counties.county_code,
    rules.stage,
    rules.indicator_id,
    coalesce(coefficients.school_units, 0) as school_units,
    coalesce(coefficients.students, 0) as students,
    coefficients.mean_ratio * rules.per as mean,
    coefficients.deviation * rules.per as standard_deviation,
    coefficients.cv,
    cast(rules.cv_limit as double) as cv_limit,
    case
        when coefficients.cv is null then 'no_data'
        when {{ stands("'<='", cv_distance('coefficients.cv', 'cast(rules.cv_limit as double)', 'run.cv_tie_tolerance')) }} then 'met'
        else 'not_met'
    end as status
from counties
cross join rules
cross join run
left join coefficients
    on counties.county_code = coefficients.county_code
    and rules.stage = coefficients.stage
    and rules.numerator_measure = coefficients.measure_id
order by rules.rule_set, counties.county_code, rules.stage, rules.indicator_id
