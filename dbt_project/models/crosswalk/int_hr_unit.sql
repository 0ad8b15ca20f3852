{{ config(materialized='ephemeral') }}
-- Employing units that are schools.
with delivered as (
    select * from {{ ref('stg_hr_payroll__units') }} where _fate = 'current'
),

listed as (
    -- a unit may stand there by its name
    select delivered.* replace (coalesce(names.code, delivered.unit_code) as unit_code)
    from delivered
    left join {{ ref('int_register_name') }} as names
        on delivered.county_code = names.county_code and {{ folded_name('delivered.unit_code') }} = names.name
)

select
    listed.*,
    {{ resolved_school('unit_code') }} as school_id,
    {{ faults([unresolved('unit_code')]) }} as _faults
from listed
{{ join_school('unit_code', 'hr_payroll') }}
