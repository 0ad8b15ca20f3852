{{ config(materialized='ephemeral') }}
-- The last inspection or visit on each item of the plan, and the day by which the next one is due.
with held as (
    select * from {{ ref('int_inspection') }} where _faults = ''
),

items as (
    select * from {{ ref('int_plan_item') }}
),

run as (
    select as_of_date from {{ ref('int_run') }}
)

select
    items.county_code,
    items.plan_id,
    max(held.held_on) as last_held_on,
    -- of several on the last day the earliest asks first
    arg_min(held.next_due_on, (run.as_of_date - held.held_on, held.next_due_on)) as next_due_on
from held
cross join run
join items on held.county_code = items.county_code and held.subject = items.plan_id
where held.held_on <= run.as_of_date
group by all
