{#
  Every row of a landed table with what became of it (`_fate`): current, superseded, quarantined
  (by the gate) or held (dated after the run's as-of date). Facts read `current` alone; the journal
  counts all four, so that no row can get lost.

  scope: the columns within which a newer delivery replaces an older one, as declared in
  sources/<source>/tables.py. Empty means the whole table of a county, as a system's pull gives it.
#}
{% macro landed_rows(source_name, table_name, scope=[]) %}
with delivered as (
    select * from {{ source(source_name, table_name) }}
),

run as (
    select as_of_date from {{ source('run', 'context') }}
),

landed_deliveries as (
    select
        delivery_id,
        county_code,
        as_of_date,
        origin,
        ordered_at,
        digest,
        row_number() over (
            partition by origin, county_code, as_of_date order by ordered_at desc nulls last, digest desc nulls last
        ) > 1 as is_corrected
    from {{ source('ledger', 'deliveries') }}
    where source = '{{ source_name }}' and table_name = '{{ table_name }}' and outcome = 'landed'
),

stopped as (
    select distinct delivery_id, position
    from {{ source('ledger', 'quarantined_rows') }}
    where source = '{{ source_name }}' and table_name = '{{ table_name }}'
),

spoken_for as (
    select county_code, {% for column in scope %}{{ column }}, {% endfor %}_as_of_date, _delivery
    from delivered
    anti join stopped on delivered._delivery = stopped.delivery_id and delivered._position = stopped.position
    group by all
    {%- if not scope %}

    union
    -- a pull speaks for its whole county, even where it brings no row
    select county_code, as_of_date, delivery_id from landed_deliveries where county_code is not null
    {%- endif %}
),

last_of_its_origin as (
    -- a file that is corrected in place replaces itself; a system's counties stand side by side
    select spoken_for.*, landed_deliveries.ordered_at, landed_deliveries.digest
    from spoken_for
    join landed_deliveries on spoken_for._delivery = landed_deliveries.delivery_id
    cross join run
    where spoken_for._as_of_date <= run.as_of_date
    qualify spoken_for._delivery = first_value(spoken_for._delivery) over (
        partition by landed_deliveries.origin, landed_deliveries.county_code, spoken_for._as_of_date
        order by landed_deliveries.ordered_at desc nulls last, landed_deliveries.digest desc nulls last
    )
),

in_use as (
    -- within a scope the latest day decides, then the later file, then the greater digest
    select *
    from last_of_its_origin
    qualify row_number() over (
        partition by county_code{% for column in scope %}, {{ column }}{% endfor %}
        order by _as_of_date desc, ordered_at desc nulls last, digest desc nulls last
    ) = 1
)

select
    delivered.*,
    case
        when stopped.position is not null then 'quarantined'
        when delivered._as_of_date is null or delivered._as_of_date > run.as_of_date then 'held'
        when delivered._delivery = in_use._delivery and delivered._as_of_date = in_use._as_of_date then 'current'
        else 'superseded'
    end as _fate,
    -- a stopped row is done with when its delivery was corrected, or its scope came again later
    landed_deliveries.is_corrected
    or coalesce(
        in_use._as_of_date > delivered._as_of_date
        or (in_use._as_of_date = delivered._as_of_date and in_use.ordered_at > landed_deliveries.ordered_at),
        false
    ) as _is_replaced
from delivered
-- raw files without a landed record are leftovers of an interrupted landing
join landed_deliveries on delivered._delivery = landed_deliveries.delivery_id
cross join run
left join stopped on delivered._delivery = stopped.delivery_id and delivered._position = stopped.position
left join in_use
    on delivered.county_code is not distinct from in_use.county_code
    {%- for column in scope %}
    and delivered.{{ column }} is not distinct from in_use.{{ column }}
    {%- endfor %}
{% endmacro %}
