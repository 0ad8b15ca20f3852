{#
  A seed is read by the engine in one statement, in the types that seeds/_seeds.yml declares for every column.
  dbt's own way walks the rows in Python first, four times as long.
#}
{% materialization seed, adapter='duckdb' %}
    {%- set target = this.incorporate(type='table') -%}
    {%- set column_types = config.get('column_types') -%}
    {{ run_hooks(pre_hooks) }}
    {% call statement('main', fetch_result=true) -%}
        create or replace table {{ target }} as
        select * from read_csv(
            '{{ adapter.get_seed_file_path(model) | replace("'", "''") }}',
            header = true,
            delim = ',',
            quote = '"',
            nullstr = '',
            auto_detect = false,
            strict_mode = true,
            columns = { {%- for column, type in column_types.items() %}'{{ column }}': '{{ type }}'{{ ', ' if not loop.last }}{% endfor -%} }
        )
    {%- endcall %}
    {#- dbt asks for the rows that it would have walked -#}
    {% do store_result('agate_table', response='OK', agate_table=load_result('main').table) %}
    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}
