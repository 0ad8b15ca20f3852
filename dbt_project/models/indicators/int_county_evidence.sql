{{ config(materialized='ephemeral') }}
-- What documents decide: evidence of the county, evidence of every school, vetoes, and the recognition that comes
-- before everything. A register that is silent proves nothing: without a conclusion the rule needs evidence.
with rules as (
    select * from {{ ref('int_rule') }}
),

counties as (
    select * from {{ ref('int_county') }}
),

conclusions as (
    select * from {{ ref('fct_evidence_conclusion') }}
),

checks as (
    select * from {{ ref('int_evidence_check') }}
),

run as (
    select * from {{ ref('int_run') }}
),

said as (
    -- of the whole county, and how many schools are found against it
    select
        counties.county_code,
        rules.*,
        of_county.outcome,
        of_county.dated_on,
        of_county.conform_since,
        coalesce(of_schools.against, 0) as schools_against
    from counties
    cross join rules
    left join conclusions as of_county
        on counties.county_code = of_county.county_code
        and rules.indicator_id = of_county.subject
        and rules.component = of_county.component
        and of_county.school_id = ''
    left join (
        select county_code, subject, component, count(*) filter (where outcome = 'not_conform') as against
        from conclusions
        where school_id <> ''
        group by all
    ) as of_schools
        on counties.county_code = of_schools.county_code
        and rules.indicator_id = of_schools.subject
        and rules.component = of_schools.component
    where rules.kind = 'veto'
        or (rules.kind = 'precondition' and rules.comparison = 'evidence')
        or (rules.kind = 'evidence' and rules.level <> 'school')
),

of_the_county as (
    select
        said.county_code,
        said.indicator_id,
        said.component,
        said.stage,
        cast(null as double) as value,
        case
            when said.kind = 'veto' and said.schools_against > 0 then 'not_met'
            when said.outcome = 'not_conform' then 'not_met'
            when said.outcome is distinct from 'conform' then 'needs_evidence'
            when said.kind = 'precondition'
                -- a county that was confirmed anew has been recognised since the first time
                and said.conform_since > run.as_of_date - to_years(cast(run.recognition_least_years as integer))
                then 'not_met'
            else 'met'
        end as status,
        concat_ws(
            '; ',
            said.outcome || '=' || said.dated_on,
            case when said.kind = 'precondition' then 'since=' || said.conform_since end,
            case when said.kind = 'veto' then 'schools_against=' || said.schools_against end
        ) as detail
    from said
    cross join run
),

of_schools as (
    select
        counties.county_code,
        rules.indicator_id,
        rules.component,
        rules.stage,
        count(checks.school_id) as schools,
        count(*) filter (where checks.status = 'met') as conform,
        count(*) filter (where checks.status = 'not_met') as not_conform,
        count(*) filter (where checks.outcome = 'open') as open
    from counties
    cross join rules
    left join checks
        on counties.county_code = checks.county_code
        and rules.indicator_id = checks.indicator_id
        and rules.component = checks.component
    where rules.kind = 'evidence' and rules.level = 'school'
    group by all
),

of_every_school as (
    select
        *,
        case
            when not_conform > 0 then 'not_met'
            when conform = schools and schools > 0 then 'met'
            else 'needs_evidence'
        end as status
    from of_schools
)

select county_code, indicator_id, component, stage, value, status, detail from of_the_county
union all
select
    county_code,
    indicator_id,
    component,
    stage,
    case when status <> 'needs_evidence' then cast(not_conform as double) end,
    status,
    'schools=' || schools || '; conform=' || conform || '; not_conform=' || not_conform || '; open=' || open
    || '; missing=' || (schools - conform - not_conform - open)
from of_every_school
