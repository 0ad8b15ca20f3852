{#
  Counties that a system has spoken for, even with an empty table: there a school without rows has
  zero, elsewhere nothing is known. `rows` is the relation or CTE of the table's rows in use.
#}
{% macro delivered_counties(source_name, table_name, rows) %}
    select deliveries.county_code
    from {{ ref('int_landed_delivery') }} as deliveries
    join {{ ref('int_run') }} as run on deliveries.as_of_date <= run.as_of_date
    where deliveries.source = '{{ source_name }}' and deliveries.table_name = '{{ table_name }}'
        and deliveries.county_code is not null
    union
    select county_code from {{ rows }}
{% endmacro %}
