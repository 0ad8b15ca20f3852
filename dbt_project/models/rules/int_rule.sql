-- The rules of this run: one row an indicator and stage, with the thresholds that hold.
with run as (
    select * from {{ ref('int_run') }}
),

indicators as (
    select * from {{ ref('indicators') }}
),

thresholds as (
    select * from {{ ref('indicator_thresholds') }}
)

select
    indicators.rule_set,
    indicators.indicator_id,
    indicators.part,
    indicators.kind,
    indicators.level,
    indicators.numerator_measure,
    indicators.denominator_measure,
    indicators.per,
    indicators.comparison,
    coalesce(thresholds.component, '') as component,
    thresholds.stage,
    thresholds.threshold,
    thresholds.cv_limit,
    -- exact: a share of a threshold has as many decimals as both together
    cast(thresholds.threshold * thresholds.floor_ratio as decimal(18, 6)) as floor
from indicators
join run on indicators.rule_set = run.rule_set
join thresholds on indicators.rule_set = thresholds.rule_set and indicators.indicator_id = thresholds.indicator_id
where indicators.is_on
    and {{ holds_on('indicators', 'run.rule_date') }}
    and {{ holds_on('thresholds', 'run.rule_date') }}
