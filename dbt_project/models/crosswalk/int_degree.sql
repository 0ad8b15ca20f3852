{{ config(materialized='ephemeral') }}
-- Degrees, and the level of those that were completed.
with listed as (
    select * from {{ ref('stg_hr_payroll__degrees') }} where _fate = 'current'
)

select
    listed.*,
    degrees.meaning as degree_level,
    {{ faults([
        unknown_code('degree', 'listed.degree', 'degrees'),
    ]) }} as _faults
from listed
{{ join_meaning('degrees', 'degree', 'listed.degree') }}
