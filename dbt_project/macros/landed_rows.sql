{#
  Every row of a landed table with what became of it (`_fate`): current, superseded, quarantined
  (by the gate) or held (dated after the run's as-of date). Facts read `current` alone; the journal
  counts all four, so that no row can get lost. `_is_replaced`: a later delivery says what this row said.

  scope: the columns within which a newer delivery replaces an older one, as declared in
  sources/<source>/tables.py. Empty means the whole table of a county, as a system's pull gives it.
#}
{% macro landed_rows(source_name, table_name, scope=[]) %}
{%- set of_this_table = "source = '" ~ source_name ~ "' and table_name = '" ~ table_name ~ "'" -%}
with delivered as (
    select * from {{ source(source_name, table_name) }}
),

run as (
    select as_of_date from {{ ref('int_run') }}
),

deliveries as (
    select * from {{ ref('int_landed_delivery') }} where {{ of_this_table }}
),

stopped as (
    select distinct delivery_id, position from {{ ref('int_stopped_row') }} where {{ of_this_table }}
),

spoken_for as (
    select county_code, {% for column in scope %}{{ column }}, {% endfor %}_as_of_date, _delivery
    from delivered
    anti join stopped on delivered._delivery = stopped.delivery_id and delivered._position = stopped.position
    group by all
    {%- if not scope %}

    union
    -- a pull speaks for its whole county, even where it brings no row
    select county_code, as_of_date, delivery_id from deliveries where county_code is not null
    {%- endif %}
),

last_of_its_origin as (
    -- a file that is corrected in place replaces itself; a system's counties stand side by side
    select spoken_for.*, deliveries.ordered_at, deliveries.digest
    from spoken_for
    join deliveries on spoken_for._delivery = deliveries.delivery_id
    cross join run
    where spoken_for._as_of_date <= run.as_of_date
    qualify spoken_for._delivery = first_value(spoken_for._delivery) over (
        partition by deliveries.origin, deliveries.county_code, spoken_for._as_of_date
        order by deliveries.ordered_at desc nulls last, deliveries.digest desc nulls last
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
    deliveries.is_corrected
    or coalesce(
        in_use._as_of_date > delivered._as_of_date
        or (in_use._as_of_date = delivered._as_of_date and in_use.ordered_at > deliveries.ordered_at),
        false
    ) as _is_replaced
from delivered
-- raw files without a landed record are leftovers of an interrupted landing
join deliveries on delivered._delivery = deliveries.delivery_id
cross join run
left join stopped on delivered._delivery = stopped.delivery_id and delivered._position = stopped.position
left join in_use
    on delivered.county_code is not distinct from in_use.county_code
    {%- for column in scope %}
    and delivered.{{ column }} is not distinct from in_use.{{ column }}
    {%- endfor %}
{% endmacro %}
