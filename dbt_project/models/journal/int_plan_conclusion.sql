{{ config(materialized='ephemeral') }}
select county_code, plan_id, 'needs_evidence' as status from {{ ref('int_plan_item') }} where false
