-- Deliveries whose rows rest in raw. `is_corrected`: the same file or address has since delivered the same day anew.
-- A pull of a system is `full`, or a `delta` that `builds_on` the full pull before it; a file builds on itself. Pull and
-- deltas together say what the system held when it was asked last, not after the as-of date: `told_on`, `told_at`,
-- `told_digest` are of that last word, and null where all of it is later. A file's rows say by themselves when they speak.
with landed as (
    select *, coalesce(is_pull, false) as was_pulled
    from {{ source('ledger', 'deliveries') }}
    where outcome = 'landed'
),

run as (
    select as_of_date from {{ ref('int_run') }}
),

chained as (
    select
        *,
        case
            when was_pulled then last_value(case when kind = 'full' then delivery_id end ignore nulls) over (
                partition by source, table_name, county_code, was_pulled
                order by as_of_date, ordered_at nulls first, digest nulls first
                rows between unbounded preceding and current row
            )
            else delivery_id
        end as builds_on,
        -- a full delivery of the same day behind it
        count(*) filter (where kind = 'full') over (
            partition by source, table_name, origin, county_code, as_of_date
            order by ordered_at desc nulls last, digest desc nulls last
            rows between unbounded preceding and 1 preceding
        ) > 0 as is_corrected
    from landed
)

select
    chained.delivery_id,
    chained.source,
    chained.table_name,
    chained.county_code,
    chained.as_of_date,
    chained.origin,
    chained.ordered_at,
    chained.arrived_at,
    chained.digest,
    chained.kind,
    chained.was_pulled as is_pull,
    chained.is_corrected,
    chained.builds_on,
    {%- for told, column in [('told_on', 'as_of_date'), ('told_at', 'ordered_at'), ('told_digest', 'digest')] %}
    case
        when chained.was_pulled then arg_max(
            chained.{{ column }}, (chained.as_of_date, chained.ordered_at, chained.digest)
        ) filter (where chained.as_of_date <= run.as_of_date) over of_chain
        {%- if column != 'as_of_date' %}
        else chained.{{ column }}
        {%- endif %}
    end as {{ told }}{{ ',' if not loop.last }}
    {%- endfor %}
from chained
cross join run
window of_chain as (partition by chained.source, chained.table_name, chained.builds_on)
