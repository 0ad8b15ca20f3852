-- What people decided, as the log holds it: never edited, only added to.
select
    decision_id,
    decided_at,
    decided_by,
    decision_kind,
    subject,
    because
from {{ source('ledger', 'decisions') }}
order by decision_id
