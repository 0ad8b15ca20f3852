{{ config(materialized='ephemeral') }}
-- Figures of a county that only forms tell: as filed, or made of filed ones. A sum that lacks a part is missing.
with filed as (
    select * from {{ ref('fct_county_declared') }}
),

run as (
    select * from {{ ref('int_run') }}
),

baselines as (
    -- of the fiscal year
    select baselines.stage, baselines.yuan_per_student
    from {{ ref('funding_baselines') }} as baselines
    join run on baselines.rule_set = run.rule_set
    where {{ holds_on('baselines', 'make_date(run.fiscal_year, 1, 1)') }}
),

funding_standards as (
    select
        counties.county_code,
        stages.stage,
        max(filed.value) filter (where filed.category = 'urban') as urban,
        max(filed.value) filter (where filed.category = 'rural') as rural,
        max(baselines.yuan_per_student) as baseline
    from (select distinct county_code from filed where measure_id = 'funding_standard_yuan') as counties
    cross join (select distinct stage from {{ ref('school_type_stages') }}) as stages
    left join filed
        on filed.measure_id = 'funding_standard_yuan'
        and counties.county_code = filed.county_code
        and stages.stage = filed.stage
    left join baselines on stages.stage = baselines.stage
    group by all
),

funding_differences as (
    -- each stage: a difference of town and country, and either of them below the baseline
    select county_code, unnest([urban <> rural, urban < baseline, rural < baseline]) as is_short
    from funding_standards
),

migrant_children as (
    select county_code, stage, sum(value) as value
    from filed
    where category = '' and measure_id in ('migrant_children_public', 'migrant_children_purchased')
    group by all
    having count(value) = 2
),

retention as (
    select retention.*, variants.is_chosen
    from {{ ref('int_retention') }} as retention
    join {{ ref('indicator_variants') }} as variants on retention.variant = variants.variant
    join {{ ref('int_rule') }} as rules
        on rules.numerator_measure = 'retention_kept' and variants.indicator_id = rules.indicator_id
    join run on variants.rule_set = run.rule_set
    where {{ holds_on('variants', 'run.rule_date') }}
),

retention_of_county as (
    -- the chosen variant decides, every variant is told
    select
        county_code,
        max(kept) filter (where is_chosen) as kept,
        max(cohort) filter (where is_chosen) as cohort,
        max(lacking) as lacking,
        'variant=' || max(variant) filter (where is_chosen) || '; '
        || string_agg(
            variant || '=' || coalesce(kept || '/' || cohort || '=' || round(kept * 100.0 / cohort, 4), '?'), '; ' order by variant
        ) as note
    from retention
    group by all
),

together as (
    select county_code, stage, measure_id, value as amount, 0 as unheard, null as checked, null as note, true as is_as_filed
    from filed
    where category = '' and value is not null
    union all
    select
        county_code, 'all', 'funding_standards_short', count(*) filter (where is_short),
        count(*) filter (where is_short is null), count(is_short), null, false
    from funding_differences
    group by all
    union all
    select county_code, stage, 'migrant_children_schooled', value, 0, null, null, false
    from migrant_children
    {%- for side, unheard, note in [('kept', 'lacking', 'note'), ('cohort', '0', 'null')] %}
    union all
    select county_code, 'junior', 'retention_{{ side }}', {{ side }}, {{ unheard }}, null, {{ note }}, false
    from retention_of_county
    {%- endfor %}
)

select
    county_code,
    stage,
    measure_id,
    cast(amount as decimal(38, 16)) as amount,
    unheard,
    checked,
    note,
    is_as_filed
from together
