{{ config(materialized='ephemeral') }}
-- Names that the register settles: one row a county and name, present or former, that one school alone bears, with a
-- code of that school. Personnel sheets may name a unit; elsewhere a name decides nothing.
with registered as (
    select
        county_code,
        coalesce(school_id, budget_unit_code) as code,
        unnest(string_split_regex(concat_ws(';', school_name, former_name), '[;；、,，]')) as name
    from {{ ref('int_registry_school') }}
    where _faults = ''
),

folded as (
    select distinct county_code, code, {{ folded_name('name') }} as name from registered where code is not null
)

select county_code, name, min(code) as code
from folded
where name <> ''
group by county_code, name
having count(*) = 1
