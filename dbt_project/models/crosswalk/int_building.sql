{{ config(materialized='ephemeral') }}
-- Buildings and grounds at their school: what the space is for and whether it is in use.
with listed as (
    select * from {{ ref('stg_asset_register__buildings') }} where _fate = 'current'
),

run as (
    select amount_limit from {{ ref('int_run') }}
)

select
    listed.* exclude (school_id),
    {{ resolved_school('school_id') }} as school_id,
    kinds.meaning as space_use,
    use_statuses.meaning = 'in_use' as is_in_use,
    {{ faults([
        unresolved('school_id'),
        unknown_code('space_kind', 'listed.space_kind', 'kinds'),
        unknown_code('use_status', 'listed.use_status', 'use_statuses'),
        ('area_m2', 'listed.area_m2 < 0', "'negative_value'"),
        ('area_m2', 'listed.area_m2 >= run.amount_limit', "'value_out_of_range'"),
    ]) }} as _faults
from listed
cross join run
{{ join_school('school_id', 'asset_register') }}
{{ join_meaning('kinds', 'space_kind', 'listed.space_kind') }}
{{ join_meaning('use_statuses', 'use_status', 'listed.use_status') }}
