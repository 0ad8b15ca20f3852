-- The precondition that the yearly monitor decides: one row a county. Both composites within their limits: met; one
-- above: not_met, whatever the other is; else no_data. The value is the composite furthest above its limit, or least below.
with composites as (
    select * from {{ ref('county_monitor') }} where indicator_id = 'composite'
),

rules as (
    select * from {{ ref('int_rule') }} where kind = 'monitored'
),

counties as (
    select * from {{ ref('int_county') }}
),

judged as (
    select
        county_code,
        case
            when bool_or(status = 'not_met') then 'not_met'
            when bool_and(status = 'met') then 'met'
            else 'no_data'
        end as status,
        arg_max(cv, cv - cv_limit) as cv,
        arg_max(cv_limit, cv - cv_limit) as cv_limit,
        string_agg(
            stage || '=' || coalesce(printf('%.6f', cv), 'no_data') || ' (<= ' || cast(cv_limit as varchar) || ')', '; '
            order by stage desc
        ) as detail,
        case
            when bool_and(basis = 'records') filter (where cv is not null) then 'records'
            else 'declared'
        end as basis
    from composites
    group by all
)

select
    counties.county_code,
    rules.indicator_id,
    rules.component,
    rules.stage,
    case when judged.status <> 'no_data' then judged.cv end as value,
    case when judged.status <> 'no_data' then judged.cv_limit end as threshold,
    rules.comparison,
    coalesce(judged.status, 'no_data') as status,
    judged.detail,
    case when judged.status <> 'no_data' then judged.basis else 'none' end as basis
from counties
cross join rules
left join judged on counties.county_code = judged.county_code
order by counties.county_code, rules.indicator_id, rules.component, rules.stage
