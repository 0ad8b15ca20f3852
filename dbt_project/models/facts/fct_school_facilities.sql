with buildings as (
    select * from {{ ref('int_building') }} where _faults = ''
),

rooms as (
    select * from {{ ref('int_room') }} where _faults = ''
),

limits as (
    select
        max(value) filter (where limit_id = 'music_room_least_m2') as music_room_least_m2,
        max(value) filter (where limit_id = 'art_room_least_m2') as art_room_least_m2
    from {{ ref('int_item_limit') }}
),

limits_of_schools as (
    select
        county_code,
        school_id,
        max(value) filter (where limit_id = 'music_room_least_m2') as music_room_least_m2,
        max(value) filter (where limit_id = 'art_room_least_m2') as art_room_least_m2
    from {{ ref('int_school_limit') }}
    group by all
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
    select
        rooms.county_code,
        rooms.school_id,
        count(*) filter (where rooms.is_multimedia_in_use) as multimedia_classrooms,
        {%- for use in ['music', 'art'] %}
        count(*) filter (
            where rooms.is_in_use and rooms.room_use = '{{ use }}'
                and rooms.area_m2 >= coalesce(limits_of_schools.{{ use }}_room_least_m2, limits.{{ use }}_room_least_m2)
        ) as {{ use }}_rooms{{ ',' if not loop.last }}
        {%- endfor %}
    from rooms
    cross join limits
    left join limits_of_schools
        on rooms.county_code = limits_of_schools.county_code and rooms.school_id = limits_of_schools.school_id
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
    classrooms.multimedia_classrooms,
    -- of sufficient area and in use
    classrooms.music_rooms,
    classrooms.art_rooms
from schools
left join areas on schools.county_code = areas.county_code and schools.school_id = areas.school_id
left join classrooms on schools.county_code = classrooms.county_code and schools.school_id = classrooms.school_id
order by schools.county_code, schools.school_id
