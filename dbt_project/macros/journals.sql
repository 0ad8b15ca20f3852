{#
  The name of what a ledger item is about: the same in every release and under every rule set. Letters alone:
  a spreadsheet takes digits with an e between them for a number, and a reader takes eleven digits for a phone.
#}
{% macro item_id(columns) -%}
    translate(substr(md5(concat_ws('|', {{ columns | join(', ') }})), 1, 16), '0123456789', 'ghijklmnop')
{%- endmacro %}

{# A row of the history stands from its first day until the day from which another one does. #}
{% macro stood_on(alias, day) -%}
    ({{ alias }}.valid_from <= {{ day }} and ({{ alias }}.valid_to is null or {{ day }} < {{ alias }}.valid_to))
{%- endmacro %}

{# What a status means for a list of things to mend. Not applicable counts as met, as everywhere. #}
{% macro outcome_of(status) -%}
    case
        when {{ status }} in ('met', 'not_applicable') then 'passes'
        when {{ status }} in ('not_met', 'below_floor', 'within_floor') then 'fails'
        else 'unknown'
    end
{%- endmacro %}
