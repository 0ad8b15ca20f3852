{{ config(materialized='ephemeral') }}
-- What people wrote about an item: how many notes, and the newest one.
with notes as (
    select * from {{ ref('stg_evidence__notes') }} where _fate = 'current'
)

select
    item_id,
    count(*) as notes_count,
    max(noted_on) as last_noted_on,
    max_by(note, (noted_on, _position)) as last_note
from notes
group by all
