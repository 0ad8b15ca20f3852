-- Rows that nothing counts. What the codes of a row led to is known while its delivery is in use; once a corrected
-- one or a decision has settled it, the row stays here as the release before told it, closed.
with quarantined as (
    select * from {{ ref('int_quarantined_row') }}
),

ledger as (
    select delivery_id, origin, arrived_at from {{ ref('int_landed_delivery') }}
),

told_before as (
    select previous.*
    from {{ source('run', 'previous_quarantine') }} as previous
    semi join ledger on previous.delivery_id = ledger.delivery_id
    anti join quarantined
        on previous.delivery_id = quarantined.delivery_id
        and previous.position = quarantined.position
        and previous.column_name = quarantined.column_name
        and previous.rule = quarantined.rule
    where previous.stopped_by = 'crosswalk'
),

together as (
    select
        delivery_id, position, column_name, rule, source, table_name, county_code, sheet, row_number, row_key, stopped_by,
        message_zh, message_en,
        case when is_open then 'open' else 'closed' end as status
    from quarantined
    union all
    select
        delivery_id, position, column_name, rule, source, table_name, county_code, sheet, row_number, row_key, stopped_by,
        message_zh, message_en,
        'closed'
    from told_before
)

select
    together.delivery_id,
    together.position,
    together.column_name,
    together.rule,
    together.source,
    together.table_name,
    coalesce(together.county_code, '') as county_code,
    ledger.origin,
    together.sheet,
    together.row_number,
    together.row_key,
    together.stopped_by,
    together.message_zh,
    together.message_en,
    together.status,
    ledger.arrived_at,
    min(ledger.arrived_at) over same_fault as first_seen_at,
    max(ledger.arrived_at) over same_fault as last_seen_at
from together
join ledger on together.delivery_id = ledger.delivery_id
window same_fault as (
    -- the same fault at the same place of the same origin, however often it was sent
    partition by
        together.source,
        together.table_name,
        ledger.origin,
        together.sheet,
        together.row_number,
        together.row_key,
        together.column_name,
        together.rule
)
order by together.delivery_id, together.position, together.column_name, together.rule
