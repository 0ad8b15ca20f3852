{{ config(materialized='ephemeral') }}
-- What decides an item of the plan, or moves with it, as the seed maps it.
select measures.county_code, measures.plan_id, measures.indicator_id, coalesce(measures.component, '') as component, measures.role
from {{ ref('plan_measures') }} as measures
join {{ ref('int_run') }} as run on {{ holds_on('measures', 'run.as_of_date') }}
