-- Full-time teachers of the day, each once, where they came last, at the stage of their main course; nobody
-- without a course has a stage. One row a county and person.
with staff as (
    select * from {{ ref('int_staff') }} where _faults = ''
),

posts as (
    select * from {{ ref('int_post') }} where _faults = ''
),

subjects_taught as (
    select * from {{ ref('int_subject_taught') }} where _faults = ''
),

titles as (
    select * from {{ ref('int_backbone_title') }} where _faults = ''
),

run as (
    select * from {{ ref('int_run') }}
),

current_posts as (
    select posts.*
    from posts
    cross join run
    where posts.started_on <= run.as_of_date
        and (posts.ended_on is null or posts.ended_on >= run.as_of_date)
),

teaching_posts as (
    select distinct county_code, person_key from current_posts where post_kind = 'teaching_post'
),

ranks as (
    -- one post of middle rank or above is enough; else one of unknown rank leaves it open
    select
        county_code,
        person_key,
        case when bool_or(is_mid_rank) then true when count(is_mid_rank) = count(*) then false end as is_mid_rank
    from current_posts
    group by all
),

full_time as (
    select
        staff.county_code,
        staff.person_key,
        staff.school_id,
        staff.sex,
        staff.birth_month,
        staff.teaching_since,
        staff.joined_on
    from staff
    cross join run
    left join teaching_posts
        on staff.county_code = teaching_posts.county_code and staff.person_key = teaching_posts.person_key
    where (
            staff.person_status = 'present'
            or (
                staff.person_status = 'sick_leave'
                and staff.status_since > run.as_of_date - to_months(cast(run.sick_leave_months as integer))
            )
        )
        and (staff.staff_category = 'full_time_teacher' or teaching_posts.person_key is not null)
        and staff.teaching_status = 'teaching'
        and coalesce(staff.employment, 'regular') = 'regular'
    -- a person counts once, where they came last
    qualify row_number() over (
        partition by staff.county_code, staff.person_key
        order by staff.status_since desc nulls last, staff.work_unit_code
    ) = 1
),

main_courses as (
    -- most hours in the running term, else in the last one before it
    select
        subjects_taught.county_code,
        subjects_taught.person_key,
        subjects_taught.stage_taught as stage,
        subjects_taught.course_kind
    from subjects_taught
    cross join run
    where subjects_taught.term <= run.term
    qualify row_number() over (
        partition by subjects_taught.county_code, subjects_taught.person_key
        order by
            subjects_taught.term desc,
            subjects_taught.weekly_hours desc,
            subjects_taught.stage_taught,
            subjects_taught.course
    ) = 1
),

backbone as (
    select distinct titles.county_code, titles.person_key
    from titles
    cross join run
    where titles.title_level = 'county_or_above'
        and titles.awarded_on <= run.as_of_date
        and (titles.valid_to is null or titles.valid_to >= run.as_of_date)
)

select
    full_time.*,
    main_courses.stage,
    main_courses.course_kind,
    backbone.person_key is not null as is_backbone,
    case when ranks.person_key is null then false else ranks.is_mid_rank end as is_mid_rank
from full_time
join main_courses
    on full_time.county_code = main_courses.county_code and full_time.person_key = main_courses.person_key
left join backbone
    on full_time.county_code = backbone.county_code and full_time.person_key = backbone.person_key
left join ranks
    on full_time.county_code = ranks.county_code and full_time.person_key = ranks.person_key
order by full_time.county_code, full_time.person_key
