{#
  The school that a code means on the day of its row, for the CTE `listed`. Decided crosswalk rows outrank the
  register; where a county has no register a ten-digit school code stands for itself. Names never match.
  Puts `decided`, `known` and `registers` into the from clause; source_system is the source's name.
#}
{% macro join_school(code, source_system) -%}
    left join {{ ref('int_code_decision') }} as decided
        on decided.county_code = listed.county_code
        and decided.source_system = '{{ source_system }}'
        and decided.source_code = listed.{{ code }}
        and listed._as_of_date >= decided.from_day and listed._as_of_date < decided.until_day
    left join {{ ref('int_register_code') }} as known
        on known.county_code = listed.county_code
        and known.code = coalesce(decided.school_id, listed.{{ code }})
        and listed._as_of_date >= known.from_day and listed._as_of_date < known.until_day
    left join (select distinct county_code from {{ ref('int_register_code') }}) as registers
        on registers.county_code = listed.county_code
{%- endmacro %}

{% macro resolved_school(code) -%}
    case
        when decided.source_code is not null and decided.school_id is null then null
        when registers.county_code is not null then known.school_id
        when regexp_full_match(coalesce(decided.school_id, listed.{{ code }}), '\d{10}')
            then coalesce(decided.school_id, listed.{{ code }})
    end
{%- endmacro %}

{# The fault of a code that leads to no school, for `faults`. #}
{% macro unresolved(code) -%}
    {%- set rule -%}
        case
            when decided.source_code is not null and decided.school_id is null then 'ambiguous_code'
            else coalesce(known.rule, 'unknown_school')
        end
    {%- endset -%}
    {{ return((code, resolved_school(code) ~ ' is null', rule)) }}
{%- endmacro %}
