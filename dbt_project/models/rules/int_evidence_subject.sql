-- What evidence may speak of and how it may be written: the id of an indicator or its number in every county
-- (`county_code` null), the id of an item of the plan in its own. A number that rule sets give to different indicators
-- names none of them.
with indicators as (
    select distinct indicator_id, number, kind from {{ ref('indicators') }}
),

plan_items as (
    select items.*
    from {{ ref('plan_items') }} as items
    cross join {{ ref('int_run') }} as run
    where {{ holds_on('items', 'run.as_of_date') }}
),

spellings as (
    select null as county_code, indicator_id as spelling, indicator_id as subject_id, kind from indicators
    union
    select null, number, indicator_id, kind from indicators where number is not null
    union
    select county_code, plan_id, plan_id, 'plan' from plan_items
)

select county_code, upper(spelling) as spelling, min(subject_id) as subject_id, min(kind) as kind
from spellings
group by county_code, upper(spelling)
having count(distinct subject_id) = 1
order by county_code nulls first, spelling
