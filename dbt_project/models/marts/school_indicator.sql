-- The generic evaluation: numerator / denominator * per against threshold and floor, for every unit and
-- every school-level ratio of the rule set. Decided on whole numbers, without a division.
{%- set threshold_scale = 1000000 %}
with units as (
    select * from {{ ref('school_unit') }}
),

measures as (
    select * from {{ ref('int_unit_measure') }} where is_used
),

rules as (
    select * from {{ ref('int_rule') }} where level = 'school' and kind = 'ratio'
),

run as (
    select as_of_date from {{ ref('int_run') }}
),

facts as (
    select
        units.county_code,
        units.school_id,
        units.stage,
        units.is_in_scope,
        rules.* exclude (stage, part, kind, level, component, cv_limit),
        {%- for side, alias in [('numerator', 'counted'), ('denominator', 'base')] %}
        {{ in_smallest_units(alias ~ '.amount') }} * {{ in_hundredths(alias ~ '.share') }} as {{ side }}_units,
        {{ in_hundredths(alias ~ '.whole') }} as {{ side }}_whole,
        {{ alias }}.value as {{ side }}_value,
        {{ alias }}.basis as {{ side }}_basis,
        {%- endfor %}
        cast(rules.threshold * {{ threshold_scale }} as hugeint) as threshold_units,
        cast(rules.floor * {{ threshold_scale }} as hugeint) as floor_units
    from units
    join rules on units.stage = rules.stage
    left join measures as counted
        on units.county_code = counted.county_code
        and units.school_id = counted.school_id
        and units.stage = counted.stage
        and rules.numerator_measure = counted.measure_id
    left join measures as base
        on units.county_code = base.county_code
        and units.school_id = base.school_id
        and units.stage = base.stage
        and rules.denominator_measure = base.measure_id
),

compared as (
    select
        *,
        numerator_units is null or coalesce(denominator_units, 0) = 0 as is_unknown,
        numerator_value * per / nullif(denominator_value, 0) as value,
        {%- for limit in ['threshold', 'floor'] %}
        -- numerator * per - {{ limit }} * denominator, times both wholes and all scales
        {{ difference_of_products(
            'over_' ~ limit,
            'numerator_units', 'per * ' ~ threshold_scale ~ ' * denominator_whole',
            'denominator_units', limit ~ '_units * numerator_whole',
        ) }},
        {%- endfor %}
        cast(numerator_whole as double) * cast(denominator_whole as double)
            * {{ threshold_scale }}.0 * 10000000000000000.0 as scale
    from facts
),

judged as (
    select
        *,
        case
            when not is_in_scope then 'not_applicable'
            when is_unknown then 'no_data'
            when {{ stands('comparison', 'over_threshold') }} then 'met'
            when floor is null then 'not_met'
            when {{ stands('comparison', 'over_floor') }} then 'within_floor'
            else 'below_floor'
        end as status
    from compared
)

select
    run.as_of_date,
    judged.rule_set,
    judged.county_code,
    judged.school_id,
    judged.stage,
    judged.indicator_id,
    {{ for_display('judged.numerator_units', 'judged.numerator_whole') }} as numerator,
    {{ for_display('judged.denominator_units', 'judged.denominator_whole') }} as denominator,
    judged.value,
    cast(judged.threshold as double) as threshold,
    cast(judged.floor as double) as floor,
    judged.status,
    case
        when judged.status in ('not_applicable', 'no_data') then null
        when judged.comparison in ('>=', '>') then judged.value / nullif(cast(judged.threshold as double), 0)
        else cast(judged.threshold as double) / nullif(judged.value, 0)
    end as attainment,
    {%- for limit in ['threshold', 'floor'] %}
    case
        when judged.status in ('not_applicable', 'no_data') or judged.{{ limit }} is null then null
        -- minimum: what the numerator lacks; maximum: by how much the value is over
        when judged.comparison in ('>=', '>') then greatest(0, -judged.over_{{ limit }} / nullif(judged.per * judged.scale, 0))
        else greatest(0, judged.value - cast(judged.{{ limit }} as double))
    end as gap_to_{{ limit }},
    {%- endfor %}
    case
        when judged.is_unknown then 'none'
        when judged.numerator_basis = 'records' and judged.denominator_basis = 'records' then 'records'
        else 'declared'
    end as basis
from judged
cross join run
order by judged.rule_set, judged.county_code, judged.school_id, judged.stage, judged.indicator_id
