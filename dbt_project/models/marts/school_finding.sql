-- What each school is found to be under the county's indicators, and which classes and rooms stand in the way. A class
-- or room has a row while it fails; its school has one as long as it is looked at.
with rules as (
    select * from {{ ref('int_rule') }} where part <> 'resource'
),

checks as (
    select * from {{ ref('int_school_check') }}
),

items as (
    select * from {{ ref('int_item_finding') }}
),

run as (
    select as_of_date, rule_set from {{ ref('int_run') }}
),

of_checks as (
    select
        checks.county_code,
        checks.school_id,
        checks.stage,
        checks.measure_id,
        'school' as item_kind,
        '' as item,
        case when checks.violations is null then 'no_data' when checks.violations > 0 then 'not_met' else 'met' end as status,
        checks.value,
        checks.asked,
        checks.comparison,
        checks.unit,
        checks.basis,
        checks.detail
    from checks
    -- what the rule does not speak of is not found to be anything
    where checks.checked > 0 or checks.violations is null
    union all
    select
        county_code, school_id, stage, measure_id, item_kind, item, 'not_met', value, asked, comparison, unit, 'records', detail
    from items
),

of_counts as (
    select rules.indicator_id, rules.component, of_checks.*
    from of_checks
    join rules
        on rules.kind = 'violations'
        and of_checks.measure_id = rules.numerator_measure
        and of_checks.stage = rules.stage
),

found as (
    select * exclude (measure_id) from of_counts
)

select
    run.as_of_date,
    run.rule_set,
    found.county_code,
    found.school_id,
    found.stage,
    found.indicator_id,
    found.component,
    found.item_kind,
    found.item,
    found.status,
    found.value,
    found.asked as threshold,
    found.comparison,
    case
        when found.status not in ('met', 'not_met') then null
        when found.comparison = '>=' then greatest(0, found.asked - found.value)
        when found.comparison = '<=' then greatest(0, found.value - found.asked)
    end as gap,
    found.unit,
    case when found.status in ('met', 'not_met') then found.basis else 'none' end as basis,
    coalesce(found.detail, '') as detail
from found
cross join run
order by
    run.rule_set, found.county_code, found.school_id, found.stage, found.indicator_id, found.component, found.item_kind, found.item
