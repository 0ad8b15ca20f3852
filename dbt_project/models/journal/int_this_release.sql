{{ config(materialized='ephemeral') }}
-- One row: the day, the rules, and the id under which this run would be published.
select as_of_date, rule_set, release_id from {{ source('run', 'context') }}
