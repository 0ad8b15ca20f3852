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
    select delivery_id, is_pull, builds_on, as_of_date, ordered_at, digest
    from {{ ref('int_landed_delivery') }}
    where source = 'student_status' and table_name = 'students'
),

on_roll as (
    select
        students.county_code,
        students.school_id,
        students._fate,
        students._as_of_date,
        students._replaced_on,
        deliveries.is_pull,
        deliveries.builds_on,
        -- a row that was pulled was first said on the day of its delivery
        case when deliveries.is_pull then deliveries.as_of_date else students._as_of_date end as said_on,
        deliveries.ordered_at,
        deliveries.digest,
        grades.meaning as stage,
        outdated._position is not null as is_outdated
    from students
    join deliveries on students._delivery = deliveries.delivery_id
    left join outdated on students._delivery = outdated._delivery and students._position = outdated._position
    {{ join_meaning('grades', 'grade', 'students.grade') }}
    {{ join_meaning('statuses', 'roll_status', 'students.status') }}
    where statuses.meaning = 'on_roll'
),

newest as (
    -- the roll in use is of the year of its newest day
    select county_code, year(max(_as_of_date)) as fiscal_year from on_roll where _fate = 'current' group by all
),

pulls_of_years as (
    -- a full pull and its deltas, and the last of them in each year
    select builds_on, year(as_of_date) as fiscal_year, max((as_of_date, ordered_at, digest)) as last_word
    from deliveries
    where is_pull
    group by all
),

at_ends_of_years as (
    select on_roll.county_code, on_roll.school_id, on_roll.stage, pulls_of_years.fiscal_year, true as is_pull, pulls_of_years.last_word
    from on_roll
    join pulls_of_years on on_roll.builds_on = pulls_of_years.builds_on
    where on_roll.is_pull
        and year(on_roll.said_on) <= pulls_of_years.fiscal_year
        and coalesce(year(on_roll._replaced_on) > pulls_of_years.fiscal_year, true)
    union all
    select county_code, school_id, stage, year(said_on), false, (said_on, ordered_at, digest)
    from on_roll
    where not is_pull
),

earlier as (
    select at_ends_of_years.*, count(*) as students
    from at_ends_of_years
    left join newest on at_ends_of_years.county_code = newest.county_code
    where at_ends_of_years.fiscal_year < coalesce(newest.fiscal_year, at_ends_of_years.fiscal_year + 1)
    group by all
),

last_pulls as (
    select county_code, fiscal_year, max(last_word) as last_word
    from earlier
    where is_pull
    group by all
),

rolls as (
    select on_roll.county_code, newest.fiscal_year, on_roll.stage, count(*) as students
    from on_roll
    join newest on on_roll.county_code = newest.county_code
    where on_roll._fate = 'current' and not on_roll.is_outdated
    group by all
    union all
    -- an earlier year ended with its last pull and with the files of schools that came after it
    select county_code, fiscal_year, stage, students
    from (
        select earlier.*
        from earlier
        left join last_pulls
            on earlier.county_code = last_pulls.county_code and earlier.fiscal_year = last_pulls.fiscal_year
        where last_pulls.county_code is null
            or (earlier.is_pull and earlier.last_word = last_pulls.last_word)
            or (not earlier.is_pull and earlier.last_word > last_pulls.last_word)
        qualify dense_rank() over (
            partition by earlier.county_code, earlier.fiscal_year, earlier.school_id
            order by earlier.last_word desc
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
