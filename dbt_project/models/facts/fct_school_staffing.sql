with staff as (
    select * from {{ ref('int_staff') }} where _faults = ''
),

units as (
    select * from {{ ref('int_hr_unit') }} where _faults = ''
),

posts as (
    select * from {{ ref('int_post') }} where _faults = ''
),

degrees as (
    select * from {{ ref('int_degree') }} where _faults = ''
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

degree_bars as (
    select bars.stage, bars.degree_level
    from {{ ref('degree_bars') }} as bars
    join run on bars.rule_set = run.rule_set
    where {{ holds_on('bars', 'run.rule_date') }}
),

stages as (
    select distinct stage from {{ ref('school_type_stages') }}
),

staff_counties as (
    {{ delivered_counties('hr_payroll', 'staff', 'staff') }}
),

subject_counties as (
    {{ delivered_counties('hr_payroll', 'subjects_taught', 'subjects_taught') }}
),

degree_counties as (
    {{ delivered_counties('hr_payroll', 'degrees', 'degrees') }}
),

title_counties as (
    {{ delivered_counties('hr_payroll', 'backbone_titles', 'titles') }}
),

known as (
    select county_code, school_id from staff
    union
    select county_code, school_id from units
),

teaching_posts as (
    select distinct posts.county_code, posts.person_key
    from posts
    cross join run
    where posts.post_kind = 'teaching_post'
        and posts.started_on <= run.as_of_date
        and (posts.ended_on is null or posts.ended_on >= run.as_of_date)
),

full_time as (
    select staff.county_code, staff.person_key, staff.school_id
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

completed_degrees as (
    select distinct degrees.county_code, degrees.person_key, degree_bars.stage
    from degrees
    cross join run
    join degree_bars on degrees.degree_level = degree_bars.degree_level
    where degrees.graduated_month is null or degrees.graduated_month <= strftime(run.as_of_date, '%Y-%m')
),

backbone as (
    select distinct titles.county_code, titles.person_key
    from titles
    cross join run
    where titles.title_level = 'county_or_above'
        and titles.awarded_on <= run.as_of_date
        and (titles.valid_to is null or titles.valid_to >= run.as_of_date)
),

counted as (
    select
        full_time.county_code,
        full_time.school_id,
        main_courses.stage,
        count(*) as full_time_teachers,
        count(completed_degrees.person_key) as teachers_above_required_degree,
        count(backbone.person_key) as backbone_teachers,
        count(*) filter (where main_courses.course_kind = 'pe_arts') as pe_arts_teachers
    from full_time
    join main_courses
        on full_time.county_code = main_courses.county_code and full_time.person_key = main_courses.person_key
    left join completed_degrees
        on full_time.county_code = completed_degrees.county_code
        and full_time.person_key = completed_degrees.person_key
        and main_courses.stage = completed_degrees.stage
    left join backbone
        on full_time.county_code = backbone.county_code and full_time.person_key = backbone.person_key
    group by all
)

select
    known.county_code,
    known.school_id,
    stages.stage,
    coalesce(counted.full_time_teachers, 0) as full_time_teachers,
    case
        when degree_counties.county_code is not null then coalesce(counted.teachers_above_required_degree, 0)
    end as teachers_above_required_degree,
    case
        when title_counties.county_code is not null then coalesce(counted.backbone_teachers, 0)
    end as backbone_teachers,
    coalesce(counted.pe_arts_teachers, 0) as pe_arts_teachers
from known
join staff_counties on known.county_code = staff_counties.county_code
-- nobody's stage is known without the courses
join subject_counties on known.county_code = subject_counties.county_code
cross join stages
left join degree_counties on known.county_code = degree_counties.county_code
left join title_counties on known.county_code = title_counties.county_code
left join counted
    on known.county_code = counted.county_code
    and known.school_id = counted.school_id
    and stages.stage = counted.stage
order by known.county_code, known.school_id, stages.stage
