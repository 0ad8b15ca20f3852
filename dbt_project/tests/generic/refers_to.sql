{# Every row finds its counterpart by all of `columns`. #}
{% test refers_to(model, to, columns) %}
select child.*
from {{ model }} as child
anti join {{ to }} as parent
    on {% for column in columns %}child.{{ column }} = parent.{{ column }}{{ ' and ' if not loop.last }}{% endfor %}
{% endtest %}
