{{ config(materialized='ephemeral') }}
-- Classes above the limit of their stage by the bands of a form: known where every band above it is filed and none
-- lies across it. One row a county, school and stage.
with filed as (
    select * from {{ ref('fct_school_declared') }}
),

bands as (
    select bands.*
    from {{ ref('class_bands') }} as bands
    cross join {{ ref('int_run') }} as run
    where {{ holds_on('bands', 'run.as_of_date') }}
),

limits as (
    select stage, value from {{ ref('int_item_limit') }} where limit_id = 'class_most_students'
),

over as (
    select
        limits.stage,
        bands.measure_id,
        count(*) over (partition by limits.stage) as bands,
        bool_or(bands.size_from <= limits.value) over (partition by limits.stage) as has_one_across
    from limits
    join bands on coalesce(bands.size_to > limits.value, true)
)

select
    filed.county_code,
    filed.school_id,
    filed.stage,
    sum(filed.value) as classes_over_limit
from filed
join over on filed.stage = over.stage and filed.measure_id = over.measure_id
where not over.has_one_across
group by filed.county_code, filed.school_id, filed.stage, over.bands
having count(filed.value) = over.bands
