-- What is known of a school unit, and of a whole county (`school_id` empty), on either basis. A county's count that
-- leaves somebody out is not known, and one that looked at nothing tells nothing.
with of_units as (
    select * from {{ ref('int_unit_measure') }}
),

of_counties as (
    select * from {{ ref('int_county_measure') }} where amount is not null and unknown + unheard = 0 and coalesce(checked > 0, true)
),

unit_catalogue as (
    select * from {{ ref('measures') }}
),

county_catalogue as (
    select * from {{ ref('county_measures') }}
),

run as (
    select as_of_date from {{ ref('int_run') }}
),

together as (
    select
        of_units.county_code,
        of_units.school_id,
        of_units.stage,
        of_units.measure_id,
        of_units.value,
        catalogue.unit,
        of_units.basis,
        of_units.source,
        of_units.is_used
    from of_units
    join unit_catalogue as catalogue on of_units.measure_id = catalogue.measure_id
    union all
    select
        of_counties.county_code,
        '',
        of_counties.stage,
        of_counties.measure_id,
        {{ measure_value('of_counties.amount', '1', 'of_counties.whole') }},
        catalogue.unit,
        of_counties.basis,
        of_counties.source,
        of_counties.is_used
    from of_counties
    join county_catalogue as catalogue on of_counties.measure_id = catalogue.measure_id
)

select
    run.as_of_date,
    together.county_code,
    together.school_id,
    together.stage,
    together.measure_id,
    together.value,
    together.unit,
    together.basis,
    together.source,
    together.is_used
from together
cross join run
order by together.county_code, together.school_id, together.stage, together.measure_id, together.basis
