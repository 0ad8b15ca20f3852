-- Schools that exist at the as-of date where the register is on; kindergartens and senior schools too,
-- because their codes must lead somewhere. One row a school.
with registered as (
    select * from {{ ref('int_registry_school') }} where _faults = ''
),

run as (
    select as_of_date from {{ ref('int_run') }}
),

founded as (
    -- a rename gives a school a later row, and no later beginning
    select county_code, school_id, min(opened_on) as opened_on
    from registered
    where parent_school_id is null
    group by all
)

select
    registered.county_code,
    registered.school_id,
    registered.school_name,
    registered.school_type,
    registered.township,
    registered.ownership,
    registered.urban_rural,
    registered.boarding,
    founded.opened_on
from registered
cross join run
left join founded
    on registered.county_code = founded.county_code and registered.school_id = founded.school_id
where registered.school_id is not null
    and (registered.opened_on is null or registered.opened_on <= run.as_of_date)
    and (registered.closed_on is null or registered.closed_on > run.as_of_date)
-- a campus under its school's code is not the school itself
qualify row_number() over (
    partition by registered.county_code, registered.school_id
    order by registered.parent_school_id is not null, registered.opened_on desc nulls last, registered.school_name
) = 1
order by registered.county_code, registered.school_id
