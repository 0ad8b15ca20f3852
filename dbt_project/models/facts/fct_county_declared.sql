-- Filed figures of whole counties.
with filed as (
    select * from {{ ref('int_declared_county_measure') }} where _faults = '' and not is_outdated
)

select
    county_code,
    stage,
    category_meaning as category,
    measure_id,
    -- one filing that says two things (a category in two spellings) says nothing
    case when count(distinct value) = 1 and count(value) = count(*) then any_value(value) end as value
from filed
group by county_code, stage, category_meaning, measure_id
order by county_code, stage, category, measure_id
