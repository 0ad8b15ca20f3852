{{ config(materialized='ephemeral') }}
-- Employing units that are schools.
with listed as (
    select * from {{ ref('stg_hr_payroll__units') }} where _fate = 'current'
)

select
    listed.*,
    {{ resolved_school('unit_code') }} as school_id,
    {{ faults([unresolved('unit_code')]) }} as _faults
from listed
{{ join_school('unit_code', 'hr_payroll') }}
