{# True where a dated seed row holds on a day; an open end is without end. #}
{% macro holds_on(alias, day) -%}
    (({{ alias }}.valid_from is null or {{ alias }}.valid_from <= {{ day }})
    and ({{ alias }}.valid_to is null or {{ alias }}.valid_to >= {{ day }}))
{%- endmacro %}

{# The school year of a day, like 2025-2026. #}
{% macro school_year_of(day, first_month) -%}
    {%- set began = 'year(' ~ day ~ ') - case when month(' ~ day ~ ') < ' ~ first_month ~ ' then 1 else 0 end' -%}
    (({{ began }}) || '-' || ({{ began }} + 1))
{%- endmacro %}
