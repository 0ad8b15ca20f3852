with filed as (
    select * from {{ ref('int_declared_measure') }} where _faults = '' and not is_outdated
),

parts as (
    -- a school that took others over is the sum of what all of them filed
    select county_code, school_id, stage, filed_school_id, max(_as_of_date) as last_day
    from filed
    group by all
),

figures as (
    select
        county_code,
        school_id,
        stage,
        measure_id,
        max(_as_of_date) as last_day,
        list(distinct filed_school_id) as filed_by,
        count(*) = count(value) as is_complete,
        cast(sum(value) as decimal(38, 16)) as value
    from filed
    group by all
),

lacking as (
    -- a part that filed other figures but not this one, and no later figure that would hold it
    select distinct figures.county_code, figures.school_id, figures.stage, figures.measure_id
    from figures
    join parts
        on figures.county_code = parts.county_code
        and figures.school_id = parts.school_id
        and figures.stage = parts.stage
        and parts.last_day >= figures.last_day
        and not list_contains(figures.filed_by, parts.filed_school_id)
)

select
    figures.county_code,
    figures.school_id,
    figures.stage,
    figures.measure_id,
    -- one missing part makes the whole missing
    case when figures.is_complete and lacking.measure_id is null then figures.value end as value
from figures
left join lacking
    on figures.county_code = lacking.county_code
    and figures.school_id = lacking.school_id
    and figures.stage = lacking.stage
    and figures.measure_id = lacking.measure_id
order by figures.county_code, figures.school_id, figures.stage, figures.measure_id
