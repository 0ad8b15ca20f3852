-- Students of a county by fiscal year and stage: those on the roll that was delivered last in the year, else those that
-- the county filed last in it. Years whose roll is not there any more, or never was, have no row.
with students as (
    select * from {{ ref('stg_student_status__students') }} where _fate in ('current', 'superseded')
),

filed as (
    select * from {{ ref('stg_declared__county_measures') }}
    where _fate in ('current', 'superseded') and measure_id = 'enrolled_students' and value is not null
),

run as (
    select as_of_date from {{ ref('int_run') }}
),

stages as (
    select distinct stage from {{ ref('school_type_stages') }}
),

counted as (
    select
        students.county_code,
        students._fate,
        students._as_of_date,
        students._delivery,
        grades.meaning as stage,
        count(*) as students
    from students
    {{ join_meaning('grades', 'grade', 'students.grade') }}
    {{ join_meaning('statuses', 'roll_status', 'students.status') }}
    where statuses.meaning = 'on_roll'
    group by all
),

rolls as (
    -- the roll in use is of the year of its newest day; an earlier year has the last roll that was in use in it
    select
        county_code,
        year(case when _fate = 'current' then max(_as_of_date) over (partition by county_code, _fate) else _as_of_date end)
            as fiscal_year,
        stage,
        _fate,
        _as_of_date,
        _delivery,
        students
    from counted
),

last_rolls as (
    select county_code, fiscal_year, stage, sum(students) as students
    from (
        select *
        from rolls
        qualify case
            when _fate = 'current' then true
            else not bool_or(_fate = 'current') over (partition by county_code, fiscal_year)
                and dense_rank() over (partition by county_code, fiscal_year order by _as_of_date desc, _delivery) = 1
        end
    )
    group by all
),

filings as (
    select filed.county_code, year(filed._as_of_date) as fiscal_year, filed.stage, filed.value as students
    from filed
    cross join run
    where filed._as_of_date <= run.as_of_date
    qualify row_number() over (
        partition by filed.county_code, year(filed._as_of_date), filed.stage
        order by filed._as_of_date desc, filed._fate, filed._delivery
    ) = 1
),

told as (
    select *, 'records' as basis from last_rolls
    union all
    select filings.*, 'declared'
    from filings
    anti join last_rolls
        on filings.county_code = last_rolls.county_code
        and filings.fiscal_year = last_rolls.fiscal_year
        and filings.stage = last_rolls.stage
)

select
    told.county_code,
    cast(told.fiscal_year as bigint) as fiscal_year,
    told.stage,
    cast(told.students as bigint) as students,
    told.basis
from told
join stages on told.stage = stages.stage
order by told.county_code, told.fiscal_year, told.stage
