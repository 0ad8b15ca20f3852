{{ config(materialized='ephemeral') }}
-- Filed figures of whole counties, the category decoded (`category_meaning`; empty: undivided). A figure gives way
-- (`is_outdated`)
--   where a later file writes the same category in another spelling;
--   where the county has filed anything for a day a full year later: figures of two years make no snapshot.
with listed as (
    select * from {{ ref('stg_declared__county_measures') }} where _fate = 'current'
),

run as (
    select as_of_date, amount_limit, count_limit from {{ ref('int_run') }}
),

measures as (
    select catalogue.*
    from {{ ref('county_measures') }} as catalogue
    cross join run
    where {{ holds_on('catalogue', 'run.as_of_date') }}
),

categories as (
    select * from {{ ref('int_code_spelling') }}
),

figures as (
    select
        listed.county_code,
        listed.stage,
        coalesce(categories.meaning, '') as of_category,
        listed._as_of_date,
        listed.measure_id,
        measures.part_of,
        max(listed.value) as value
    from listed
    join measures on listed.measure_id = measures.measure_id
    left join categories on measures.divided_by = categories.list_id and trim(listed.category) = categories.spelling
    where coalesce(trim(listed.category), '') = '' or categories.meaning is not null
    group by all
),

too_large as (
    -- parts that are more than the whole that was filed for the same day
    select parts.county_code, parts.stage, parts.of_category, parts._as_of_date, parts.part_of
    from figures as parts
    join figures as wholes
        on parts.part_of = wholes.measure_id
        and parts.county_code = wholes.county_code
        and parts.stage = wholes.stage
        and parts.of_category = wholes.of_category
        and parts._as_of_date = wholes._as_of_date
    group by all
    having sum(parts.value) > any_value(wholes.value)
),

judged as (
    select
        listed.*,
        deliveries.ordered_at,
        deliveries.digest,
        case when coalesce(trim(listed.category), '') = '' then '' else categories.meaning end as category_meaning,
        {{ faults([
            ('measure_id', 'measures.measure_id is null', "'unknown_measure'"),
            ('category', "measures.measure_id is not null and category_meaning is null", "'unknown_category'"),
            ('value', 'listed.value < 0', "'negative_value'"),
            ('value', 'measures.is_count and listed.value <> trunc(listed.value)', "'not_whole'"),
            ('value', 'listed.value >= case when measures.is_count then run.count_limit else run.amount_limit end',
                "'value_out_of_range'"),
            ('value', 'too_large.part_of is not null', "'more_than_whole'"),
        ]) }} as _faults
    from listed
    cross join run
    left join measures on listed.measure_id = measures.measure_id
    left join categories on measures.divided_by = categories.list_id and trim(listed.category) = categories.spelling
    left join too_large
        on measures.part_of = too_large.part_of
        and listed.county_code = too_large.county_code
        and listed.stage = too_large.stage
        and coalesce(categories.meaning, '') = too_large.of_category
        and listed._as_of_date = too_large._as_of_date
    left join {{ ref('int_landed_delivery') }} as deliveries
        on deliveries.source = 'declared' and listed._delivery = deliveries.delivery_id
),

compared as (
    select
        *,
        max(_as_of_date) over (partition by county_code) as last_day_of_county,
        dense_rank() over (
            partition by county_code, stage, category_meaning, measure_id
            order by _as_of_date desc, ordered_at desc nulls last, digest desc nulls last
        ) as filing
    from judged
    where _faults = ''
)

select
    *,
    filing > 1 or _as_of_date <= last_day_of_county - interval 1 year as is_outdated
from compared
union all by name
select *, false as is_outdated from judged where _faults <> ''
