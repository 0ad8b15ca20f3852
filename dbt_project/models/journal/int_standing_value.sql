{{ config(materialized='ephemeral') }}
-- What this run says of every indicator: one row a unit, or a county (school_id empty), indicator and component.
select rule_set, county_code, school_id, stage, indicator_id, '' as component, value, threshold, status
from {{ ref('school_indicator') }}
union all
select rule_set, county_code, '', stage, indicator_id, component, value, threshold, status
from {{ ref('county_indicator') }}
