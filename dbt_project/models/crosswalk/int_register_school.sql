-- Schools that exist at the as-of date where the register is on; kindergartens and senior schools too,
-- because their codes must lead somewhere. One row a school.
with registered as (
    select * from {{ ref('int_registry_school') }} where _faults = ''
),

run as (
    select as_of_date from {{ ref('int_run') }}
)

select
    county_code,
    school_id,
    school_name,
    school_type,
    township,
    ownership,
    urban_rural,
    boarding
from registered
cross join run
where school_id is not null
    and (opened_on is null or opened_on <= run.as_of_date)
    and (closed_on is null or closed_on > run.as_of_date)
-- a campus under its school's code is not the school itself
qualify row_number() over (
    partition by county_code, school_id
    order by parent_school_id is not null, opened_on desc nulls last, school_name
) = 1
order by county_code, school_id
