-- One row: the day and the rules that this run speaks of, and the parameters that hold then.
with context as (
    select as_of_date, rule_set from {{ source('run', 'context') }}
),

rule_sets as (
    select * from {{ ref('rule_sets') }}
),

parameters as (
    select * from {{ ref('parameters') }}
),

dated as (
    -- a county of an earlier year is judged by the rules as they were first issued
    select
        context.as_of_date,
        context.rule_set,
        greatest(context.as_of_date, coalesce(rule_sets.valid_from, context.as_of_date)) as rule_date
    from context
    left join rule_sets on context.rule_set = rule_sets.rule_set
),

set_values as (
    select
        dated.as_of_date,
        dated.rule_set,
        dated.rule_date,
        {%- for parameter in [
            'school_year_first_month', 'second_term_first_month', 'sick_leave_months', 'school_rule_least_met',
            'large_class_from', 'oversize_class_from', 'rotation_least_years', 'rotation_women_below_age',
            'rotation_men_below_age', 'exchange_year_opening_days', 'monitoring_valid_years', 'recognition_least_years',
            'local_survey_decides'
        ] %}
        cast(max(parameters.value) filter (where parameters.parameter_id = '{{ parameter }}') as bigint) as {{ parameter }},
        {%- endfor %}
        max(parameters.value) filter (where parameters.parameter_id = 'cv_tie_tolerance') as cv_tie_tolerance,
        max(parameters.value) filter (where parameters.parameter_id = 'amount_limit') as amount_limit,
        max(parameters.value) filter (where parameters.parameter_id = 'count_limit') as count_limit
    from dated
    left join parameters
        on (parameters.rule_set is null or parameters.rule_set = dated.rule_set)
        and {{ holds_on('parameters', 'dated.rule_date') }}
    group by all
),

with_school_year as (
    select
        *,
        make_date(
            year(as_of_date) - case when month(as_of_date) < school_year_first_month then 1 else 0 end,
            school_year_first_month,
            1
        ) as school_year_from
    from set_values
)

select
    *,
    year(as_of_date) as fiscal_year,
    -- while a school year has hardly begun, the completed one tells of rotation
    case
        when as_of_date - school_year_from <= exchange_year_opening_days
            then cast(school_year_from - to_years(1) as date)
        else school_year_from
    end as exchange_year_from,
    {{ school_year_of('as_of_date', 'school_year_first_month') }} as period,
    {{ school_year_of('as_of_date', 'school_year_first_month') }} || '-' || case
        when month(as_of_date) between second_term_first_month and school_year_first_month - 1 then '2'
        else '1'
    end as term
from with_school_year
