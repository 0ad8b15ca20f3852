{# Tables that are expected by rhythm (seed delivery_rhythms), each with the column that names the school of a
   row and the one that names its period, where it has them. #}
{% macro expected_tables() %}
    {{ return([
        ('registry', 'schools', none, none),
        ('student_status', 'schools', 'school_id', none),
        ('student_status', 'students', 'school_id', none),
        ('hr_payroll', 'staff', none, none),
        ('hr_payroll', 'monthly_pay', none, 'pay_month'),
        ('finance_budget', 'budget_table', none, 'fiscal_year'),
        ('finance_budget', 'budget_lines', none, 'fiscal_year'),
        ('asset_register', 'asset_cards', none, none),
        ('asset_register', 'buildings', 'school_id', none),
        ('asset_register', 'rooms', 'school_id', none),
        ('declared', 'measures', 'school_id', none),
        ('declared', 'county_measures', none, none),
        ('special_education', 'placements', none, none),
    ]) }}
{% endmacro %}

{# The period of a day, by rhythm: 2025-09-01, 2025-09, 2025, or the school year 2025-2026. #}
{% macro period_of(day, rhythm, first_month) -%}
    case {{ rhythm }}
        when 'daily' then strftime({{ day }}, '%Y-%m-%d')
        when 'monthly' then strftime({{ day }}, '%Y-%m')
        when 'fiscal_year' then strftime({{ day }}, '%Y')
        else {{ school_year_of(day, first_month) }}
    end
{%- endmacro %}

{# First day of the newest period that is due on a day, its grace being over. A month is due when it has ended, a
   year when it has begun. #}
{% macro due_from(day, rhythm, grace_days, first_month) -%}
    {%- set then = '(' ~ day ~ ' - cast(' ~ grace_days ~ ' as integer))' -%}
    case {{ rhythm }}
        when 'daily' then {{ then }}
        when 'monthly' then cast(date_trunc('month', {{ then }} + 1) - interval 1 month as date)
        when 'fiscal_year' then make_date(year({{ then }}), 1, 1)
        else make_date(year({{ then }}) - case when month({{ then }}) < {{ first_month }} then 1 else 0 end, {{ first_month }}, 1)
    end
{%- endmacro %}
