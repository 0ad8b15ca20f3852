{{ config(materialized='ephemeral') }}
-- How many results of a part rest on source rows, and how many on figures that somebody filed: part 1 unit by unit and
-- indicator by indicator, the other parts one an indicator, component and stage. What has no data rests on neither.
-- One row a county and part.
with school_results as (
    select county_code, indicator_id, basis
    from {{ ref('school_indicator') }}
    where status <> 'not_applicable'
),

county_results as (
    -- the county's rows of part 1 rest on those of the units
    select county_code, indicator_id, component, basis
    from {{ ref('county_indicator') }}
    where status <> 'not_applicable'
        and indicator_id not in (select indicator_id from {{ ref('int_rule') }} where kind in ('ratio', 'school_rule'))
),

rules as (
    select distinct indicator_id, component, part from {{ ref('int_rule') }}
),

results as (
    select school_results.county_code, rules.part, school_results.basis
    from school_results
    join rules on school_results.indicator_id = rules.indicator_id
    union all
    select county_results.county_code, rules.part, county_results.basis
    from county_results
    join rules
        on county_results.indicator_id = rules.indicator_id and county_results.component = rules.component
)

select
    county_code,
    part,
    count(*) filter (where basis = 'records') as on_records,
    count(*) filter (where basis = 'declared') as on_declared
from results
group by all
