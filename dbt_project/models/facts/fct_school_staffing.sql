with staff as (
    select * from {{ ref('int_staff') }} where _faults = ''
),

units as (
    select * from {{ ref('int_hr_unit') }} where _faults = ''
),

teachers as (
    select * from {{ ref('fct_full_time_teacher') }}
),

degrees as (
    select * from {{ ref('int_degree') }}
),

posts as (
    select * from {{ ref('int_post') }} where _faults = ''
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

schools_with_staff as (
    select county_code, school_id from {{ ref('int_hr_coverage') }} where table_name = 'staff'
),

schools_with_subjects_taught as (
    select county_code, school_id from {{ ref('int_hr_coverage') }} where table_name = 'subjects_taught'
),

schools_with_degrees as (
    select county_code, school_id from {{ ref('int_hr_coverage') }} where table_name = 'degrees'
),

schools_with_backbone_titles as (
    select county_code, school_id from {{ ref('int_hr_coverage') }} where table_name = 'backbone_titles'
),

schools_with_posts as (
    select county_code, school_id from {{ ref('int_hr_coverage') }} where table_name = 'posts'
),

known as (
    select county_code, school_id from staff
    union
    select county_code, school_id from units
),

completed_degrees as (
    select distinct degrees.county_code, degrees.person_key, degree_bars.stage
    from degrees
    cross join run
    join degree_bars on degrees.degree_level = degree_bars.degree_level
    where degrees._faults = '' and (degrees.graduated_month is null or degrees.graduated_month <= strftime(run.as_of_date, '%Y-%m'))
),

uncertain_degrees as (
    -- whether a degree that no list knows is above the bar is not known
    select distinct degrees.county_code, degrees.person_key
    from degrees
    cross join run
    where degrees._faults <> '' and (degrees.graduated_month is null or degrees.graduated_month <= strftime(run.as_of_date, '%Y-%m'))
),

counted as (
    select
        teachers.county_code,
        teachers.school_id,
        teachers.stage,
        count(*) as full_time_teachers,
        count(completed_degrees.person_key) as teachers_above_required_degree,
        count(uncertain_degrees.person_key) filter (where completed_degrees.person_key is null) as teachers_of_unknown_degree,
        count(*) filter (where teachers.is_backbone) as backbone_teachers,
        count(*) filter (where teachers.course_kind = 'pe_arts') as pe_arts_teachers,
        count(*) filter (where teachers.is_mid_rank) as mid_rank_teachers,
        count(*) filter (where teachers.is_mid_rank is null) as teachers_of_unknown_rank
    from teachers
    left join completed_degrees
        on teachers.county_code = completed_degrees.county_code
        and teachers.person_key = completed_degrees.person_key
        and teachers.stage = completed_degrees.stage
    left join uncertain_degrees
        on teachers.county_code = uncertain_degrees.county_code and teachers.person_key = uncertain_degrees.person_key
    group by all
)

select
    known.county_code,
    known.school_id,
    stages.stage,
    coalesce(counted.full_time_teachers, 0) as full_time_teachers,
    case
        when schools_with_degrees.county_code is not null and coalesce(counted.teachers_of_unknown_degree, 0) = 0
            then coalesce(counted.teachers_above_required_degree, 0)
    end as teachers_above_required_degree,
    case
        when schools_with_backbone_titles.county_code is not null then coalesce(counted.backbone_teachers, 0)
    end as backbone_teachers,
    coalesce(counted.pe_arts_teachers, 0) as pe_arts_teachers,
    case
        when schools_with_posts.county_code is not null and coalesce(counted.teachers_of_unknown_rank, 0) = 0
            then coalesce(counted.mid_rank_teachers, 0)
    end as mid_rank_teachers
from known
join schools_with_staff
    on known.county_code = schools_with_staff.county_code and known.school_id = schools_with_staff.school_id
-- nobody's stage is known without the courses
join schools_with_subjects_taught
    on known.county_code = schools_with_subjects_taught.county_code
    and known.school_id = schools_with_subjects_taught.school_id
cross join stages
left join schools_with_degrees
    on known.county_code = schools_with_degrees.county_code and known.school_id = schools_with_degrees.school_id
left join schools_with_backbone_titles
    on known.county_code = schools_with_backbone_titles.county_code and known.school_id = schools_with_backbone_titles.school_id
left join schools_with_posts
    on known.county_code = schools_with_posts.county_code and known.school_id = schools_with_posts.school_id
left join counted
    on known.county_code = counted.county_code
    and known.school_id = counted.school_id
    and stages.stage = counted.stage
order by known.county_code, known.school_id, stages.stage
