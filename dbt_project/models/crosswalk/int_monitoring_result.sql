{{ config(materialized='ephemeral') }}
-- Results of the national monitoring, the level as a number from one to four.
with listed as (
    select * from {{ ref('stg_monitoring__results') }} where _fate = 'current'
)

select
    listed.*,
    cast(levels.meaning as bigint) as level,
    {{ faults([unknown_code('achievement_level', 'listed.achievement_level', 'levels')]) }} as _faults
from listed
{{ join_meaning('levels', 'achievement_level', 'listed.achievement_level') }}
