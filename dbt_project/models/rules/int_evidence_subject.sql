-- What evidence may speak of and how it may be written: the id of an indicator or its number, the id of an item of the
-- city's plan. A number that rule sets give to different indicators names none of them.
with indicators as (
    select distinct indicator_id, number, kind from {{ ref('indicators') }}
),

spellings as (
    select indicator_id as spelling, indicator_id as subject_id, kind from indicators
    union
    select number, indicator_id, kind from indicators where number is not null
)

select upper(spelling) as spelling, min(subject_id) as subject_id, min(kind) as kind
from spellings
group by upper(spelling)
having count(distinct subject_id) = 1
order by spelling
