-- Who has not submitted: one row a county or school, table and period that is due and has not come. A source that
-- nobody ever delivered is off, and expected of nobody.
with submissions as (
    select * from {{ ref('int_submission') }}
),

run as (
    select * from {{ ref('int_run') }}
),

counties as (
    select county_code from {{ ref('int_county') }}
    union
    select county_code from submissions
),

schools as (
    select county_code, school_id from {{ ref('int_school') }}
),

of_counties as (
    select source_name, table_name, county_code, max(newest) as newest, max(way_in) as way_in
    from submissions
    group by all
),

ways_in as (
    -- a county that has never submitted is expected to do as the others do
    select source_name, table_name, max(way_in) as way_in
    from of_counties
    group by all
),

rhythms as (
    select
        rhythms.*,
        {{ due_from('run.as_of_date', 'rhythms.rhythm', 'rhythms.grace_days', 'run.school_year_first_month') }} as due_from
    from {{ ref('delivery_rhythms') }} as rhythms
    cross join run
    where {{ holds_on('rhythms', 'run.as_of_date') }}
),

expected as (
    select counties.county_code, rhythms.*, of_counties.newest
    from counties
    cross join ways_in
    left join of_counties
        on counties.county_code = of_counties.county_code
        and ways_in.source_name = of_counties.source_name
        and ways_in.table_name = of_counties.table_name
    join rhythms
        on ways_in.source_name = rhythms.source_name
        and ways_in.table_name = rhythms.table_name
        and coalesce(of_counties.way_in, ways_in.way_in) = rhythms.way_in
),

late_counties as (
    select source_name, table_name, county_code, '' as unit, rhythm, due_from
    from expected
    where not is_flow and (newest is null or newest < due_from)
),

late_schools as (
    -- where the county has submitted, and not for this school
    select expected.source_name, expected.table_name, expected.county_code, schools.school_id as unit, expected.rhythm, expected.due_from
    from expected
    join schools on expected.county_code = schools.county_code
    left join submissions
        on expected.source_name = submissions.source_name
        and expected.table_name = submissions.table_name
        and expected.county_code = submissions.county_code
        and schools.school_id = submissions.unit
    where expected.expected_of = 'school' and expected.newest >= expected.due_from
    group by all
    having coalesce(max(submissions.newest), date '0001-01-01') < expected.due_from
),

flows as (
    -- every period from the first one that the county has submitted
    select
        expected.source_name,
        expected.table_name,
        expected.county_code,
        expected.rhythm,
        expected.due_from,
        min(try_cast(submissions.flow_period || case expected.rhythm when 'monthly' then '-01' else '-01-01' end as date)) as first_from
    from expected
    left join submissions
        on expected.source_name = submissions.source_name
        and expected.table_name = submissions.table_name
        and expected.county_code = submissions.county_code
        and submissions.flow_period is not null
    where expected.is_flow
    group by all
),

due_periods as (
    select
        * exclude (first_from, due_from),
        cast(
            unnest(generate_series(
                cast(coalesce(first_from, due_from) as timestamp), cast(due_from as timestamp),
                case rhythm when 'monthly' then interval 1 month else interval 1 year end
            )) as date
        ) as due_from
    from flows
),

late_flows as (
    select due_periods.source_name, due_periods.table_name, due_periods.county_code, '' as unit, due_periods.rhythm, due_periods.due_from
    from due_periods
    cross join run
    anti join submissions
        on due_periods.source_name = submissions.source_name
        and due_periods.table_name = submissions.table_name
        and due_periods.county_code = submissions.county_code
        and {{ period_of('due_periods.due_from', 'due_periods.rhythm', 'run.school_year_first_month') }} = submissions.flow_period
),

late as (
    select * from late_counties
    union all
    select * from late_schools
    union all
    select * from late_flows
)

select
    md5(concat_ws('|', 'missing', late.source_name, late.table_name, late.county_code, late.unit, late.due_from)) as delivery_id,
    late.source_name as source,
    late.table_name,
    late.county_code,
    late.unit,
    {{ period_of('late.due_from', 'late.rhythm', 'run.school_year_first_month') }} as period
from late
cross join run
