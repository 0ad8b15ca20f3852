{# The key columns are never null, and no two rows share them. #}
{% test unique_key(model, columns) %}
select {{ columns | join(', ') }}
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1 {% for column in columns %} or count({{ column }}) = 0{% endfor %}
{% endtest %}
