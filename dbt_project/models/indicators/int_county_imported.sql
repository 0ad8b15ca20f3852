{{ config(materialized='ephemeral') }}
-- What others have measured and the county only reads: the survey that decides, and the newest results of the national
-- monitoring that are still valid.
with rules as (
    select * from {{ ref('int_rule') }}
),

counties as (
    select * from {{ ref('int_county') }}
),

surveys as (
    select * from {{ ref('survey_result') }} where respondent_group = 'all'
),

results as (
    select * from {{ ref('int_monitoring_result') }} where _faults = ''
),

run as (
    select * from {{ ref('int_run') }}
),

deciding_surveys as (
    -- the nation's survey before any other, then the last one
    select surveys.*, not surveys.is_forecast or run.local_survey_decides > 0 as decides
    from surveys
    cross join run
    qualify row_number() over (
        partition by county_code
        order by is_forecast, last_answered_on desc, survey_id desc
    ) = 1
),

surveyed as (
    select
        counties.county_code,
        rules.indicator_id,
        rules.component,
        rules.stage,
        surveys.satisfied_share as value,
        case
            when coalesce(surveys.valid_answers, 0) = 0 then 'no_data'
            when not surveys.decides then 'needs_evidence'
            when {{ stands('rules.comparison', 'surveys.satisfied * rules.per - rules.threshold * surveys.valid_answers') }} then 'met'
            else 'not_met'
        end as status,
        concat_ws(
            '; ',
            case when surveys.is_forecast then 'forecast' end,
            'survey=' || surveys.survey_id,
            'kind=' || surveys.survey_kind,
            'satisfied=' || surveys.satisfied,
            'valid=' || surveys.valid_answers,
            'answers=' || surveys.answers
        ) as detail
    from counties
    cross join rules
    left join deciding_surveys as surveys on counties.county_code = surveys.county_code
    where rules.kind = 'survey'
),

newest_results as (
    -- every subject of the newest year
    select results.*
    from results
    cross join run
    where results.monitoring_year <= year(run.as_of_date)
        and results.monitoring_year >= year(run.as_of_date) - run.monitoring_valid_years
    qualify results.monitoring_year = max(results.monitoring_year) over (partition by results.county_code)
),

monitored as (
    select
        county_code,
        monitoring_year,
        count(*) as results,
        min(level) as lowest_level,
        max(between_school_rate) as highest_rate
    from newest_results
    group by all
),

imported as (
    select
        counties.county_code,
        rules.*,
        case rules.component
            when 'level' then cast(monitored.lowest_level as decimal(18, 6))
            when 'between_school_rate' then monitored.highest_rate
        end as amount,
        monitored.monitoring_year,
        monitored.results
    from counties
    cross join rules
    left join monitored on counties.county_code = monitored.county_code
    where rules.kind = 'imported'
)

select county_code, indicator_id, component, stage, value, status, detail from surveyed
union all
select
    county_code,
    indicator_id,
    component,
    stage,
    cast(amount as double),
    case
        when amount is null then 'no_data'
        when {{ stands('comparison', 'amount - threshold') }} then 'met'
        else 'not_met'
    end,
    concat_ws('; ', 'monitoring_year=' || monitoring_year, 'results=' || results)
from imported
