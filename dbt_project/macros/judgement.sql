{#
  The one place where a value meets its limit. `distance` is value - limit in any positive unit; only its
  sign counts. On the line is met.
#}
{% macro stands(comparison, distance) -%}
    case {{ comparison }}
        when '>=' then {{ distance }} >= 0
        when '<=' then {{ distance }} <= 0
        when '>' then {{ distance }} > 0
        when '<' then {{ distance }} < 0
    end
{%- endmacro %}

{# A coefficient of variation closer to its limit than the tolerance stands on the limit. #}
{% macro cv_distance(cv, cv_limit, tolerance) -%}
    case when abs({{ cv }} - {{ cv_limit }}) < {{ tolerance }} then 0 else {{ cv }} - {{ cv_limit }} end
{%- endmacro %}

{# The verdict of many from the counts of few: a known failure decides, then a gap leaves it open. #}
{% macro combined_verdict(failed, open) -%}
    case when {{ failed }} > 0 then 'fail' when {{ open }} > 0 then 'undecided' else 'pass' end
{%- endmacro %}
