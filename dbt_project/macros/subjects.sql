{#
  What a row of evidence speaks of, for the CTE `listed`: `subjects.subject_id`, an indicator or an item of the county's
  plan; null where the cell names neither.
#}
{% macro join_subject(cell) -%}
    left join {{ ref('int_evidence_subject') }} as subjects
        on subjects.spelling = upper(trim({{ cell }}))
        and coalesce(subjects.county_code = listed.county_code, subjects.county_code is null)
{%- endmacro %}

{% macro unknown_subject(column) -%}
    {{ return((column, "subjects.subject_id is null", "'unknown_subject'")) }}
{%- endmacro %}

{# The fault of a school that is named and leads nowhere; where none is named, the row speaks of the whole county. #}
{% macro unresolved_if_named(code) -%}
    {%- set column, condition, rule = unresolved(code) -%}
    {{ return((column, "coalesce(trim(listed." ~ code ~ "), '') <> '' and " ~ condition, rule)) }}
{%- endmacro %}
