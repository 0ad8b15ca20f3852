{{ config(materialized='ephemeral') }}
-- Filed figures at their school. What a school filed for an earlier day gives way where its successor
-- has filed the same measure for a later one (`is_outdated`): that figure holds both already.
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
        {{ resolved_school('school_id') }} as school_id,
        {{ faults([
            unresolved('school_id'),
            ('measure_id', 'measures.measure_id is null', "'unknown_measure'"),
            ('stage', "listed.stage = 'whole' and not measures.is_facility", "'whole_not_split'"),
            ('value', 'listed.value < 0', "'negative_value'"),
            ('value', 'measures.is_count and listed.value <> trunc(listed.value)', "'not_whole'"),
            ('value', 'listed.value >= case when measures.is_count then run.count_limit else run.amount_limit end',
                "'value_out_of_range'"),
        ]) }} as _faults
    from listed
    cross join run
    left join measures on listed.measure_id = measures.measure_id
    {{ join_school('school_id', 'declared') }}
)

select
    *,
    _faults = '' and _as_of_date < max(_as_of_date) filter (where _faults = '') over (
        partition by county_code, school_id, measure_id
    ) as is_outdated
from judged
