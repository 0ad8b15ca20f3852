-- What a rule of this run is called, where it stands, and in what unit its value is: one row an indicator and component.
with run as (
    select rule_set, rule_date from {{ ref('int_run') }}
),

rules as (
    select distinct indicator_id, component, kind, cv_limit is not null as has_coefficient from {{ ref('int_rule') }}
),

indicators as (
    select indicators.*
    from {{ ref('indicators') }} as indicators
    join run on indicators.rule_set = run.rule_set and {{ holds_on('indicators', 'run.rule_date') }}
),

components as (
    select components.*
    from {{ ref('indicator_components') }} as components
    join run on components.rule_set = run.rule_set and {{ holds_on('components', 'run.rule_date') }}
)

select
    rules.indicator_id,
    rules.component,
    rules.kind,
    rules.has_coefficient,
    concat_ws(' ', indicators.document, indicators.number) as clause,
    concat_ws(' ', indicators.number, coalesce(components.name_zh, indicators.name_zh)) as name_zh,
    concat_ws(' ', indicators.number, coalesce(components.name_en, indicators.name_en)) as name_en,
    coalesce(components.unit, indicators.unit) as unit,
    coalesce(components.comparison, indicators.comparison) as comparison
from rules
join indicators on rules.indicator_id = indicators.indicator_id
left join components on rules.indicator_id = components.indicator_id and rules.component = components.component
