{{ config(materialized='ephemeral') }}
-- Disabled children of school age, and whether where they are is schooling. The school is told where it is one of the
-- county; a child in another county's school is schooled all the same.
with listed as (
    select * from {{ ref('stg_special_education__placements') }} where _fate = 'current'
)

select
    listed.* exclude (school_id),
    {{ resolved_school('school_id') }} as school_id,
    placements.meaning = 'schooling' as is_schooled,
    {{ faults([unknown_code('placement', 'listed.placement', 'placements')]) }} as _faults
from listed
{{ join_school('school_id', 'special_education') }}
{{ join_meaning('placements', 'placement', 'listed.placement') }}
