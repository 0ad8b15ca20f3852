with measures as (
    select * from {{ ref('int_unit_measure') }}
),

catalogue as (
    select * from {{ ref('measures') }}
),

run as (
    select as_of_date from {{ ref('int_run') }}
)

select
    run.as_of_date,
    measures.county_code,
    measures.school_id,
    measures.stage,
    measures.measure_id,
    measures.value,
    catalogue.unit,
    measures.basis,
    measures.source,
    measures.is_used
from measures
join catalogue on measures.measure_id = catalogue.measure_id
cross join run
order by measures.county_code, measures.school_id, measures.stage, measures.measure_id, measures.basis
