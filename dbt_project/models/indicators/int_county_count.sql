{{ config(materialized='ephemeral') }}
-- What is counted: violations, shares and ratios of the county. The numerator's basis decides, the denominator follows
-- where it can. Decided on whole numbers, without a division. While there is somebody of whom it is not known, a share is
-- decided only where it would come out the same whatever they turn out to be, and has no value.
{%- set threshold_scale = 1000000 %}
with rules as (
    select * from {{ ref('int_rule') }} where kind in ('violations', 'share', 'county_ratio')
),

counties as (
    select * from {{ ref('int_county') }}
),

measures as (
    select * from {{ ref('int_county_measure') }}
),

measured as (
    select
        counties.county_code,
        rules.*,
        counted.amount,
        counted.whole,
        counted.checked,
        counted.note,
        counted.basis,
        base.amount as base,
        base.whole as base_whole,
        base.basis as base_basis,
        counted.unknown as unknown_of_amount,
        counted.unknown + counted.unheard + coalesce(base.unknown + base.unheard, 0) as unknown
    from counties
    cross join rules
    left join measures as counted
        on counted.is_used
        and counties.county_code = counted.county_code
        and rules.stage = counted.stage
        and rules.numerator_measure = counted.measure_id
    left join measures as base
        on counties.county_code = base.county_code
        and rules.stage = base.stage
        and rules.denominator_measure = base.measure_id
    qualify row_number() over (
        partition by counties.county_code, rules.indicator_id, rules.component, rules.stage
        order by base.basis is distinct from counted.basis, base.basis desc
    ) = 1
),

compared as (
    select
        *,
        -- numerator * per - threshold * denominator, times both wholes and all scales; a count has no denominator
        {{ difference_of_products(
            'over_threshold',
            in_smallest_units('amount'), 'coalesce(per, 1) * ' ~ threshold_scale ~ ' * coalesce(base_whole, 1)',
            in_smallest_units("case when kind = 'violations' then 1 else base end"),
            'cast(threshold * ' ~ threshold_scale ~ ' as bigint) * whole',
        ) }},
        -- the same if all of whom it is not known counted
        {{ difference_of_products(
            'at_most_over_threshold',
            in_smallest_units('amount + unknown_of_amount'), 'coalesce(per, 1) * ' ~ threshold_scale ~ ' * coalesce(base_whole, 1)',
            in_smallest_units("case when kind = 'violations' then 1 else base end"),
            'cast(threshold * ' ~ threshold_scale ~ ' as bigint) * whole',
        ) }},
        -- all of whom it is not known are counted in the denominator
        unknown = unknown_of_amount as is_base_known
    from measured
),

judged as (
    select
        *,
        case
            when kind = 'violations' then case
                when amount is null then 'no_data'
                when not ({{ stands('comparison', 'over_threshold') }}) then 'not_met'
                when unknown > 0 then 'no_data'
                when checked = 0 then 'not_applicable'
                else 'met'
            end
            -- nobody of whom it is asked
            when checked = 0 and unknown = 0 then 'not_applicable'
            when coalesce(base, 0) = 0 or amount is null then 'no_data'
            -- a part that is more than its whole is no figure
            when kind = 'share' and amount * coalesce(base_whole, 1) > base * whole then 'no_data'
            when unknown = 0 and {{ stands('comparison', 'over_threshold') }} then 'met'
            when unknown = 0 then 'not_met'
            when kind = 'share' and is_base_known and {{ stands('comparison', 'over_threshold') }} then 'met'
            when kind = 'share' and is_base_known and not ({{ stands('comparison', 'at_most_over_threshold') }}) then 'not_met'
            -- where all are asked for, one who is known to lack it cannot be made up for
            when kind = 'share' and threshold >= per and amount + unknown_of_amount < base then 'not_met'
            else 'no_data'
        end as status
    from compared
)

select
    county_code,
    indicator_id,
    component,
    stage,
    case
        when status not in ('met', 'not_met') or (kind <> 'violations' and unknown > 0) then null
        when kind = 'violations' then cast(amount as double)
        else {{ measure_value('amount', 'per * base_whole', 'whole') }} / nullif(cast(cast(base as varchar) as double), 0)
    end as value,
    status,
    case when 'declared' in (basis, base_basis) then 'declared' else basis end as basis,
    concat_ws(
        '; ',
        numerator_measure || '=' || {{ shortest('amount') }} || case when whole > 1 then '/' || whole else '' end,
        'checked=' || checked,
        denominator_measure || '=' || {{ shortest('base') }},
        case when amount is not null then 'unknown=' || unknown end,
        note
    ) as detail
from judged
