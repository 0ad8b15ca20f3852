-- School units that meet what measures an item of the plan, now and at its start: one row an item and moment. The
-- history tells both, so that they are counted alike; units out of scope are left out, unknown ones do not meet.
with history as (
    select * from {{ ref('indicator_history') }} where school_id <> ''
),

items as (
    select * from {{ ref('int_plan_item') }}
),

measures as (
    select * from {{ ref('int_plan_part') }}
),

rules as (
    select distinct indicator_id from {{ ref('int_rule') }} where level = 'school' and part = 'resource'
),

run as (
    select as_of_date, school_rule_least_met from {{ ref('int_run') }}
),

first_days as (
    select county_code, min(valid_from) as first_day from history group by all
),

moments as (
    select items.county_code, items.plan_id, 'now' as moment, run.as_of_date as day
    from items
    cross join run
    union all
    select items.county_code, items.plan_id, 'start', greatest(first_days.first_day, items.start_on)
    from items
    cross join run
    join first_days on items.county_code = first_days.county_code
    where greatest(first_days.first_day, items.start_on) <= run.as_of_date
),

days as (
    select distinct county_code, day from moments
),

stood as (
    select days.day, history.county_code, history.school_id, history.stage, history.indicator_id, history.status
    from days
    join history on days.county_code = history.county_code and {{ stood_on('history', 'days.day') }}
    where history.status <> 'not_applicable'
),

tests as (
    select day, county_code, school_id, stage, indicator_id, status = 'met' as is_met from stood
    union all
    select
        stood.day,
        stood.county_code,
        stood.school_id,
        stood.stage,
        'resource_school_rule',
        bool_and(stood.status in ('met', 'within_floor'))
        and count(*) filter (where stood.status <> 'met') <= count(*) - any_value(run.school_rule_least_met)
    from stood
    join rules on stood.indicator_id = rules.indicator_id
    cross join run
    group by all
),

of_units as (
    select
        moments.county_code,
        moments.plan_id,
        moments.moment,
        moments.day,
        tests.school_id,
        tests.stage,
        bool_and(tests.is_met) as is_met
    from moments
    join measures on moments.county_code = measures.county_code and moments.plan_id = measures.plan_id
    join tests
        on moments.county_code = tests.county_code
        and moments.day = tests.day
        and measures.indicator_id = tests.indicator_id
    group by all
)

select
    county_code,
    plan_id,
    moment,
    day,
    count(*) as school_units,
    count(*) filter (where is_met) as school_units_met
from of_units
group by all
