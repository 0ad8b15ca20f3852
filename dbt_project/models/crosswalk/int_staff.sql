{{ config(materialized='ephemeral') }}
-- Staff at the school where they work and teach, with what their status, kind and employment mean.
select * exclude (is_outdated) from {{ ref('int_listed_staff') }} where not is_outdated
