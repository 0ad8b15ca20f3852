{{ config(materialized='ephemeral') }}
-- Teaching certificates and the level of school that they are for.
with listed as (
    select * from {{ ref('stg_hr_payroll__certificates') }} where _fate = 'current'
)

select
    listed.*,
    kinds.meaning as certificate_level,
    {{ faults([
        unknown_code('certificate_kind', 'listed.certificate_kind', 'kinds'),
    ]) }} as _faults
from listed
{{ join_meaning('kinds', 'certificate_kind', 'listed.certificate_kind') }}
