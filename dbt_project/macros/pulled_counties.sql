{#
  Counties that a pull of a system has spoken for, even with an empty table: there a school without rows has
  zero. A file speaks only for what it names; of other schools nothing is known. `rows` is the relation or CTE
  of the table's rows in use.
#}
{% macro pulled_counties(source_name, table_name, rows) %}
    select deliveries.county_code
    from {{ ref('int_landed_delivery') }} as deliveries
    join {{ ref('int_run') }} as run on deliveries.as_of_date <= run.as_of_date
    where deliveries.source = '{{ source_name }}' and deliveries.table_name = '{{ table_name }}'
        and deliveries.is_pull and deliveries.builds_on is not null and deliveries.county_code is not null
    union
    select rows_in_use.county_code
    from {{ rows }} as rows_in_use
    join {{ ref('int_landed_delivery') }} as deliveries on rows_in_use._delivery = deliveries.delivery_id
    where deliveries.is_pull
{% endmacro %}
