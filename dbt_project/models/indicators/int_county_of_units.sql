{{ config(materialized='ephemeral') }}
-- What the school units of a county decide together: the coefficients of part 1, its school rule, and a ratio that another
-- part asks of every unit.
with balance as (
    select * from {{ ref('county_balance') }}
),

indicators as (
    select * from {{ ref('school_indicator') }}
),

units as (
    select county_code, school_id, stage from {{ ref('school_unit') }} where is_in_scope
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

bases as (
    -- one filed figure of one unit makes the county's a filed one
    select
        indicators.county_code,
        indicators.indicator_id,
        indicators.stage,
        bool_or(indicators.basis = 'declared') as is_filed
    from indicators
    join units
        on indicators.county_code = units.county_code
        and indicators.school_id = units.school_id
        and indicators.stage = units.stage
    group by all
),

bases_of_part as (
    select bases.county_code, bases.stage, bool_or(bases.is_filed) as is_filed
    from bases
    join rules on rules.part = 'resource' and bases.indicator_id = rules.indicator_id and bases.stage = rules.stage
    group by all
),

ratios_of_units as (
    select
        indicators.county_code,
        indicators.indicator_id,
        indicators.stage,
        case
            when bool_or(indicators.status in ('not_met', 'within_floor', 'below_floor')) then 'not_met'
            when bool_or(indicators.status = 'no_data') then 'no_data'
            else 'met'
        end as status,
        'school_units=' || count(*)
        || '; not_met=' || count(*) filter (where indicators.status in ('not_met', 'within_floor', 'below_floor'))
        || '; no_data=' || count(*) filter (where indicators.status = 'no_data') as detail
    from indicators
    join units
        on indicators.county_code = units.county_code
        and indicators.school_id = units.school_id
        and indicators.stage = units.stage
    join rules on rules.part <> 'resource' and indicators.indicator_id = rules.indicator_id and indicators.stage = rules.stage
    group by all
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
)

select
    balance.county_code,
    balance.indicator_id,
    '' as component,
    balance.stage,
    balance.cv as value,
    balance.status,
    case when bases.is_filed then 'declared' else 'records' end as basis,
    'school_units=' || balance.school_units as detail
from balance
left join bases
    on balance.county_code = bases.county_code
    and balance.indicator_id = bases.indicator_id
    and balance.stage = bases.stage
union all
select
    every_school.county_code,
    every_school.indicator_id,
    every_school.component,
    every_school.stage,
    every_school.value,
    every_school.status,
    case when stages.is_filed then 'declared' else 'records' end,
    every_school.detail
from every_school
left join bases_of_part as stages
    on every_school.county_code = stages.county_code and every_school.stage = stages.stage
union all
select
    ratios.county_code,
    ratios.indicator_id,
    '' as component,
    ratios.stage,
    cast(null as double) as value,
    ratios.status,
    case when bases.is_filed then 'declared' else 'records' end as basis,
    ratios.detail
from ratios_of_units as ratios
left join bases
    on ratios.county_code = bases.county_code
    and ratios.indicator_id = bases.indicator_id
    and ratios.stage = bases.stage
