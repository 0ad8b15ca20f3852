-- What became of every delivery and of its rows. delivered = accepted + quarantined + superseded + held;
-- a refused delivery stands outside, none of its rows was taken; what has not come (`missing`) has none.
with ledger as (
    select * exclude (is_outdated), coalesce(is_outdated, false) as is_outdated
    from {{ source('ledger', 'deliveries') }}
),

run as (
    select * from {{ ref('int_run') }}
),

rhythms as (
    select rhythms.*
    from {{ ref('delivery_rhythms') }} as rhythms
    cross join run
    where {{ holds_on('rhythms', 'run.as_of_date') }}
),

missing as (
    select * from {{ ref('int_missing_delivery') }}
),

fates as (
    select delivery_id, fate, sum(rows) as rows
    from {{ ref('int_row_fate') }}
    group by all
),

quarantined as (
    select delivery_id, count(distinct position) as rows
    from {{ ref('int_quarantined_row') }}
    where stopped_by = 'crosswalk'
    group by all
),

outdated as (
    -- in use as deliveries go, and yet told by a later one
    {%- for model in ['int_declared_measure', 'int_declared_county_measure', 'int_listed_student', 'int_listed_staff'] %}
    select _delivery as delivery_id, count(*) as rows
    from {{ ref(model) }}
    where is_outdated
    group by all
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
),

counted as (
    select
        ledger.delivery_id,
        coalesce(sum(fates.rows) filter (where fates.fate in ('current', 'removed')), 0) as in_use,
        coalesce(sum(fates.rows) filter (where fates.fate = 'quarantined'), 0) as stopped,
        case
            -- a held delivery whose sender has delivered anew
            when ledger.outcome = 'held' and ledger.is_outdated then coalesce(ledger.rows_delivered, 0)
            -- its rows were past their period: nothing that may still be asked for uses them
            when ledger.outcome = 'purged' then coalesce(ledger.rows_delivered, 0)
            else coalesce(sum(fates.rows) filter (where fates.fate = 'superseded'), 0)
        end as superseded,
        case
            -- a held delivery rests outside raw: its rows wait as the ledger counted them
            when ledger.outcome = 'held' and not ledger.is_outdated then coalesce(ledger.rows_delivered, 0)
            when ledger.outcome = 'held' then 0
            else coalesce(sum(fates.rows) filter (where fates.fate = 'held'), 0)
        end as held
    from ledger
    left join fates on ledger.delivery_id = fates.delivery_id
    group by ledger.delivery_id, ledger.outcome, ledger.is_outdated, ledger.rows_delivered
),

newest as (
    -- an empty delivery has no row that could tell whether it is in use; a full pull and its deltas are so together
    select
        landed.delivery_id,
        landed.builds_on = first_value(landed.builds_on) over (
            partition by landed.source, landed.table_name, landed.county_code, case when not landed.is_pull then landed.origin end
            order by landed.as_of_date desc, landed.ordered_at desc, landed.digest desc
        ) as is_newest
    from {{ ref('int_landed_delivery') }} as landed
    cross join run
    where landed.as_of_date <= run.as_of_date
),

balanced as (
    select
        counted.delivery_id,
        counted.in_use,
        counted.superseded + coalesce(outdated.rows, 0) as rows_superseded,
        counted.held as rows_held,
        counted.stopped + coalesce(quarantined.rows, 0) as rows_quarantined,
        counted.in_use - coalesce(quarantined.rows, 0) - coalesce(outdated.rows, 0) as rows_accepted
    from counted
    left join quarantined on counted.delivery_id = quarantined.delivery_id
    left join outdated on counted.delivery_id = outdated.delivery_id
),

arrived as (
    select
        ledger.delivery_id,
        ledger.source,
        coalesce(ledger.table_name, '') as table_name,
        coalesce(ledger.county_code, '') as county_code,
        coalesce(ledger.unit, '') as unit,
        {{ period_of('ledger.as_of_date', 'rhythms.rhythm', 'run.school_year_first_month') }} as period,
        ledger.digest,
        ledger.as_of_date,
        ledger.kind,
        case
            when ledger.outcome = 'purged' or (ledger.outcome = 'held' and ledger.is_outdated) then 'superseded'
            when ledger.outcome in ('refused', 'held') then ledger.outcome
            when balanced.rows_accepted > 0 then 'in_use'
            when balanced.rows_superseded > 0 then 'superseded'
            when balanced.rows_held > 0 or ledger.as_of_date > run.as_of_date then 'not_yet_due'
            when newest.is_newest or balanced.in_use > 0 then 'in_use'
            else 'superseded'
        end as status,
        coalesce(ledger.rows_delivered, 0) as rows_delivered,
        cast(balanced.rows_accepted as bigint) as rows_accepted,
        cast(balanced.rows_quarantined as bigint) as rows_quarantined,
        cast(balanced.rows_superseded as bigint) as rows_superseded,
        cast(balanced.rows_held as bigint) as rows_held,
        ledger.origin,
        ledger.encoding,
        ledger.layout,
        ledger.rule,
        ledger.message_zh,
        ledger.message_en,
        ledger.ordered_at,
        ledger.arrived_at
    from ledger
    join balanced on ledger.delivery_id = balanced.delivery_id
    left join newest on ledger.delivery_id = newest.delivery_id
    left join rhythms
        on ledger.source = rhythms.source_name
        and ledger.table_name = rhythms.table_name
        and case when ledger.is_pull then 'pull' else 'file' end = rhythms.way_in
    cross join run
),

not_arrived as (
    select
        delivery_id,
        source,
        table_name,
        county_code,
        unit,
        period,
        '' as digest,
        'full' as kind,
        'missing' as status,
        0::bigint as rows_delivered,
        0::bigint as rows_accepted,
        0::bigint as rows_quarantined,
        0::bigint as rows_superseded,
        0::bigint as rows_held
    from missing
)

select * from arrived
union all by name
select * from not_arrived
order by delivery_id
