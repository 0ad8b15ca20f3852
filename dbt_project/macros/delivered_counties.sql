{#
  Counties that a system has spoken for, even with an empty table: there a school without rows has
  zero, elsewhere nothing is known.
#}
{% macro delivered_counties(source_name, table_name) %}
    select deliveries.county_code
    from {{ source('ledger', 'deliveries') }} as deliveries
    cross join {{ source('run', 'context') }} as context
    where deliveries.source = '{{ source_name }}' and deliveries.table_name = '{{ table_name }}'
        and deliveries.outcome = 'landed' and deliveries.as_of_date <= context.as_of_date
        and deliveries.county_code is not null
    union
    select county_code from {{ ref('stg_' ~ source_name ~ '__' ~ table_name) }} where _fate = 'current'
{% endmacro %}
