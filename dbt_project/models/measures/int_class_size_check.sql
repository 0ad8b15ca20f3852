{{ config(materialized='ephemeral') }}
-- Classes above their size, unit by unit: counted class by class, or filed in bands of size where no roll tells. Bands
-- tell only where all that lie above the limit are filed and none lies across it. One row a county, school and stage.
with units as (
    select * from {{ ref('int_unit') }}
),

enrolment as (
    select * from {{ ref('fct_school_enrolment') }}
),

filed as (
    select * from {{ ref('fct_school_declared') }}
),

bands as (
    select bands.*
    from {{ ref('class_bands') }} as bands
    cross join {{ ref('int_run') }} as run
    where {{ holds_on('bands', 'run.as_of_date') }}
),

limits as (
    select stage, value from {{ ref('int_item_limit') }} where limit_id = 'class_most_students'
),

asked_bands as (
    -- a band across the limit does no harm while it holds no class
    select limits.stage, bands.measure_id, bands.size_from > limits.value as is_over
    from limits
    join bands on coalesce(bands.size_to > limits.value, true)
),

filed_bands as (
    select
        units.county_code,
        units.school_id,
        units.stage,
        case
            when bool_and(coalesce(case when asked_bands.is_over then filed.value is not null else filed.value = 0 end, false))
                then sum(filed.value)
        end as classes_over_size
    from units
    join asked_bands on units.stage = asked_bands.stage
    left join filed
        on units.county_code = filed.county_code
        and units.school_id = filed.school_id
        and units.stage = filed.stage
        and asked_bands.measure_id = filed.measure_id
    group by all
)

select
    units.county_code,
    units.school_id,
    units.stage,
    cast(coalesce(enrolment.classes, filed_classes.value, 0) as bigint) as classes,
    cast(coalesce(enrolment.classes_over_size, filed_bands.classes_over_size) as bigint) as classes_over_size,
    case when enrolment.classes_over_size is null then 'declared' else 'records' end as basis
from units
left join enrolment
    on units.county_code = enrolment.county_code
    and units.school_id = enrolment.school_id
    and units.stage = enrolment.stage
left join filed as filed_classes
    on filed_classes.measure_id = 'classes'
    and units.county_code = filed_classes.county_code
    and units.school_id = filed_classes.school_id
    and units.stage = filed_classes.stage
left join filed_bands
    on units.county_code = filed_bands.county_code
    and units.school_id = filed_bands.school_id
    and units.stage = filed_bands.stage
