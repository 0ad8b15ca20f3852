{#
  The rows of a seed of rules, for every rule set. A rule set is rows of our seeds, or a file rule_sets/<id>.csv
  whose rows name the seed that they belong to (docs/rule_sets.md). On a day, what a rule set says itself holds
  before what its base says of the same key, cell by cell; a row that is_removed holds nowhere. On days without a row
  of the rule set that first has the key, there is nothing to say otherwise. Rows without a rule set are the base of all.

  seed_file, files: paths; seed_columns: name -> type; key: what one row is about, beside its days.
#}
{% macro rows_of_every_rule_set(seed_name, seed_file, seed_columns, key, files) %}
{%- set first_day = "date '0001-01-01'" -%}
{%- set last_day = "date '9999-12-31'" -%}
{%- set cells = seed_columns.keys() | reject('in', key + ['rule_set', 'valid_from', 'valid_to']) | list -%}
with recursive {{ rule_set_lineage(seed_file, files) }},

given as (
    select *, false as is_removed from {{ read_seed(seed_file, seed_columns) }}
    union all by name
    select
        rule_set,
        {%- for column, type in seed_columns.items() if column != 'rule_set' %}
        cast({{ column }} as {{ type }}) as {{ column }},
        {%- endfor %}
        coalesce(cast(is_removed as boolean), false) as is_removed
    from {{ read_rule_set_files(files, seed_columns) }}
    where seed = '{{ seed_name }}'
),

inherited as (
    select
        lineage.rule_set as of_rule_set,
        lineage.depth,
        coalesce(given.valid_from, {{ first_day }}) as from_day,
        coalesce(given.valid_to + 1, {{ last_day }}) as until_day,
        given.* exclude (rule_set, valid_from, valid_to)
    from given
    join lineage on given.rule_set is not distinct from lineage.ancestor
),

days as (
    select
        of_rule_set,
        {{ key | join(', ') }},
        max(depth) over (partition by of_rule_set, {{ key | join(', ') }}) as root_depth,
        unnest([from_day, until_day]) as day
    from inherited
),

spans as (
    -- from any change of a row to the next
    select *, lead(day) over (partition by of_rule_set, {{ key | join(', ') }} order by day) as next_day
    from (select distinct * from days)
    qualify next_day is not null
),

resolved as (
    select
        spans.of_rule_set,
        spans.day,
        spans.next_day,
        {%- for column in key %}
        spans.{{ column }},
        {%- endfor %}
        {%- for column in cells %}
        -- the nearest rule set that fills the cell
        arg_min(inherited.{{ column }}, inherited.depth) as {{ column }},
        {%- endfor %}
        arg_min(inherited.is_removed, inherited.depth) as is_removed
    from spans
    join inherited
        on spans.of_rule_set = inherited.of_rule_set
        {%- for column in key %}
        and spans.{{ column }} is not distinct from inherited.{{ column }}
        {%- endfor %}
        and inherited.from_day <= spans.day
        and inherited.until_day >= spans.next_day
    group by spans.of_rule_set, spans.root_depth, spans.day, spans.next_day, {% for column in key %}spans.{{ column }}{{ ', ' if not loop.last }}{% endfor %}
    having max(inherited.depth) = spans.root_depth
)

select
    {%- for column in seed_columns %}
    {%- if column == 'rule_set' %}
    of_rule_set as rule_set
    {%- elif column == 'valid_from' %}
    nullif(day, {{ first_day }}) as valid_from
    {%- elif column == 'valid_to' %}
    nullif(next_day, {{ last_day }}) - 1 as valid_to
    {%- else %}
    {{ column }}
    {%- endif %}{{ ',' if not loop.last }}
    {%- endfor %}
from resolved
where not is_removed
{% endmacro %}

{# The rule sets themselves: a file's own row says its base and its names. A rule set begins no later than its base. #}
{% macro rows_of_rule_sets(seed_file, seed_columns, files) %}
with recursive {{ rule_set_lineage(seed_file, files) }},

given as (
    select * from {{ read_seed(seed_file, seed_columns) }}
    union all
    select
        {%- for column, type in seed_columns.items() %}
        cast({{ column }} as {{ type }}) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ read_rule_set_files(files, seed_columns) }}
    where seed = 'rule_sets'
)

select given.* replace (
    (
        select arg_min(ancestors.valid_from, lineage.depth)
        from lineage
        join given as ancestors on lineage.ancestor = ancestors.rule_set
        where lineage.rule_set = given.rule_set
    ) as valid_from
)
from given
{% endmacro %}

{# CTEs `sets` and `lineage`: every rule set with itself (depth 0), its base, the base of that ..., at last nothing. #}
{% macro rule_set_lineage(seed_file, files) %}
sets as (
    select rule_set, base
    from read_csv('{{ seed_file.rpartition('/')[0] }}/rule_sets.csv', header = true, all_varchar = true, delim = ',', quote = '"', nullstr = '')
    union all
    select rule_set, base from {{ read_rule_set_files(files, {'base': 'varchar'}) }} where seed = 'rule_sets'
),

ancestors as (
    select rule_set, rule_set as ancestor, 0 as depth from sets
    union all
    select ancestors.rule_set, sets.base, ancestors.depth + 1
    from ancestors
    join sets on ancestors.ancestor = sets.rule_set
    -- a circle of bases is refused before dbt runs; here it must end
    where sets.base is not null and ancestors.depth < (select count(*) from sets)
),

lineage as (
    select * from ancestors
    union all
    select rule_set, null, (select count(*) + 1 from sets) from sets
)
{% endmacro %}

{# Rows of rule_sets/*.csv as text, `rule_set` from the file's name; columns that no file has are null. #}
{% macro read_rule_set_files(files, columns) -%}
(
    select * replace (parse_filename(filename, true) as rule_set)
    from (
        select null::varchar as rule_set, null::varchar as seed, null::varchar as is_removed
        {%- for column in columns if column != 'rule_set' %}, null::varchar as {{ column }}{% endfor %}
        where false
        union all by name
        select * from read_csv(
            '{{ files }}', header = true, all_varchar = true, union_by_name = true, filename = true,
            delim = ',', quote = '"', nullstr = '', strict_mode = true
        )
    )
)
{%- endmacro %}

{# A seed's file in the types that seeds/_seeds.yml declares for every column. #}
{% macro read_seed(seed_file, seed_columns) -%}
read_csv(
    '{{ seed_file }}',
    header = true,
    delim = ',',
    quote = '"',
    nullstr = '',
    auto_detect = false,
    strict_mode = true,
    columns = { {%- for column, type in seed_columns.items() %}'{{ column }}': '{{ type }}'{{ ', ' if not loop.last }}{% endfor -%} }
)
{%- endmacro %}
