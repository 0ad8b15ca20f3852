{{ config(materialized='ephemeral') }}
-- Backbone titles, and whether their level counts.
with listed as (
    select * from {{ ref('stg_hr_payroll__backbone_titles') }} where _fate = 'current'
)

select
    listed.*,
    levels.meaning as title_level,
    {{ faults([
        unknown_code('level', 'listed.level', 'levels'),
    ]) }} as _faults
from listed
{{ join_meaning('levels', 'backbone_level', 'listed.level') }}
