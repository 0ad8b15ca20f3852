{#
  Exact arithmetic. A measure is amount * share / whole: amounts with up to 16 decimals, shares (weight *
  students) with up to 2. As whole numbers of 38 digits a product of three such figures fits; a product of
  four does not, so differences of products are taken in two limbs. Spark has the same integers as decimal(38, 0).
#}

{# The amount as a whole number of its 16th decimals. #}
{% macro in_smallest_units(amount) -%}
    (cast(trunc({{ amount }}) as hugeint) * 10000000000000000
    + cast(({{ amount }} - trunc({{ amount }})) * 10000000000000000 as hugeint))
{%- endmacro %}

{% macro in_hundredths(share) -%}
    cast({{ share }} * 100 as hugeint)
{%- endmacro %}

{# amount * share / whole as double; one rounding a step, no cancellation. #}
{% macro measure_value(amount, share, whole) -%}
    (cast(cast({{ amount }} as varchar) as double) * cast({{ share }} as double) / nullif(cast({{ whole }} as double), 0))
{%- endmacro %}

{#
  Columns that hold a * b - c * d: `<name>` is a double whose sign and zero are exact and whose value is
  within a few units of the last place. a and c: up to 38 digits; b and d: up to 19. The helper columns
  (`<name>_high` ...) build on each other.
#}
{% macro difference_of_products(name, a, b, c, d) -%}
    {%- set base = '1000000000000000000' %}
    ({{ a }}) // {{ base }} * ({{ b }}) - ({{ c }}) // {{ base }} * ({{ d }}) as {{ name }}_high,
    ({{ a }}) % {{ base }} * ({{ b }}) - ({{ c }}) % {{ base }} * ({{ d }}) as {{ name }}_low,
    {{ name }}_high + {{ name }}_low // {{ base }} as {{ name }}_carried,
    {{ name }}_low % {{ base }} as {{ name }}_rest,
    -- both limbs on one side of zero: their sum then loses nothing
    case
        when {{ name }}_carried > 0 and {{ name }}_rest < 0 then -1
        when {{ name }}_carried < 0 and {{ name }}_rest > 0 then 1
        else 0
    end as {{ name }}_borrow,
    cast({{ name }}_carried + {{ name }}_borrow as double) * {{ base }}.0
    + cast({{ name }}_rest - {{ name }}_borrow * {{ base }} as double) as {{ name }}
{%- endmacro %}

{# A measure in smallest units over its whole as a decimal of six places, halves up; for eyes, never for a verdict. #}
{% macro for_display(units, whole) -%}
    cast(cast(({{ units }} // nullif({{ whole }}, 0) + 5000000000) // 10000000000 as decimal(38, 0)) * 0.000001 as decimal(38, 6))
{%- endmacro %}

{# A decimal with places as text without the zeros behind the point. #}
{% macro shortest(amount) -%}
    rtrim(rtrim(cast({{ amount }} as varchar), '0'), '.')
{%- endmacro %}
