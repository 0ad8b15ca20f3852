-- What the yearly monitor of basic balance asks in this run: one row a stage and indicator.
with run as (
    select rule_set, rule_date from {{ ref('int_run') }}
),

indicators as (
    select * from {{ ref('monitor_indicators') }}
),

limits as (
    select * from {{ ref('monitor_limits') }}
),

stages as (
    select distinct limits.rule_set, limits.stage
    from limits
    join run on limits.rule_set = run.rule_set
    where {{ holds_on('limits', 'run.rule_date') }}
)

select
    indicators.rule_set,
    stages.stage,
    indicators.indicator_id,
    indicators.number,
    indicators.name_zh,
    indicators.name_en,
    indicators.unit_zh,
    indicators.unit,
    indicators.numerator_measure,
    indicators.per
from indicators
join run on indicators.rule_set = run.rule_set
join stages on indicators.rule_set = stages.rule_set
where {{ holds_on('indicators', 'run.rule_date') }}
