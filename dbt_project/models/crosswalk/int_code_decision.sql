-- Crosswalk decisions over time: one row a county, system, code and span of days. Proposals decide nothing;
-- two decisions for different schools on one day are none (`school_id` null).
with decisions as (
    select * from {{ ref('stg_registry__crosswalk') }}
    where _fate = 'current' and match_method <> 'proposal'
),

turns as (
    select
        county_code,
        source_system,
        source_code,
        unnest([coalesce(valid_from, date '0001-01-01'), valid_to + 1]) as from_day
    from decisions
),

spans as (
    select distinct county_code, source_system, source_code, from_day from turns where from_day is not null
),

bounded as (
    select
        *,
        lead(from_day, 1, date '9999-12-31') over (
            partition by county_code, source_system, source_code order by from_day
        ) as until_day
    from spans
)

select
    bounded.county_code,
    bounded.source_system,
    bounded.source_code,
    bounded.from_day,
    bounded.until_day,
    case when min(decisions.school_id) = max(decisions.school_id) then min(decisions.school_id) end as school_id
from bounded
join decisions
    on bounded.county_code = decisions.county_code
    and bounded.source_system = decisions.source_system
    and bounded.source_code = decisions.source_code
    and {{ holds_on('decisions', 'bounded.from_day') }}
group by all
