{{ config(materialized='ephemeral') }}
-- Shares of a county taken school by school: teachers with enough training or with a certificate, and students of the
-- zone. The county's rule is the measure of each school, though only their sum decides.
with rules as (
    select * from {{ ref('int_rule') }} where kind = 'share'
),

teachers as (
    select * from {{ ref('int_teacher_check') }}
),

zone_units as (
    select * from {{ ref('int_zone_unit') }}
),

counted as (
    {%- for measure, condition in [
        ('teachers_with_training_hours', 'has_training_hours'), ('certified_teachers', 'is_certified')
    ] %}
    select
        county_code,
        school_id,
        'all' as stage,
        '{{ measure }}' as measure_id,
        count(*) filter (where {{ condition }}) as value,
        count(*) as base,
        count(*) filter (where {{ condition }} is null) as unknown,
        'records' as basis
    from teachers
    group by all
    union all
    {%- endfor %}
    select
        county_code,
        school_id,
        stage,
        'neighbourhood_students',
        case when is_asked then zoned_students end,
        students,
        case when is_asked and zoned_students is not null then 0 end,
        'declared'
    from zone_units
)

select
    rules.indicator_id,
    rules.component,
    counted.county_code,
    counted.school_id,
    counted.stage,
    case
        when {{ stands('rules.comparison', 'rules.per * counted.value - rules.threshold * counted.base') }} then 'met'
        when counted.unknown = 0 then 'not_met'
        when {{ stands(
            'rules.comparison', 'rules.per * (counted.value + counted.unknown) - rules.threshold * counted.base'
        ) }} is not false then 'no_data'
        else 'not_met'
    end as status,
    cast(counted.value as double) as value,
    cast(rules.threshold * counted.base as double) / rules.per as asked,
    rules.comparison,
    'persons' as unit,
    counted.basis,
    rules.denominator_measure || '=' || counted.base as detail
from counted
join rules on counted.measure_id = rules.numerator_measure and counted.stage = rules.stage
