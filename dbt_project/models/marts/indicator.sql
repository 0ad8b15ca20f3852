-- What is asked for, for every rule set of the seeds; rules that are switched off stand here alone.
with indicators as (
    select * from {{ ref('indicators') }}
),

thresholds as (
    select * from {{ ref('indicator_thresholds') }}
),

components as (
    select * from {{ ref('indicator_components') }}
),

limits as (
    select * from {{ ref('item_limits') }}
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
),

asked as (
    -- one row an indicator and stage; what its components ask for differently stands in their list alone
    select
        indicators.rule_set,
        indicators.indicator_id,
        indicators.valid_from as indicator_from,
        thresholds.stage,
        {%- for column in ['threshold', 'floor_ratio', 'cv_limit', 'source', 'confidence', 'valid_from', 'valid_to'] %}
        case
            when count(distinct thresholds.{{ column }}) = 1 and count(thresholds.{{ column }}) = count(*)
                then min(thresholds.{{ column }})
        end as {{ column }},
        {%- endfor %}
        coalesce(
            list(
                concat_ws(' ', thresholds.component, components.comparison, cast(cast(thresholds.threshold as double) as varchar))
                order by thresholds.component
            ) filter (where thresholds.component is not null),
            []
        ) as components
    from indicators
    join days on indicators.rule_set = days.rule_set
    join thresholds on indicators.rule_set = thresholds.rule_set and indicators.indicator_id = thresholds.indicator_id
    left join components
        on thresholds.rule_set = components.rule_set
        and thresholds.indicator_id = components.indicator_id
        and thresholds.component = components.component
        and {{ holds_on('components', 'days.day') }}
    where {{ holds_on('indicators', 'days.day') }} and {{ holds_on('thresholds', 'days.day') }}
    group by all
),

kept as (
    select
        limits.rule_set,
        limits.indicator_id,
        limits.stage,
        list(
            concat_ws(
                ' ', limits.limit_id, limits.school_type, '=', cast(cast(limits.value as double) as varchar), limits.unit,
                'opened_until ' || limits.opened_until,
                'migrant_share_above ' || cast(cast(limits.migrant_share_above as double) as varchar)
            )
            order by limits.limit_id, limits.school_type, limits.opened_until, limits.migrant_share_above
        ) as limits
    from limits
    join days on limits.rule_set = days.rule_set
    where {{ holds_on('limits', 'days.day') }}
    group by all
)

select
    indicators.indicator_id as id,
    indicators.rule_set,
    asked.stage,
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
    cast(asked.threshold as double) as threshold,
    cast(cast(asked.threshold * asked.floor_ratio as decimal(18, 6)) as double) as floor,
    cast(asked.cv_limit as double) as cv_limit,
    indicators.document,
    coalesce(asked.source, indicators.source) as source,
    coalesce(asked.confidence, indicators.confidence) as confidence,
    indicators.wording_confidence,
    indicators.is_on,
    coalesce(asked.valid_from, indicators.valid_from) as valid_from,
    coalesce(asked.valid_to, indicators.valid_to) as valid_to,
    asked.components,
    coalesce(kept.limits, []) as limits
from asked
join indicators
    on asked.rule_set = indicators.rule_set
    and asked.indicator_id = indicators.indicator_id
    and asked.indicator_from is not distinct from indicators.valid_from
left join kept
    on asked.rule_set = kept.rule_set
    and asked.indicator_id = kept.indicator_id
    and coalesce(kept.stage, asked.stage) = asked.stage
order by indicators.indicator_id, indicators.rule_set, asked.stage
