-- Students of a county by fiscal year and stage: those on the roll that was delivered last in the year, else those that
-- the county filed last in it. Years whose roll is not there any more, or never was, have no row.
with students as (
    select * from {{ ref('stg_student_status__students') }} where _fate in ('current', 'superseded')
),

outdated as (
    -- of a school that was merged since: part of an earlier year, and of the successor's own list now
    select _delivery, _position from {{ ref('int_listed_student') }} where is_outdated
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

deliveries as (
    select delivery_id, is_pull, ordered_at, digest
    from {{ ref('int_landed_delivery') }}
    where source = 'student_status' and table_name = 'students'
),

counted as (
    select
        students.county_code,
        students.school_id,
        students._fate,
        students._as_of_date,
        students._delivery,
        deliveries.is_pull,
        deliveries.ordered_at,
        deliveries.digest,
        grades.meaning as stage,
        outdated._position is not null as is_outdated,
        count(*) as students
    from students
    join deliveries on students._delivery = deliveries.delivery_id
    left join outdated on students._delivery = outdated._delivery and students._position = outdated._position
    {{ join_meaning('grades', 'grade', 'students.grade') }}
    {{ join_meaning('statuses', 'roll_status', 'students.status') }}
    where statuses.meaning = 'on_roll'
    group by all
),

newest as (
    -- the roll in use is of the year of its newest day
    select county_code, year(max(_as_of_date)) as fiscal_year from counted where _fate = 'current' group by all
),

earlier as (
    select counted.*, year(counted._as_of_date) as fiscal_year
    from counted
    left join newest on counted.county_code = newest.county_code
    where year(counted._as_of_date) < coalesce(newest.fiscal_year, year(counted._as_of_date) + 1)
),

last_pulls as (
    select distinct county_code, fiscal_year, _as_of_date, ordered_at, digest
    from earlier
    where is_pull
    qualify dense_rank() over (
        partition by county_code, fiscal_year
        order by _as_of_date desc, ordered_at desc nulls last, digest desc nulls last
    ) = 1
),

rolls as (
    select counted.county_code, newest.fiscal_year, counted.stage, counted.students
    from counted
    join newest on counted.county_code = newest.county_code
    where counted._fate = 'current' and not counted.is_outdated
    union all
    -- an earlier year ended with its last pull and with the files of schools that came after it
    select county_code, fiscal_year, stage, students
    from (
        select earlier.*
        from earlier
        left join last_pulls
            on earlier.county_code = last_pulls.county_code and earlier.fiscal_year = last_pulls.fiscal_year
        where last_pulls.county_code is null
            or (earlier.is_pull and earlier.digest = last_pulls.digest and earlier._as_of_date = last_pulls._as_of_date)
            or (
                not earlier.is_pull
                and (earlier._as_of_date, earlier.ordered_at, earlier.digest)
                > (last_pulls._as_of_date, last_pulls.ordered_at, last_pulls.digest)
            )
        qualify dense_rank() over (
            partition by earlier.county_code, earlier.fiscal_year, earlier.school_id
            order by earlier._as_of_date desc, earlier.ordered_at desc nulls last, earlier.digest desc nulls last
        ) = 1
    )
),

last_rolls as (
    select county_code, fiscal_year, stage, sum(students) as students
    from rolls
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
