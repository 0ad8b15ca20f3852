with filed as (
    select * from {{ ref('int_declared_measure') }} where _faults = '' and not is_outdated
)

select
    county_code,
    school_id,
    stage,
    measure_id,
    -- one missing part makes the whole missing
    case when count(*) = count(value) then cast(sum(value) as decimal(38, 16)) end as value
from filed
group by all
order by county_code, school_id, stage, measure_id
