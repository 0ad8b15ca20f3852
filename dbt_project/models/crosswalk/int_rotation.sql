{{ config(materialized='ephemeral') }}
-- Rotations, and whether their kind is one.
with listed as (
    select * from {{ ref('stg_hr_payroll__rotations') }} where _fate = 'current'
)

select
    listed.*,
    kinds.meaning as rotation_meaning,
    {{ faults([
        unknown_code('rotation_kind', 'listed.rotation_kind', 'kinds'),
    ]) }} as _faults
from listed
{{ join_meaning('kinds', 'rotation_kind', 'listed.rotation_kind') }}
