-- Every rule of the run has its row in every county from the first day: coefficients and the school rule of
-- part 1, counts of violations, ratios of the county, and what waits for evidence or for its source.
{%- set threshold_scale = 1000000 %}
with balance as (
    select * from {{ ref('county_balance') }}
),

compliance as (
    select * from {{ ref('school_compliance') }} where verdict <> 'out_of_scope'
),

counties as (
    select * from {{ ref('int_county') }}
),

rules as (
    select * from {{ ref('int_rule') }}
),

measures as (
    select * from {{ ref('int_county_measure') }}
),

preconditions as (
    select * from {{ ref('int_county_precondition') }}
),

run as (
    select as_of_date, rule_set from {{ ref('int_run') }}
),

between_schools as (
    select
        balance.county_code,
        balance.indicator_id,
        '' as component,
        balance.stage,
        balance.cv as value,
        balance.cv_limit as threshold,
        '<=' as comparison,
        balance.status,
        'school_units=' || balance.school_units as detail
    from balance
),

schools as (
    select
        county_code,
        stage,
        count(*) as units,
        count(*) filter (where verdict = 'pass') as passed,
        count(*) filter (where verdict = 'fail') as failed,
        count(*) filter (where verdict = 'undecided') as undecided
    from compliance
    group by all
),

every_school as (
    select
        counties.county_code,
        rules.indicator_id,
        rules.component,
        rules.stage,
        cast(rules.per * schools.passed as double) / nullif(schools.units, 0) as value,
        cast(rules.threshold as double) as threshold,
        rules.comparison,
        case
            when schools.units is null then 'no_data'
            when schools.failed > 0 then 'not_met'
            when schools.undecided > 0 then 'no_data'
            when {{ stands('rules.comparison', 'rules.per * schools.passed - rules.threshold * schools.units') }} then 'met'
            else 'not_met'
        end as status,
        'school_units=' || coalesce(schools.units, 0) || '; pass=' || coalesce(schools.passed, 0)
        || '; fail=' || coalesce(schools.failed, 0) || '; undecided=' || coalesce(schools.undecided, 0) as detail
    from counties
    cross join rules
    left join schools on counties.county_code = schools.county_code and rules.stage = schools.stage
    where rules.kind = 'school_rule'
),

other_rules as (
    -- coefficients and the school rule stand above, what the yearly monitor decides in a model of its own
    select *
    from rules
    where cv_limit is null and kind <> 'school_rule'
        and indicator_id not in (select indicator_id from preconditions)
),

measured as (
    select
        counties.county_code,
        other_rules.*,
        counted.amount,
        counted.checked,
        base.amount as base,
        counted.unknown as unknown_of_amount,
        counted.unknown + counted.unheard + coalesce(base.unknown, 0) as unknown,
        -- numerator * per - threshold * denominator in whole numbers; a count of violations has no denominator
        {{ in_hundredths('counted.amount') }} * coalesce(other_rules.per, 1) * {{ threshold_scale }}
        - cast(other_rules.threshold * {{ threshold_scale }} as hugeint)
            * case when other_rules.kind = 'violations' then {{ in_hundredths('1') }} else {{ in_hundredths('base.amount') }} end
            as distance
    from counties
    cross join other_rules
    left join measures as counted
        on counties.county_code = counted.county_code
        and other_rules.stage = counted.stage
        and other_rules.numerator_measure = counted.measure_id
    left join measures as base
        on counties.county_code = base.county_code
        and other_rules.stage = base.stage
        and other_rules.denominator_measure = base.measure_id
),

judged as (
    select
        *,
        case
            when kind in ('evidence', 'veto', 'precondition') then 'needs_evidence'
            when kind = 'violations' then case
                when amount is null then 'no_data'
                when not ({{ stands('comparison', 'distance') }}) then 'not_met'
                when unknown > 0 then 'no_data'
                when checked = 0 then 'not_applicable'
                else 'met'
            end
            when kind in ('share', 'county_ratio') then case
                when coalesce(base, 0) = 0 or amount is null then 'no_data'
                when unknown = 0 and {{ stands('comparison', 'distance') }} then 'met'
                when unknown = 0 then 'not_met'
                -- where all are asked for, one who is known to lack it cannot be made up for
                when kind = 'share' and threshold >= per and amount + unknown_of_amount < base then 'not_met'
                else 'no_data'
            end
            -- the source does not exist yet
            else 'no_data'
        end as status
    from measured
),

of_the_county as (
    select
        county_code,
        indicator_id,
        component,
        stage,
        case
            when status in ('no_data', 'needs_evidence', 'not_applicable') then null
            when kind = 'violations' then cast(amount as double)
            else cast(amount * per as double) / nullif(cast(base as double), 0)
        end as value,
        cast(threshold as double) as threshold,
        comparison,
        status,
        concat_ws(
            '; ',
            numerator_measure || '=' || {{ shortest('amount') }},
            'checked=' || checked,
            denominator_measure || '=' || {{ shortest('base') }},
            case when amount is not null then 'unknown=' || unknown end
        ) as detail
    from judged
),

rows_of_counties as (
    select * from between_schools
    union all
    select * from every_school
    union all
    select * from of_the_county
    union all
    select * exclude (basis) from preconditions
)

select
    run.as_of_date,
    run.rule_set,
    rows_of_counties.*
from rows_of_counties
cross join run
order by run.rule_set, county_code, indicator_id, component, stage
