-- Deliveries whose rows rest in raw. `is_corrected`: the same file or address has since delivered the same day anew.
select
    delivery_id,
    source,
    table_name,
    county_code,
    as_of_date,
    origin,
    ordered_at,
    arrived_at,
    digest,
    coalesce(is_pull, false) as is_pull,
    row_number() over (
        partition by source, table_name, origin, county_code, as_of_date
        order by ordered_at desc nulls last, digest desc nulls last
    ) > 1 as is_corrected
from {{ source('ledger', 'deliveries') }}
where outcome = 'landed'
