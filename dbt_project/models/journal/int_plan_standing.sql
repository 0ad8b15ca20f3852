-- How what decides an item of the plan stands: one row an item and thing that decides it. `status`: met, not_met,
-- no_data or needs_evidence. A failure is known whatever else is missing; what nothing speaks of has no data.
with measures as (
    select * from {{ ref('int_plan_measure') }} where role = 'deciding'
),

units as (
    select * from {{ ref('school_indicator') }} where status <> 'not_applicable'
),

counties as (
    select * from {{ ref('county_indicator') }}
),

compliance as (
    select * from {{ ref('county_compliance') }}
),

words as (
    select * from {{ ref('int_rule_words') }}
),

said as (
    -- an indicator of schools stands as they all do; the coefficients are a rule of their own
    select county_code, indicator_id, '' as component, status from units
    union all
    select counties.county_code, counties.indicator_id, asked.component, counties.status
    from counties
    join words on counties.indicator_id = words.indicator_id and counties.component = words.component
    join (select distinct indicator_id, component from measures) as asked
        on counties.indicator_id = asked.indicator_id and asked.component in ('', counties.component)
    where not words.has_coefficient
    union all
    select counties.county_code, 'resource_cv_rule', '', counties.status
    from counties
    join words on counties.indicator_id = words.indicator_id and counties.component = words.component
    where words.has_coefficient
    union all
    select
        county_code,
        case part when 'all' then 'county_verdict' else part end,
        '',
        case verdict when 'pass' then 'met' when 'fail' then 'not_met' else 'no_data' end
    from compliance
    where part in ('all', 'preconditions')
),

standing as (
    select
        county_code,
        indicator_id,
        component,
        bool_or({{ outcome_of('status') }} = 'fails') as is_failed,
        bool_or(status = 'no_data') as is_unknown,
        bool_or(status = 'needs_evidence') as is_unproved
    from said
    group by all
),

conclusions as (
    select * from {{ ref('int_plan_conclusion') }}
)

select
    measures.county_code,
    measures.plan_id,
    measures.indicator_id,
    measures.component,
    case
        when measures.indicator_id = 'evidence' then coalesce(conclusions.status, 'needs_evidence')
        when standing.is_failed then 'not_met'
        when standing.is_unknown or standing.county_code is null then 'no_data'
        when standing.is_unproved then 'needs_evidence'
        else 'met'
    end as status
from measures
left join standing
    on measures.county_code = standing.county_code
    and measures.indicator_id = standing.indicator_id
    and measures.component = standing.component
left join conclusions on measures.county_code = conclusions.county_code and measures.plan_id = conclusions.plan_id
