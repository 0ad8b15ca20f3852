-- Every rule of the run has its row in every county from the first day: what part 1 says, what is counted, what documents
-- decide, what is imported; a rule that none of them decides has no data.
with rules as (
    select * from {{ ref('int_rule') }}
),

counties as (
    select * from {{ ref('int_county') }}
),

run as (
    select as_of_date, rule_set from {{ ref('int_run') }}
),

decided as (
    select * from {{ ref('int_county_of_units') }}
    union all by name
    select * from {{ ref('int_county_count') }}
    union all by name
    -- documents, answers and reports are records
    select *, 'records' as basis from {{ ref('int_county_evidence') }}
    union all by name
    select *, 'records' as basis from {{ ref('int_county_imported') }}
    union all by name
    -- its limit depends on the county
    select * from {{ ref('int_county_precondition') }}
),

asked as (
    select
        counties.county_code,
        rules.indicator_id,
        rules.component,
        rules.stage,
        cast(coalesce(rules.cv_limit, rules.threshold) as double) as threshold,
        -- a coefficient is held to its limit, whatever the schools are held to
        case when rules.cv_limit is not null then '<=' else rules.comparison end as comparison
    from counties
    cross join rules
)

select
    run.as_of_date,
    run.rule_set,
    asked.county_code,
    asked.indicator_id,
    asked.component,
    asked.stage,
    decided.value,
    coalesce(decided.threshold, asked.threshold) as threshold,
    asked.comparison,
    coalesce(decided.status, 'no_data') as status,
    case
        -- a forecast is undecided and has a value
        when decided.value is null and decided.status not in ('met', 'not_met') then 'none'
        else coalesce(decided.basis, 'none')
    end as basis,
    coalesce(decided.detail, '') as detail
from asked
cross join run
left join decided
    on asked.county_code = decided.county_code
    and asked.indicator_id = decided.indicator_id
    and asked.component = decided.component
    and asked.stage = decided.stage
order by run.rule_set, asked.county_code, asked.indicator_id, asked.component, asked.stage
