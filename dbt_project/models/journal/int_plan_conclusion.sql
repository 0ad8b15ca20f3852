{{ config(materialized='ephemeral') }}
-- What the evidence register concludes on an item of the plan: met, not_met or needs_evidence; one row an item that
-- the register speaks of. What one school lacks is lacking; only a document of the whole county proves.
with conclusions as (
    select * from {{ ref('fct_evidence_conclusion') }}
),

items as (
    select * from {{ ref('int_plan_item') }}
)

select
    items.county_code,
    items.plan_id,
    case
        when bool_or(conclusions.outcome = 'not_conform') then 'not_met'
        when bool_or(conclusions.outcome = 'conform') filter (where conclusions.school_id = '') then 'met'
        else 'needs_evidence'
    end as status
from items
join conclusions on items.county_code = conclusions.county_code and items.plan_id = conclusions.subject
group by all
