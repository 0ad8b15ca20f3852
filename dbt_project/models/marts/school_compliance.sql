-- The school rule: at least six of seven met, the other not below its floor. A missing value never fails a
-- unit, and does not hide a failure that is already certain.
with units as (
    select * from {{ ref('school_unit') }}
),

indicators as (
    select * from {{ ref('school_indicator') }}
),

rules as (
    select * from {{ ref('int_rule') }} where level = 'school' and part = 'resource'
),

run as (
    select as_of_date, rule_set, school_rule_least_met from {{ ref('int_run') }}
),

counted as (
    select
        indicators.county_code,
        indicators.school_id,
        indicators.stage,
        count(*) as indicators,
        count(*) filter (where indicators.status = 'met') as indicators_met,
        count(*) filter (where indicators.status = 'within_floor') as indicators_within_floor,
        count(*) filter (where indicators.status in ('below_floor', 'not_met')) as indicators_below_floor,
        count(*) filter (where indicators.status in ('no_data', 'needs_evidence')) as indicators_no_data,
        list_sort(
            list(indicators.indicator_id || ':' || indicators.status)
            filter (where indicators.status not in ('met', 'not_applicable'))
        ) as reasons
    from indicators
    join rules on indicators.indicator_id = rules.indicator_id and indicators.stage = rules.stage
    group by all
),

judged as (
    select
        units.county_code,
        units.school_id,
        units.stage,
        units.is_in_scope,
        counted.* exclude (county_code, school_id, stage),
        -- what may be missed, and what is missed for certain
        counted.indicators - run.school_rule_least_met as may_miss,
        counted.indicators_within_floor + counted.indicators_below_floor as missed
    from units
    cross join run
    left join counted
        on units.county_code = counted.county_code
        and units.school_id = counted.school_id
        and units.stage = counted.stage
)

select
    run.as_of_date,
    run.rule_set,
    judged.county_code,
    judged.school_id,
    judged.stage,
    coalesce(judged.indicators_met, 0) as indicators_met,
    coalesce(judged.indicators_within_floor, 0) as indicators_within_floor,
    coalesce(judged.indicators_below_floor, 0) as indicators_below_floor,
    coalesce(judged.indicators_no_data, 0) as indicators_no_data,
    case
        when not judged.is_in_scope then 'out_of_scope'
        when judged.indicators_below_floor > 0 or judged.missed > judged.may_miss then 'fail'
        when judged.indicators_no_data > 0 or judged.indicators is null then 'undecided'
        else 'pass'
    end as verdict,
    coalesce(judged.reasons, []) as reasons
from judged
cross join run
order by run.rule_set, judged.county_code, judged.school_id, judged.stage
