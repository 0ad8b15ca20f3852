{{ config(materialized='ephemeral') }}
-- Employing units that are schools.
with listed as (
    select * from {{ ref('stg_hr_payroll__units') }} where _fate = 'current'
),

schools_of_codes as (
    {{ schools_of_codes('listed', 'unit_code', 'hr_payroll') }}
)

select
    listed.*,
    resolved.school_id,
    {{ faults([unresolved('unit_code')]) }} as _faults
from listed
{{ join_school('listed', 'unit_code') }}
