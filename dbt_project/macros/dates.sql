{# True where a dated seed row holds on a day; an open end is without end. #}
{% macro holds_on(alias, day) -%}
    (({{ alias }}.valid_from is null or {{ alias }}.valid_from <= {{ day }})
    and ({{ alias }}.valid_to is null or {{ alias }}.valid_to >= {{ day }}))
{%- endmacro %}
