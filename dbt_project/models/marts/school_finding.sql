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

shares as (
    select * from {{ ref('int_share_finding') }}
),

evidence as (
    select * from {{ ref('int_evidence_check') }}
),

conclusions as (
    select * from {{ ref('fct_evidence_conclusion') }} where school_id <> ''
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

of_documents as (
    select county_code, school_id, stage, indicator_id, component, status, outcome, dated_on from evidence
    union all
    -- a school that a veto was looked for in
    select
        conclusions.county_code,
        conclusions.school_id,
        rules.stage,
        rules.indicator_id,
        rules.component,
        case conclusions.outcome when 'conform' then 'met' when 'not_conform' then 'not_met' else 'needs_evidence' end,
        conclusions.outcome,
        conclusions.dated_on
    from conclusions
    join rules on rules.kind = 'veto' and conclusions.subject = rules.indicator_id and conclusions.component = rules.component
),

of_counts as (
    select rules.indicator_id, rules.component, of_checks.* exclude (measure_id)
    from of_checks
    join rules
        on rules.kind = 'violations'
        and of_checks.measure_id = rules.numerator_measure
        and of_checks.stage = rules.stage
),

found as (
    select * from of_counts
    union all by name
    select *, 'school' as item_kind, '' as item from shares
    union all by name
    select
        * exclude (outcome, dated_on),
        'school' as item_kind,
        '' as item,
        'evidence' as comparison,
        'documents' as unit,
        'records' as basis,
        outcome || '=' || dated_on as detail
    from of_documents
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
        -- one conclusion that is lacking
        when found.comparison = 'evidence' then cast(found.status <> 'met' as double)
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
