-- The rules of this run: one row an indicator, component and stage, with the thresholds that hold. A component
-- is judged in its own kind; an indicator without components in the indicator's.
with run as (
    select * from {{ ref('int_run') }}
),

indicators as (
    select * from {{ ref('indicators') }}
),

components as (
    select * from {{ ref('indicator_components') }}
),

thresholds as (
    select * from {{ ref('indicator_thresholds') }}
)

select
    indicators.rule_set,
    indicators.indicator_id,
    indicators.part,
    coalesce(components.kind, indicators.kind) as kind,
    indicators.level,
    coalesce(components.numerator_measure, indicators.numerator_measure) as numerator_measure,
    coalesce(components.denominator_measure, indicators.denominator_measure) as denominator_measure,
    coalesce(components.per, indicators.per) as per,
    coalesce(components.comparison, indicators.comparison) as comparison,
    coalesce(thresholds.component, '') as component,
    thresholds.stage,
    thresholds.threshold,
    thresholds.cv_limit,
    -- exact: a share of a threshold has as many decimals as both together
    cast(thresholds.threshold * thresholds.floor_ratio as decimal(18, 6)) as floor
from indicators
join run on indicators.rule_set = run.rule_set
join thresholds on indicators.rule_set = thresholds.rule_set and indicators.indicator_id = thresholds.indicator_id
left join components
    on thresholds.rule_set = components.rule_set
    and thresholds.indicator_id = components.indicator_id
    and thresholds.component = components.component
    and {{ holds_on('components', 'run.rule_date') }}
where indicators.is_on
    and {{ holds_on('indicators', 'run.rule_date') }}
    and {{ holds_on('thresholds', 'run.rule_date') }}
