-- Pay of the last complete calendar year of the full-time teachers of compulsory stages in schools that are not private.
-- One row a county with pay rows; the year is complete when all of its months stand in them. Who is paid but teaches where
-- nobody knows whether the school is private is counted apart, and so is who taught before the year was over and stands in
-- none of its pay rows (`teachers_without_pay`): the average of the others is not theirs.
with pay as (
    select * from {{ ref('stg_hr_payroll__monthly_pay') }} where _fate = 'current'
),

teachers as (
    select * from {{ ref('fct_full_time_teacher') }}
),

schools as (
    select * from {{ ref('int_school') }} where coalesce(ownership <> 'private', true)
),

stages as (
    select distinct stage from {{ ref('school_type_stages') }}
),

run as (
    select year(as_of_date) - 1 as pay_year from {{ ref('int_run') }}
),

paid_teachers as (
    select
        teachers.county_code,
        teachers.person_key,
        schools.ownership is not null as is_public,
        -- who came after the year was over had no pay in it
        coalesce(year(teachers.joined_on) > run.pay_year, false)
        or coalesce(try_cast(left(teachers.teaching_since, 4) as integer) > run.pay_year, false) as came_later
    from teachers
    join stages on teachers.stage = stages.stage
    join schools on teachers.county_code = schools.county_code and teachers.school_id = schools.school_id
    cross join run
),

of_the_year as (
    select pay.*, paid_teachers.is_public
    from pay
    join run on left(pay.pay_month, 4) = cast(run.pay_year as varchar)
    left join paid_teachers on pay.county_code = paid_teachers.county_code and pay.person_key = paid_teachers.person_key
),

counted as (
    select
        county_code,
        count(distinct pay_month) as months,
        sum(gross_yuan) filter (where is_public) as gross_yuan,
        -- a person paid by two units in a month is one head of that month
        count(distinct (person_key, pay_month)) filter (where is_public) as person_months,
        count(distinct person_key) filter (where not is_public) as persons_of_unknown_schools
    from of_the_year
    group by all
),

without_pay as (
    select paid_teachers.county_code, count(*) as teachers
    from paid_teachers
    anti join of_the_year
        on paid_teachers.county_code = of_the_year.county_code and paid_teachers.person_key = of_the_year.person_key
    where not paid_teachers.came_later
    group by all
)

select
    counties.county_code,
    run.pay_year,
    date_diff('month', make_date(run.pay_year, 1, 1), make_date(run.pay_year + 1, 1, 1)) as months_of_year,
    coalesce(counted.months, 0) as months,
    cast(counted.gross_yuan as decimal(38, 2)) as gross_yuan,
    coalesce(counted.person_months, 0) as person_months,
    coalesce(counted.persons_of_unknown_schools, 0) as persons_of_unknown_schools,
    coalesce(without_pay.teachers, 0) as teachers_without_pay
from (select distinct county_code from pay) as counties
cross join run
left join counted on counties.county_code = counted.county_code
left join without_pay on counties.county_code = without_pay.county_code
order by counties.county_code
