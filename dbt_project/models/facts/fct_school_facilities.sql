with buildings as (
    select * from {{ ref('int_building') }} where _faults = ''
),

rooms as (
    select * from {{ ref('int_room') }} where _faults = ''
),

areas as (
    -- a school that stands in the ledger has 0 of what the ledger does not name
    select
        county_code,
        school_id,
        -- the gym is counted with the sports grounds, not here
        coalesce(sum(area_m2) filter (where is_in_use and space_use = 'teaching'), 0) as teaching_area_m2,
        coalesce(sum(area_m2) filter (where is_in_use and space_use in ('sports_ground', 'gym')), 0) as sports_area_m2
    from buildings
    group by all
),

classrooms as (
    select county_code, school_id, count(*) filter (where is_multimedia_in_use) as multimedia_classrooms
    from rooms
    group by all
),

schools as (
    select county_code, school_id from areas
    union
    select county_code, school_id from classrooms
)

select
    schools.county_code,
    schools.school_id,
    cast(areas.teaching_area_m2 as decimal(38, 4)) as teaching_area_m2,
    cast(areas.sports_area_m2 as decimal(38, 4)) as sports_area_m2,
    classrooms.multimedia_classrooms
from schools
left join areas on schools.county_code = areas.county_code and schools.school_id = areas.school_id
left join classrooms on schools.county_code = classrooms.county_code and schools.school_id = classrooms.school_id
order by schools.county_code, schools.school_id
