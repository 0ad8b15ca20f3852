{#
  Every row of a landed table with what became of it (`_fate`): current, superseded, quarantined
  (by the gate) or held (dated after the run's as-of date). Facts read `current` alone; the journal
  counts all four, so that no row can get lost. `_is_replaced`: a later delivery says what this row said.

  scope: the columns within which a newer file replaces an older delivery, as declared in
  sources/<source>/tables.py. Empty means the whole table of a county. A pull of a system speaks for its
  whole county whatever the scope: with it goes all that was said before, and a school that it does not
  name has no rows.
#}
{% macro landed_rows(source_name, table_name, scope=[]) %}
{%- set of_this_table = "source = '" ~ source_name ~ "' and table_name = '" ~ table_name ~ "'" -%}
{%- set newest_first = '_as_of_date desc, ordered_at desc nulls last, digest desc nulls last' -%}
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

accepted as (
    select delivered.*, deliveries.is_pull
    from delivered
    join deliveries on delivered._delivery = deliveries.delivery_id
    anti join stopped on delivered._delivery = stopped.delivery_id and delivered._position = stopped.position
),

spoken_for as (
    -- a file speaks for the scopes that its rows name
    select distinct
        county_code, {% for column in scope %}{{ column }}, {% endfor %}_as_of_date, _delivery,
        {{ 'false' if scope else 'true' }} as of_whole_county
    from accepted
    where not is_pull
    union
    select distinct county_code, {% for _ in scope %}null, {% endfor %}_as_of_date, _delivery, true
    from accepted
    where is_pull
    union
    -- what speaks for a whole county does so even where it brings no row
    select county_code, {% for _ in scope %}null, {% endfor %}as_of_date, delivery_id, true
    from deliveries
    where county_code is not null{% if scope %} and is_pull{% endif %}
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

of_counties as (
    -- the latest day decides, then the later delivery, then the greater digest
    select county_code, _delivery, _as_of_date, ordered_at, digest
    from last_of_its_origin
    where of_whole_county
    qualify row_number() over (partition by county_code order by {{ newest_first }}) = 1
)

{%- if scope %},

of_scopes as (
    select * exclude (of_whole_county)
    from last_of_its_origin
    where not of_whole_county
    qualify row_number() over (
        partition by county_code, {{ scope | join(', ') }} order by {{ newest_first }}
    ) = 1
),

of_either as (
    -- where a file speaks for a scope, it and its county's pull stand against each other
    select * from of_scopes
    union all by name
    select of_counties.*, {% for column in scope %}of_scopes.{{ column }}{{ ', ' if not loop.last }}{% endfor %}
    from of_scopes
    join of_counties on of_scopes.county_code is not distinct from of_counties.county_code
),

of_disputed_scopes as (
    select *
    from of_either
    qualify row_number() over (
        partition by county_code, {{ scope | join(', ') }} order by {{ newest_first }}
    ) = 1
)
{%- endif %}

select
    delivered.*,
    case
        when stopped.position is not null then 'quarantined'
        when delivered._as_of_date is null or delivered._as_of_date > run.as_of_date then 'held'
        when delivered._delivery = {{ used('_delivery', scope) }} and delivered._as_of_date = {{ used('_as_of_date', scope) }} then 'current'
        else 'superseded'
    end as _fate,
    deliveries.is_corrected
    or coalesce(
        {{ used('_as_of_date', scope) }} > delivered._as_of_date
        or ({{ used('_as_of_date', scope) }} = delivered._as_of_date and {{ used('ordered_at', scope) }} > deliveries.ordered_at),
        false
    ) as _is_replaced
from delivered
-- raw files without a landed record are leftovers of an interrupted landing
join deliveries on delivered._delivery = deliveries.delivery_id
cross join run
left join stopped on delivered._delivery = stopped.delivery_id and delivered._position = stopped.position
left join of_counties on delivered.county_code is not distinct from of_counties.county_code
{%- if scope %}
left join of_disputed_scopes
    on delivered.county_code is not distinct from of_disputed_scopes.county_code
    {%- for column in scope %}
    and delivered.{{ column }} is not distinct from of_disputed_scopes.{{ column }}
    {%- endfor %}
{%- endif %}
{% endmacro %}

{# What the delivery in use says; what no file speaks for is the county's. #}
{% macro used(column, scope) -%}
    {%- if scope -%}
    coalesce(of_disputed_scopes.{{ column }}, of_counties.{{ column }})
    {%- else -%}
    of_counties.{{ column }}
    {%- endif -%}
{%- endmacro %}
