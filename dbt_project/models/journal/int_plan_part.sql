-- What decides an item of the plan, with what decides its parts: a task is measured by its sub-tasks, a stage by its
-- duties. One row an item, part and thing.
with items as (
    select * from {{ ref('int_plan_item') }}
),

standing as (
    select * from {{ ref('int_plan_standing') }}
)

select items.county_code, items.plan_id, standing.plan_id as part_id, standing.* exclude (county_code, plan_id)
from items
join items as parts
    on items.county_code = parts.county_code
    and (parts.plan_id = items.plan_id or parts.parent_id = items.plan_id)
join standing on parts.county_code = standing.county_code and parts.plan_id = standing.plan_id
