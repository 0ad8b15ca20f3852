{{ config(materialized='ephemeral') }}
-- Asset cards at the school that holds them, and whether they count as teaching equipment in use.
with listed as (
    select * from {{ ref('stg_asset_register__asset_cards') }} where _fate = 'current'
),

run as (
    select as_of_date, amount_limit from {{ ref('int_run') }}
),

equipment_classes as (
    select classes.prefix
    from {{ ref('equipment_classes') }} as classes
    cross join run
    where {{ holds_on('classes', 'run.as_of_date') }}
)

select
    listed.*,
    {{ resolved_school('holder_code') }} as school_id,
    use_statuses.meaning = 'in_use'
    -- where the card does not say what it is used for, its class decides
    and coalesce(directions.meaning, 'teaching') = 'teaching'
    and exists (
        select 1 from equipment_classes where starts_with(listed.class_code, equipment_classes.prefix)
    ) as is_teaching_equipment,
    {{ faults([
        unresolved('holder_code'),
        unknown_code('use_status', 'listed.use_status', 'use_statuses'),
        unknown_code('use_direction', 'listed.use_direction', 'directions'),
        ('original_value_yuan', 'abs(listed.original_value_yuan) >= run.amount_limit', "'value_out_of_range'"),
    ]) }} as _faults
from listed
cross join run
{{ join_school('holder_code', 'asset_register') }}
{{ join_meaning('use_statuses', 'use_status', 'listed.use_status') }}
{{ join_meaning('directions', 'use_direction', 'listed.use_direction') }}
