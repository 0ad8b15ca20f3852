-- Who has submitted what: the newest day that rows of a county (unit '') or school speak of, by table and way
-- in, and each period that rows of flows name. Read from raw: rows that are superseded were submitted too.
with deliveries as (
    select * from {{ ref('int_landed_delivery') }}
),

run as (
    select as_of_date from {{ ref('int_run') }}
),

submitted as (
    {%- for source_name, table_name, unit, period in expected_tables() %}
    select
        '{{ source_name }}' as source_name,
        '{{ table_name }}' as table_name,
        delivered.county_code,
        {{ unit or "''" }} as unit,
        {{ 'cast(delivered.' ~ period ~ ' as varchar)' if period else 'null' }} as flow_period,
        deliveries.is_pull,
        max(delivered._as_of_date) as newest
    from {{ source(source_name, table_name) }} as delivered
    join deliveries on delivered._delivery = deliveries.delivery_id
    cross join run
    where delivered._as_of_date <= run.as_of_date
    group by all
    union all
    {%- endfor %}
    -- an empty table was submitted too
    select source, table_name, county_code, '', null, is_pull, max(deliveries.as_of_date)
    from deliveries
    cross join run
    where deliveries.as_of_date <= run.as_of_date and county_code is not null
    group by all
)

select
    source_name,
    table_name,
    county_code,
    coalesce(unit, '') as unit,
    flow_period,
    case when is_pull then 'pull' else 'file' end as way_in,
    newest
from submitted
where county_code is not null
