-- What is asked for, for every rule set of the seeds; rules that are switched off stand here alone.
with indicators as (
    select * from {{ ref('indicators') }}
),

thresholds as (
    select * from {{ ref('indicator_thresholds') }}
),

rule_sets as (
    select * from {{ ref('rule_sets') }}
),

run as (
    select as_of_date from {{ ref('int_run') }}
),

days as (
    select
        rule_sets.rule_set,
        greatest(run.as_of_date, coalesce(rule_sets.valid_from, run.as_of_date)) as day
    from rule_sets
    cross join run
)

select
    indicators.indicator_id as id,
    indicators.rule_set,
    thresholds.stage,
    indicators.part,
    indicators.number,
    indicators.kind,
    indicators.level,
    indicators.name_zh,
    indicators.name_en,
    indicators.unit_zh,
    indicators.unit,
    indicators.formula_zh,
    indicators.formula,
    indicators.numerator_measure,
    indicators.denominator_measure,
    indicators.per,
    indicators.comparison,
    cast(thresholds.threshold as double) as threshold,
    cast(cast(thresholds.threshold * thresholds.floor_ratio as decimal(18, 6)) as double) as floor,
    cast(thresholds.cv_limit as double) as cv_limit,
    indicators.document,
    thresholds.source,
    thresholds.confidence,
    indicators.wording_confidence,
    indicators.is_on,
    coalesce(thresholds.valid_from, indicators.valid_from) as valid_from,
    coalesce(thresholds.valid_to, indicators.valid_to) as valid_to
from indicators
join days on indicators.rule_set = days.rule_set
join thresholds on indicators.rule_set = thresholds.rule_set and indicators.indicator_id = thresholds.indicator_id
where {{ holds_on('indicators', 'days.day') }} and {{ holds_on('thresholds', 'days.day') }}
order by indicators.indicator_id, indicators.rule_set, thresholds.stage
