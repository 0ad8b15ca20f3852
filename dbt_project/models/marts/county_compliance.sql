-- Seven parts for every county. A part of which a rule set asks nothing is undecided: nothing was looked at.
with indicators as (
    select * from {{ ref('county_indicator') }}
),

counties as (
    select * from {{ ref('int_county') }}
),

parts as (
    select * from {{ ref('compliance_parts') }}
),

rules as (
    select indicator_id, component, part, bool_or(cv_limit is not null) as has_coefficient
    from {{ ref('int_rule') }}
    group by all
),

bases as (
    select * from {{ ref('int_county_basis') }}
),

run as (
    select as_of_date, rule_set from {{ ref('int_run') }}
),

tests as (
    -- a coefficient is a test of its stage; any other rule is one test over its components and stages, all of
    -- which must hold
    select
        indicators.county_code,
        rules.part,
        indicators.indicator_id,
        bool_or(indicators.status in ('not_met', 'below_floor', 'within_floor')) as is_failed,
        bool_or(indicators.status in ('no_data', 'needs_evidence')) as is_open
    from indicators
    join rules on indicators.indicator_id = rules.indicator_id and indicators.component = rules.component
    group by
        indicators.county_code,
        rules.part,
        indicators.indicator_id,
        case when rules.has_coefficient then indicators.stage end
),

counted as (
    select
        county_code,
        part,
        count(*) filter (where not is_failed and not is_open) as met,
        count(*) filter (where is_failed) as not_met,
        count(*) filter (where is_open and not is_failed) as undecided
    from tests
    group by all
),

reasons as (
    select
        indicators.county_code,
        rules.part,
        list_sort(list(distinct indicators.indicator_id || ':' || indicators.status)) as reasons
    from indicators
    join rules on indicators.indicator_id = rules.indicator_id and indicators.component = rules.component
    where indicators.status not in ('met', 'not_applicable')
    group by all
),

by_part as (
    select
        counties.county_code,
        parts.part,
        coalesce(counted.met, 0) as met,
        coalesce(counted.not_met, 0) as not_met,
        coalesce(counted.undecided, 0) as undecided,
        case when counted.part is null then 'undecided' else {{ combined_verdict('counted.not_met', 'counted.undecided') }} end
            as verdict,
        coalesce(reasons.reasons, []) as reasons
    from counties
    cross join parts
    left join counted on counties.county_code = counted.county_code and parts.part = counted.part
    left join reasons on counties.county_code = reasons.county_code and parts.part = reasons.part
),

with_all as (
    select county_code, part, met, not_met, undecided, verdict, reasons from by_part
    union all
    select
        county_code,
        'all',
        sum(met),
        sum(not_met),
        sum(undecided),
        -- all parts must hold: no score makes up for one that does not
        {{ combined_verdict("count(*) filter (where verdict = 'fail')", "count(*) filter (where verdict = 'undecided')") }},
        list_sort(list_distinct(flatten(list(reasons))))
    from by_part
    group by county_code
)

select
    run.as_of_date,
    run.rule_set,
    with_all.county_code,
    with_all.part,
    with_all.verdict,
    cast(with_all.met as bigint) as met,
    cast(with_all.not_met as bigint) as not_met,
    cast(with_all.undecided as bigint) as undecided,
    with_all.reasons,
    cast(coalesce(sum(bases.on_records), 0) as bigint) as results_on_records,
    cast(coalesce(sum(bases.on_declared), 0) as bigint) as results_on_declared
from with_all
cross join run
left join bases
    on with_all.county_code = bases.county_code and with_all.part in (bases.part, 'all')
group by all
order by run.rule_set, with_all.county_code, with_all.part
