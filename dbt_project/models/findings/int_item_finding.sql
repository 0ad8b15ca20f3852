{{ config(materialized='ephemeral') }}
-- Single things below a school that stand in the way of a county indicator: classes above their size; where a school is
-- short of music or art rooms, its rooms of that kind that do not count.
{%- set room_kinds = [('music', 'schools_short_of_music_rooms'), ('art', 'schools_short_of_art_rooms')] %}
with checks as (
    select * from {{ ref('int_school_check') }}
),

classes as (
    select * from {{ ref('fct_class') }}
),

rooms as (
    select * from {{ ref('int_room') }} where _faults = ''
),

limits as (
    select * from {{ ref('int_item_limit') }}
),

limits_of_schools as (
    select * from {{ ref('int_school_limit') }}
),

large_classes as (
    select
        classes.county_code,
        classes.school_id,
        classes.stage,
        'classes_over_size' as measure_id,
        'class' as item_kind,
        -- numbers of a school that was taken over may stand in the other school too
        case
            when classes.delivered_school_id = classes.school_id then classes.class_id
            else classes.delivered_school_id || '/' || classes.class_id
        end as item,
        cast(classes.students as double) as value,
        cast(limits.value as double) as asked,
        '<=' as comparison,
        'persons' as unit,
        null as detail
    from classes
    join limits on limits.limit_id = 'class_most_students' and classes.stage = limits.stage
    where not ({{ stands("'<='", 'classes.students - limits.value') }})
),

rooms_that_do_not_count as (
    {%- for use, measure in room_kinds %}
    select
        rooms.county_code,
        rooms.school_id,
        'all' as stage,
        checks.measure_id,
        'room' as item_kind,
        case
            when rooms.delivered_school_id = rooms.school_id then rooms.room_id
            else rooms.delivered_school_id || '/' || rooms.room_id
        end as item,
        cast(rooms.area_m2 as double) as value,
        cast(coalesce(limits_of_schools.value, limits.value) as double) as asked,
        '>=' as comparison,
        'm2' as unit,
        case when not rooms.is_in_use then 'not_in_use' end as detail
    from rooms
    join checks
        on checks.measure_id = '{{ measure }}'
        and checks.violations > 0
        and rooms.county_code = checks.county_code
        and rooms.school_id = checks.school_id
    join limits on limits.limit_id = '{{ use }}_room_least_m2'
    left join limits_of_schools
        on limits.limit_id = limits_of_schools.limit_id
        and rooms.county_code = limits_of_schools.county_code
        and rooms.school_id = limits_of_schools.school_id
    where rooms.room_use = '{{ use }}'
        and not (
            rooms.is_in_use
            and coalesce({{ stands("'>='", 'rooms.area_m2 - coalesce(limits_of_schools.value, limits.value)') }}, false)
        )
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
)

select * from large_classes
union all
select * from rooms_that_do_not_count
