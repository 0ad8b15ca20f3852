with balance as (
    select * from {{ ref('county_balance') }}
),

compliance as (
    select * from {{ ref('school_compliance') }} where verdict <> 'out_of_scope'
),

counties as (
    select * from {{ ref('int_county') }}
),

rules as (
    select * from {{ ref('int_rule') }}
),

run as (
    select as_of_date, rule_set from {{ ref('int_run') }}
),

between_schools as (
    select
        balance.county_code,
        balance.indicator_id,
        '' as component,
        balance.stage,
        balance.cv as value,
        balance.cv_limit as threshold,
        '<=' as comparison,
        balance.status,
        'school_units=' || balance.school_units as detail
    from balance
),

schools as (
    select
        county_code,
        stage,
        count(*) as units,
        count(*) filter (where verdict = 'pass') as passed,
        count(*) filter (where verdict = 'fail') as failed,
        count(*) filter (where verdict = 'undecided') as undecided
    from compliance
    group by all
),

every_school as (
    select
        counties.county_code,
        rules.indicator_id,
        rules.component,
        rules.stage,
        cast(rules.per * schools.passed as double) / nullif(schools.units, 0) as value,
        cast(rules.threshold as double) as threshold,
        rules.comparison,
        case
            when schools.units is null then 'no_data'
            when schools.failed > 0 then 'not_met'
            when schools.undecided > 0 then 'no_data'
            when {{ stands('rules.comparison', 'rules.per * schools.passed - rules.threshold * schools.units') }} then 'met'
            else 'not_met'
        end as status,
        'school_units=' || coalesce(schools.units, 0) || '; pass=' || coalesce(schools.passed, 0)
        || '; fail=' || coalesce(schools.failed, 0) || '; undecided=' || coalesce(schools.undecided, 0) as detail
    from counties
    cross join rules
    left join schools on counties.county_code = schools.county_code and rules.stage = schools.stage
    where rules.kind = 'school_rule'
),

rows_of_counties as (
    select * from between_schools
    union all
    select * from every_school
)

select
    run.as_of_date,
    run.rule_set,
    rows_of_counties.*
from rows_of_counties
cross join run
order by run.rule_set, county_code, indicator_id, component, stage
