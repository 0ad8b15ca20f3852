{{ config(materialized='ephemeral') }}
-- Rooms at their school: networked multimedia or not, in use or not, for music or art. A kind of room that no
-- list knows is neither.
with listed as (
    select * from {{ ref('stg_asset_register__rooms') }} where _fate = 'current'
)

select
    listed.* exclude (school_id),
    listed.school_id as delivered_school_id,
    {{ resolved_school('school_id') }} as school_id,
    multimedia.meaning = 'yes' and use_statuses.meaning = 'in_use' as is_multimedia_in_use,
    use_statuses.meaning = 'in_use' as is_in_use,
    kinds.meaning as room_use,
    {{ faults([
        unresolved('school_id'),
        unknown_code('is_multimedia', 'listed.is_multimedia', 'multimedia'),
        unknown_code('use_status', 'listed.use_status', 'use_statuses'),
    ]) }} as _faults
from listed
{{ join_school('school_id', 'asset_register') }}
{{ join_meaning('multimedia', 'yes_no', 'listed.is_multimedia') }}
{{ join_meaning('use_statuses', 'use_status', 'listed.use_status') }}
{{ join_meaning('kinds', 'room_kind', 'listed.room_kind') }}
