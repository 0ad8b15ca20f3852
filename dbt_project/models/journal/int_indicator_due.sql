{{ config(materialized='ephemeral') }}
-- The day by which the plan wants an indicator met: the earliest of the items that it decides.
with measures as (
    select * from {{ ref('int_plan_measure') }} where role = 'deciding'
),

items as (
    select * from {{ ref('int_plan_item') }}
)

select measures.county_code, measures.indicator_id, measures.component, min(items.due_on) as due_on
from measures
join items on measures.county_code = items.county_code and measures.plan_id = items.plan_id
group by all
