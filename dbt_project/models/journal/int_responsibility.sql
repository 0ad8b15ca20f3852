{{ config(materialized='ephemeral') }}
-- Who answers for what in this run: one row a county, subject (indicator or item of the plan) and component.
select
    responsibility.county_code,
    responsibility.subject_id,
    coalesce(responsibility.component, '') as component,
    responsibility.responsible_kind,
    responsibility.responsible,
    responsibility.due_on
from {{ ref('responsibility') }} as responsibility
join {{ ref('int_run') }} as run on {{ holds_on('responsibility', 'run.as_of_date') }}
