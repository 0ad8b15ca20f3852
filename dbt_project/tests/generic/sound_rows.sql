{#
  A published table in one query, because a query costs dbt more than the engine: the key is unique, coded
  columns hold words of the vocabulary alone (null where a column may be empty), every row (that `parent_of` says
  has one) finds its parent. Nulls are the contract's matter. One row of the answer is one fault.
#}
{% test sound_rows(model, key, vocabulary={}, parent=none, parent_key=[], parent_of='true') %}
with rows_of_table as (
    select * from {{ model }}
),

faults as (
    select 'key stands twice' as fault, cast(({{ key | join(', ') }}) as varchar) as found
    from (select {{ key | join(', ') }} from rows_of_table group by all having count(*) > 1)
    {%- for column, words in vocabulary.items() %}
    union all
    select 'unknown {{ column }}', {{ column }}
    from rows_of_table
    where {{ column }} not in ('{{ words | join("', '") }}')
    {%- endfor %}
    {%- if parent %}
    union all
    select 'no parent', cast((child.{{ parent_key | join(', child.') }}) as varchar)
    from (select * from rows_of_table where {{ parent_of }}) as child
    anti join {{ parent }} as parent
        on {% for column in parent_key %}child.{{ column }} = parent.{{ column }}{{ ' and ' if not loop.last }}{% endfor %}
    {%- endif %}
)

select * from faults
{% endtest %}
