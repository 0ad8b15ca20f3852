/* What: a delivery whose rows are not all accounted for.
   Matters: rows got lost, or were counted twice, between landing and the facts.
   Do: look at the staging model of its table; the ledger says how many rows were landed. */
select delivery_id, rows_delivered, rows_accepted, rows_quarantined, rows_superseded, rows_held
from {{ ref('delivery') }}
where status not in ('refused', 'missing')
    and (
        rows_delivered <> rows_accepted + rows_quarantined + rows_superseded + rows_held
        or least(rows_accepted, rows_quarantined, rows_superseded, rows_held) < 0
    )
