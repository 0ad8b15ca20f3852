{#
  What a row of evidence speaks of, for the CTE `listed`: an indicator, by its id or its number, or an item of the
  city's plan, by its id. Puts `subjects` into the from clause.
#}
{% macro join_subject(cell) -%}
    left join {{ ref('int_evidence_subject') }} as subjects on subjects.spelling = upper(trim({{ cell }}))
{%- endmacro %}

{% macro resolved_subject(cell) -%}
    coalesce(
        subjects.subject_id,
        case
            when regexp_full_match(lower(trim({{ cell }})), 't\d+|t\d+_\d+|goal_\w+|s\d_\w+|g\d_\w+|sup_\w+')
                then lower(trim({{ cell }}))
        end
    )
{%- endmacro %}

{% macro unknown_subject(column) -%}
    {{ return((column, resolved_subject('listed.' ~ column) ~ ' is null', "'unknown_subject'")) }}
{%- endmacro %}

{# The fault of a school that is named and leads nowhere; where none is named, the row speaks of the whole county. #}
{% macro unresolved_if_named(code) -%}
    {%- set column, condition, rule = unresolved(code) -%}
    {{ return((column, "coalesce(trim(listed." ~ code ~ "), '') <> '' and " ~ condition, rule)) }}
{%- endmacro %}
