{# Joins what a coded cell means as `alias.meaning`; no row means that no list knows the value. #}
{% macro join_meaning(alias, list_id, cell) -%}
    left join {{ ref('int_code_spelling') }} as {{ alias }}
        on {{ alias }}.list_id = '{{ list_id }}' and {{ alias }}.spelling = trim({{ cell }})
{%- endmacro %}

{#
  The faults of a row as text `column:rule;column:rule`, empty where there is none.
  Facts take rows without a fault, the journal lists the others.
#}
{% macro faults(found) -%}
    concat_ws(';'
    {%- for column, condition, rule in found %},
        case when {{ condition }} then '{{ column }}:' || {{ rule }} end
    {%- endfor %}
    )
{%- endmacro %}

{% macro unknown_code(column, cell, alias) -%}
    {{ return((column, "trim(" ~ cell ~ ") <> '' and " ~ alias ~ ".meaning is null", "'unknown_code'")) }}
{%- endmacro %}
