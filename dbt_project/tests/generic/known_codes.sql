{# Coded columns hold words of the vocabulary alone; null where a column may be empty. One query a table. #}
{% test known_codes(model, vocabulary) %}
select *
from {{ model }}
where {% for column, words in vocabulary.items() -%}
    {{ column }} not in ('{{ words | join("', '") }}'){{ ' or ' if not loop.last }}
{%- endfor %}
{% endtest %}
