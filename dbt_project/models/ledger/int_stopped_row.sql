-- What the gate stopped: one row a row of a delivery, column and rule.
select * from {{ source('ledger', 'quarantined_rows') }}
