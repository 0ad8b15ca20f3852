{{ config(materialized='ephemeral') }}
-- Filed figures at their school. A figure gives way (`is_outdated`)
--   where the school's successor has filed the same one for a later day: that figure holds both already;
--   where a later file gives the measure for the whole school instead of by stage, or the other way round;
--   where the school has filed anything for a day a full year later: figures of two years make no snapshot.
with listed as (
    select * from {{ ref('stg_declared__measures') }} where _fate = 'current'
),

run as (
    select as_of_date, amount_limit, count_limit from {{ ref('int_run') }}
),

measures as (
    select catalogue.*
    from {{ ref('measures') }} as catalogue
    cross join run
    where {{ holds_on('catalogue', 'run.as_of_date') }}
),

judged as (
    select
        listed.* exclude (school_id),
        listed.school_id as filed_school_id,
        deliveries.ordered_at,
        deliveries.digest,
        {{ resolved_school('school_id') }} as school_id,
        {{ faults([
            unresolved('school_id'),
            ('measure_id', 'measures.measure_id is null', "'unknown_measure'"),
            ('stage', "listed.stage = 'whole' and not (measures.is_facility or measures.is_whole_school)", "'whole_not_split'"),
            ('value', 'listed.value < 0', "'negative_value'"),
            ('value', 'measures.is_count and listed.value <> trunc(listed.value)', "'not_whole'"),
            ('value', 'listed.value >= case when measures.is_count then run.count_limit else run.amount_limit end',
                "'value_out_of_range'"),
        ]) }} as _faults
    from listed
    cross join run
    left join measures on listed.measure_id = measures.measure_id
    left join {{ ref('int_landed_delivery') }} as deliveries
        on deliveries.source = 'declared' and listed._delivery = deliveries.delivery_id
    {{ join_school('school_id', 'declared') }}
),

compared as (
    select
        *,
        max(_as_of_date) over (partition by county_code, school_id) as last_day_of_school,
        max(_as_of_date) over (partition by county_code, school_id, stage, measure_id) as last_day_of_figure,
        first_value(stage = 'whole') over (
            partition by county_code, school_id, measure_id
            order by _as_of_date desc, ordered_at desc nulls last, digest desc nulls last
        ) as is_given_whole
    from judged
    where _faults = ''
)

select
    *,
    _as_of_date < last_day_of_figure
    or _as_of_date <= last_day_of_school - interval 1 year
    or (stage = 'whole') <> is_given_whole as is_outdated
from compared
union all by name
select *, false as is_outdated from judged where _faults <> ''
