{#
  Every row of a landed table with what became of it (`_fate`): current, removed (a tombstone in use), superseded,
  quarantined (by the gate) or held (dated after the run's as-of date, or a change of rows that never came). Facts read
  `current` alone; the journal counts all, so that no row can get lost. `_is_replaced`: a later delivery says what this
  row said. `_as_of_date` of a current row that was pulled is the day on which its system was asked last.

  scope: the columns within which a newer file replaces an older delivery, as declared in
  sources/<source>/tables.py. Empty means the whole table of a county. A pull of a system speaks for its
  whole county whatever the scope: with it goes all that was said before, and a school that it does not
  name has no rows.

  key: the key of the table where it may come as deltas, else empty. A full pull and the deltas behind it speak
  as one, for the day of the last of them: of each key the last word counts. `_replaced_on` is then the day of
  the next word on the row's key.
#}
{% macro landed_rows(source_name, table_name, scope=[], key=[]) %}
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
    select
        delivery_id,
        position,
        coalesce(bool_or(column_name in ({{ "'" ~ (key or ['']) | join("', '") ~ "'" }})), false) as has_no_key
    from {{ ref('int_stopped_row') }}
    where {{ of_this_table }}
    group by all
),

accepted as (
    select
        delivered.*,
        deliveries.is_pull,
        deliveries.builds_on,
        coalesce(deliveries.told_on, delivered._as_of_date) as told_on
    from delivered
    join deliveries on delivered._delivery = deliveries.delivery_id
    anti join stopped on delivered._delivery = stopped.delivery_id and delivered._position = stopped.position
    where deliveries.builds_on is not null
),

spoken_for as (
    -- a file speaks for the scopes that its rows name
    select distinct
        county_code, {% for column in scope %}{{ column }}, {% endfor %}told_on as _as_of_date, builds_on as _delivery,
        {{ 'false' if scope else 'true' }} as of_whole_county
    from accepted
    where not is_pull
    union
    select distinct county_code, {% for _ in scope %}null, {% endfor %}told_on, builds_on, true
    from accepted
    where is_pull
    union
    -- what speaks for a whole county does so even where it brings no row
    select county_code, {% for _ in scope %}null, {% endfor %}coalesce(told_on, as_of_date), builds_on, true
    from deliveries
    where county_code is not null and builds_on is not null{% if scope %} and is_pull{% endif %}
),

last_of_its_origin as (
    -- a file that is corrected in place replaces itself; a system's counties stand side by side
    select spoken_for.*, deliveries.told_at as ordered_at, deliveries.told_digest as digest
    from spoken_for
    join deliveries on spoken_for._delivery = deliveries.delivery_id
    cross join run
    where spoken_for._as_of_date <= run.as_of_date
    qualify spoken_for._delivery = first_value(spoken_for._delivery) over (
        partition by deliveries.origin, deliveries.county_code, spoken_for._as_of_date
        order by deliveries.told_at desc nulls last, deliveries.told_digest desc nulls last
    )
),

of_counties as (
    -- the latest day decides, then the later delivery, then the greater digest
    select county_code, _delivery, _as_of_date, ordered_at, digest
    from last_of_its_origin
    where of_whole_county
    qualify row_number() over (partition by county_code order by {{ newest_first }}) = 1
),

{%- if scope %}

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
),
{%- endif %}

{%- if key %}

words as (
    -- what deltas say of a key; a last word that was stopped is one too, or the word before it would count on
    select
        delivered.county_code, {% for column in key %}delivered.{{ column }}, {% endfor %}delivered._as_of_date,
        deliveries.ordered_at, deliveries.digest, deliveries.builds_on
    from delivered
    join deliveries on delivered._delivery = deliveries.delivery_id
    left join stopped on delivered._delivery = stopped.delivery_id and delivered._position = stopped.position
    where deliveries.kind = 'delta' and not coalesce(stopped.has_no_key, false)
),

replaced as (
    select delivered._delivery, delivered._position, min(words._as_of_date) as replaced_on
    from delivered
    join deliveries on delivered._delivery = deliveries.delivery_id
    join words
        on deliveries.builds_on = words.builds_on
        and delivered.county_code is not distinct from words.county_code
        {%- for column in key %}
        and delivered.{{ column }} is not distinct from words.{{ column }}
        {%- endfor %}
        and (words._as_of_date, words.ordered_at, words.digest)
        > (delivered._as_of_date, deliveries.ordered_at, deliveries.digest)
    group by all
),
{%- endif %}

judged as (
    select
        delivered.*,
        coalesce(deliveries.told_on, delivered._as_of_date) as speaks_of,
        {{ 'replaced.replaced_on' if key else 'cast(null as date)' }} as _replaced_on,
        coalesce(_replaced_on <= run.as_of_date, false) as has_later_word,
        coalesce(
            {{ used('_as_of_date', scope) }} > delivered._as_of_date
            or ({{ used('_as_of_date', scope) }} = delivered._as_of_date and {{ used('ordered_at', scope) }} > deliveries.ordered_at),
            false
        ) as is_before_used,
        case
            when stopped.position is not null then 'quarantined'
            when delivered._as_of_date is null or delivered._as_of_date > run.as_of_date then 'held'
            when deliveries.builds_on is null then case when is_before_used then 'superseded' else 'held' end
            when deliveries.builds_on is distinct from {{ used('_delivery', scope) }} then 'superseded'
            when speaks_of is distinct from {{ used('_as_of_date', scope) }} or has_later_word then 'superseded'
            {%- if key %}
            when delivered._is_deleted then 'removed'
            {%- endif %}
            else 'current'
        end as _fate,
        deliveries.is_corrected
        or (is_before_used and deliveries.builds_on is distinct from {{ used('_delivery', scope) }})
        or has_later_word as _is_replaced
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
    {%- if key %}
    left join replaced on delivered._delivery = replaced._delivery and delivered._position = replaced._position
    {%- endif %}
)

select
    * exclude (speaks_of, has_later_word, is_before_used{{ ', _is_deleted' if key }})
    replace (case when _fate = 'current' then speaks_of else _as_of_date end as _as_of_date)
from judged
{% endmacro %}

{# What the delivery in use says; what no file speaks for is the county's. #}
{% macro used(column, scope) -%}
    {%- if scope -%}
    coalesce(of_disputed_scopes.{{ column }}, of_counties.{{ column }})
    {%- else -%}
    of_counties.{{ column }}
    {%- endif -%}
{%- endmacro %}
