-- What became of every landed row, counted by delivery and fate; stopped rows stand one by one, so that the
-- journal can say whether a later delivery replaced them.
{%- for source_name, table_name in declared_tables() %}
select
    _delivery as delivery_id,
    _fate as fate,
    case when _fate = 'quarantined' then _position end as position,
    bool_and(_is_replaced) as is_replaced,
    count(*) as rows
from {{ ref('stg_' ~ source_name ~ '__' ~ table_name) }}
group by all
{% if not loop.last %}union all{% endif %}
{%- endfor %}
