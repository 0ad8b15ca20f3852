with quarantined as (
    select * from {{ ref('int_quarantined_row') }}
),

ledger as (
    select delivery_id, origin, arrived_at from {{ ref('int_landed_delivery') }}
)

select
    quarantined.delivery_id,
    quarantined.position,
    quarantined.column_name,
    quarantined.rule,
    quarantined.source,
    quarantined.table_name,
    coalesce(quarantined.county_code, '') as county_code,
    ledger.origin,
    quarantined.sheet,
    quarantined.row_number,
    quarantined.row_key,
    quarantined.stopped_by,
    quarantined.message_zh,
    quarantined.message_en,
    case when quarantined.is_open then 'open' else 'closed' end as status,
    min(ledger.arrived_at) over same_fault as arrived_at,
    max(ledger.arrived_at) over same_fault as last_seen_at
from quarantined
join ledger on quarantined.delivery_id = ledger.delivery_id
window same_fault as (
    -- the same fault at the same place of the same origin, however often it was sent
    partition by
        quarantined.source,
        quarantined.table_name,
        ledger.origin,
        quarantined.sheet,
        quarantined.row_number,
        quarantined.row_key,
        quarantined.column_name,
        quarantined.rule
)
order by quarantined.delivery_id, quarantined.position, quarantined.column_name, quarantined.rule
