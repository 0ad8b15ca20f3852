-- What a rule said of each thing that it was asked of: one row a county, school, stage, indicator, component and
-- item. `outcome`: passes, fails, unknown. `gap`: what is missing, in `gap_unit`; null where it cannot be counted.
-- `said` names the words for it, `planned_as` what the plan calls the rule.
with units as (
    select * from {{ ref('school_indicator') }}
),

findings as (
    select * from {{ ref('school_finding') }}
),

counties as (
    select * from {{ ref('county_indicator') }}
),

rules as (
    select * from {{ ref('int_rule') }} where level = 'school' and kind = 'ratio'
),

words as (
    select * from {{ ref('int_rule_words') }}
),

measures as (
    select measures.*
    from {{ ref('measures') }} as measures
    join {{ ref('int_run') }} as run on {{ holds_on('measures', 'run.as_of_date') }}
),

county_measures as (
    select *, cast(amount as double) / whole as value from {{ ref('int_county_measure') }} where amount is not null
),

county_units as (
    select measure_id, unit from {{ ref('county_measures') }}
),

shares as (
    select * from {{ ref('int_rule') }} where kind in ('share', 'county_ratio')
),

compliance as (
    select * from {{ ref('school_compliance') }}
),

-- what a share or ratio of the county is short of, in people or yuan: on the basis that decided it
missing as (
    select
        shares.indicator_id,
        shares.component,
        shares.stage,
        counted.county_code,
        county_units.unit,
        greatest(0, (cast(shares.threshold as double) * base.value - shares.per * counted.value) / shares.per) as gap
    from shares
    join county_measures as counted
        on counted.is_used and shares.numerator_measure = counted.measure_id and shares.stage = counted.stage
    join county_units on counted.measure_id = county_units.measure_id
    join county_measures as base
        on shares.denominator_measure = base.measure_id
        and shares.stage = base.stage
        and counted.county_code = base.county_code
    qualify row_number() over (
        partition by shares.indicator_id, shares.component, shares.stage, counted.county_code
        order by base.basis is distinct from counted.basis, base.basis desc
    ) = 1
),

failing_units as (
    select county_code, stage, count(*) filter (where verdict = 'fail') as school_units from compliance group by all
),

of_units as (
    select
        units.rule_set,
        units.county_code,
        units.school_id,
        units.stage,
        units.indicator_id,
        '' as component,
        'school' as item_kind,
        '' as item,
        units.status,
        units.value as current_value,
        units.threshold as target,
        units.gap_to_threshold as gap,
        measures.unit as gap_unit,
        units.status as said,
        units.indicator_id as planned_as
    from units
    join rules on units.indicator_id = rules.indicator_id and units.stage = rules.stage
    left join measures on rules.numerator_measure = measures.measure_id
),

of_schools as (
    select
        findings.rule_set,
        findings.county_code,
        findings.school_id,
        findings.stage,
        findings.indicator_id,
        findings.component,
        findings.item_kind,
        findings.item,
        findings.status,
        findings.value as current_value,
        findings.threshold as target,
        -- a room that is not used lacks no area
        case when findings.detail = 'not_in_use' then nullif(findings.gap, 0) else findings.gap end as gap,
        findings.unit as gap_unit,
        case
            when words.kind = 'veto' then words.kind
            when findings.comparison = 'evidence' then 'evidence'
            when findings.detail = 'not_in_use' then findings.detail
            when findings.item_kind = 'school' then findings.status
            else findings.item_kind
        end as said,
        findings.indicator_id as planned_as
    from findings
    join words on findings.indicator_id = words.indicator_id and findings.component = words.component
),

of_counties as (
    select
        counties.rule_set,
        counties.county_code,
        '' as school_id,
        counties.stage,
        counties.indicator_id,
        counties.component,
        'county' as item_kind,
        '' as item,
        counties.status,
        counties.value as current_value,
        counties.threshold as target,
        case
            when words.kind in ('veto', 'precondition') then null
            -- a conclusion that is not there is one document; a count of schools is one for each
            when words.kind = 'evidence' then case when counties.status = 'not_met' then coalesce(counties.value, 1) end
            when words.kind = 'school_rule' and counties.value is not null then failing_units.school_units
            when missing.gap is not null then case when counties.status in ('met', 'not_met') then missing.gap end
            when counties.comparison in ('>=', '>') then greatest(0, counties.threshold - counties.value)
            else greatest(0, counties.value - counties.threshold)
        end as gap,
        case
            when words.kind in ('veto', 'precondition') then null
            when words.kind = 'evidence' then 'documents'
            when words.has_coefficient then 'ratio'
            when words.kind = 'school_rule' then 'school_units'
            else coalesce(missing.unit, words.unit)
        end as gap_unit,
        case
            when words.has_coefficient then 'coefficient'
            when words.kind in ('veto', 'evidence') then words.kind
            else counties.status
        end as said,
        case when words.has_coefficient then 'resource_cv_rule' else counties.indicator_id end as planned_as
    from counties
    join words on counties.indicator_id = words.indicator_id and counties.component = words.component
    left join missing
        on counties.county_code = missing.county_code
        and counties.indicator_id = missing.indicator_id
        and counties.component = missing.component
        and counties.stage = missing.stage
    left join failing_units on counties.county_code = failing_units.county_code and counties.stage = failing_units.stage
),

together as (
    select * from of_units
    union all
    select * from of_schools
    union all
    select * from of_counties
)

select
    *,
    {{ item_id(['county_code', 'school_id', 'stage', 'indicator_id', 'component', 'item_kind', 'item']) }} as item_id,
    {{ outcome_of('status') }} as outcome
from together
