{#
  A seed is read by the engine in one statement, in the types that seeds/_seeds.yml declares for every column.
  dbt's own way walks the rows in Python first, four times as long. A seed of rules (one that declares its `key`)
  holds the rows of every rule set, inherited ones too: see rule_sets.sql.
#}
{% materialization seed, adapter='duckdb' %}
    {%- set target = this.incorporate(type='table') -%}
    {%- set columns = config.get('column_types') -%}
    {%- set seed_file = adapter.get_seed_file_path(model) | replace("'", "''") -%}
    {%- set rule_set_files = seed_file.rpartition('/seeds/')[0] ~ '/rule_sets/*.csv' -%}
    {%- set key = model.config.meta.get('key') -%}
    {{ run_hooks(pre_hooks) }}
    {% call statement('main', fetch_result=true) -%}
        create or replace table {{ target }} as
        {% if model.name == 'rule_sets' -%}
            {{ rows_of_rule_sets(seed_file, columns, rule_set_files) }}
        {%- elif key -%}
            {{ rows_of_every_rule_set(model.name, seed_file, columns, key, rule_set_files) }}
        {%- else -%}
            select * from {{ read_seed(seed_file, columns) }}
        {%- endif -%}
    {%- endcall %}
    {#- dbt asks for the rows that it would have walked -#}
    {% do store_result('agate_table', response='OK', agate_table=load_result('main').table) %}
    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}
