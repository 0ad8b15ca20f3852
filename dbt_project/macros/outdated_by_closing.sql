{#
  Whether a row of `judged` speaks of a school that was closed since, and its successor has been listed for a later
  day: that list holds both already. Files go school by school, so the closed school's own file is replaced by none.
  `listed_code` is the code as delivered. For the select list; puts `last_lists` and `codes_then` into the from clause.
#}
{% macro outdated_by_closing() -%}
    coalesce(judged._as_of_date < last_lists.last_day and codes_then.rule = 'school_closed', false)
{%- endmacro %}

{% macro join_later_lists(listed_code) -%}
    left join (
        select county_code, school_id, max(_as_of_date) as last_day from judged where _faults = '' group by all
    ) as last_lists
        on judged.county_code = last_lists.county_code and judged.school_id = last_lists.school_id and judged._faults = ''
    left join {{ ref('int_register_code') }} as codes_then
        on judged.county_code = codes_then.county_code
        and judged.{{ listed_code }} = codes_then.code
        and last_lists.last_day >= codes_then.from_day and last_lists.last_day < codes_then.until_day
{%- endmacro %}
