-- The plan of each county that has one: one row an item, with its own days or those of the stage that it belongs to.
with items as (
    select items.*
    from {{ ref('plan_items') }} as items
    join {{ ref('int_run') }} as run on {{ holds_on('items', 'run.as_of_date') }}
),

counties as (
    select * from {{ ref('int_county') }}
)

select
    items.county_code,
    items.plan_id,
    items.kind,
    items.parent_id,
    items.place,
    items.name_zh,
    items.name_en,
    coalesce(items.start_on, stages.start_on) as start_on,
    coalesce(items.due_on, stages.due_on) as due_on,
    items.dates_from,
    -- a stage that has no day yet, and what belongs to it, has not begun
    coalesce(items.start_on, stages.start_on) is null and (items.kind = 'stage' or items.dates_from is not null) as is_unscheduled
from items
join counties on items.county_code = counties.county_code
left join items as stages on items.county_code = stages.county_code and items.dates_from = stages.plan_id
