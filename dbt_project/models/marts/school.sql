with schools as (
    select * from {{ ref('int_school') }}
),

run as (
    select as_of_date, period from {{ ref('int_run') }}
)

select
    run.period,
    run.as_of_date,
    schools.county_code,
    schools.township,
    schools.school_id,
    schools.school_name,
    schools.school_type,
    schools.ownership,
    schools.urban_rural,
    schools.is_boarding
from schools
cross join run
order by schools.county_code, schools.school_id
