{# One spelling of a name: no blanks, brackets of one width. #}
{% macro folded_name(name) -%}
    replace(replace(regexp_replace({{ name }}, '\s', '', 'g'), '（', '('), '）', ')')
{%- endmacro %}
