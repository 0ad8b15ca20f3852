{{ config(materialized='ephemeral') }}
-- The cohort that leaves junior school, three years on, as schools file it: one row a county and published variant of
-- the rate. `lacking`: units whose figures are not all known; then nothing is.
{%- set figures = [
    'junior_graduates', 'junior_entrants', 'junior_transfers_in', 'junior_transfers_out', 'junior_deaths'
] %}
with units as (
    select * from {{ ref('int_unit') }} where stage = 'junior'
),

measures as (
    select * from {{ ref('int_unit_measure') }} where is_used
),

cohorts as (
    select
        units.county_code,
        units.school_id,
        {%- for figure in figures %}
        cast(max(measures.amount) filter (where measures.measure_id = '{{ figure }}') as bigint) as {{ figure }},
        {%- endfor %}
        max(measures.amount) filter (where measures.measure_id = 'students') as students
    from units
    left join measures
        on units.county_code = measures.county_code
        and units.school_id = measures.school_id
        and units.stage = measures.stage
    group by all
),

counted as (
    select
        county_code,
        count(*) filter (where {% for figure in figures %}{{ figure }} is null{{ ' or ' if not loop.last }}{% endfor %}) as lacking,
        {%- for figure in figures %}
        sum({{ figure }}) as {{ figure }}{{ ',' if not loop.last }}
        {%- endfor %}
    from cohorts
    where coalesce(students > 0, true)
    group by all
),

variants as (
    select
        county_code,
        'a' as variant,
        lacking,
        junior_graduates - junior_transfers_in + junior_transfers_out as kept,
        junior_entrants - junior_deaths as cohort
    from counted
    union all
    select
        county_code,
        'b',
        lacking,
        -- nobody is kept who was not there
        least(junior_graduates, junior_entrants + junior_transfers_in - junior_transfers_out),
        junior_entrants + junior_transfers_in - junior_transfers_out
    from counted
)

select
    county_code,
    variant,
    lacking,
    case when lacking = 0 and cohort > 0 then kept end as kept,
    case when lacking = 0 and cohort > 0 then cohort end as cohort
from variants
