{{ config(materialized='ephemeral') }}
-- The last inspection or visit on each item of the plan, and the day by which the next one is due as it says: of
-- several on one day the earliest.
with inspections as (
    select * from {{ ref('int_inspection') }} where _faults = ''
),

items as (
    select * from {{ ref('int_plan_item') }}
),

run as (
    select as_of_date from {{ ref('int_run') }}
),

last_held as (
    select items.county_code, items.plan_id, inspections.held_on, inspections.next_due_on
    from inspections
    cross join run
    join items on inspections.county_code = items.county_code and inspections.subject = items.plan_id
    where inspections.held_on <= run.as_of_date
    qualify inspections.held_on = max(inspections.held_on) over (partition by items.county_code, items.plan_id)
)

select county_code, plan_id, max(held_on) as last_held_on, min(next_due_on) as next_due_on
from last_held
group by all
