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
    -- a level that no list knows is null
    select county_code, monitoring_year, grade, subject, level, between_school_rate from {{ ref('int_monitoring_result') }}
),

stopped_results as (
    -- of a subject whose row the gate stopped nothing is known
    select stopped.county_code, stopped.monitoring_year, stopped.grade, stopped.subject, null as level, null as between_school_rate
    from {{ ref('stg_monitoring__results') }} as stopped
    anti join results
        on stopped.county_code = results.county_code
        and stopped.monitoring_year = results.monitoring_year
        and stopped.grade is not distinct from results.grade
        and stopped.subject is not distinct from results.subject
    where stopped._fate = 'quarantined' and not stopped._is_replaced and stopped.monitoring_year is not null
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
        -- an answer that no list knows leaves it open unless it would come out the same whatever was meant
        case
            when coalesce(surveys.valid_answers, 0) = 0 then 'no_data'
            when not surveys.decides then 'needs_evidence'
            when {{ stands(
                'rules.comparison',
                'surveys.satisfied * rules.per - rules.threshold * (surveys.valid_answers + surveys.unknown_answers)',
            ) }} then 'met'
            when {{ stands(
                'rules.comparison',
                '(surveys.satisfied + surveys.unknown_answers) * rules.per'
                ~ ' - rules.threshold * (surveys.valid_answers + surveys.unknown_answers)',
            ) }} then 'no_data'
            else 'not_met'
        end as status,
        concat_ws(
            '; ',
            case when surveys.is_forecast then 'forecast' end,
            'survey=' || surveys.survey_id,
            'kind=' || surveys.survey_kind,
            'satisfied=' || surveys.satisfied,
            'valid=' || surveys.valid_answers,
            'answers=' || surveys.answers,
            case when surveys.unknown_answers > 0 then 'unknown=' || surveys.unknown_answers end
        ) as detail
    from counties
    cross join rules
    left join deciding_surveys as surveys on counties.county_code = surveys.county_code
    where rules.kind = 'survey'
),

newest_results as (
    -- every subject of the newest year
    select together.*
    from (select * from results union all select * from stopped_results) as together
    cross join run
    where together.monitoring_year <= year(run.as_of_date)
        and together.monitoring_year >= year(run.as_of_date) - run.monitoring_valid_years
    qualify together.monitoring_year = max(together.monitoring_year) over (partition by together.county_code)
),

monitored as (
    select
        county_code,
        monitoring_year,
        count(*) as results,
        min(level) as lowest_level,
        max(between_school_rate) as highest_rate,
        count(*) - count(level) as unknown_levels,
        count(*) - count(between_school_rate) as unknown_rates
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
        case rules.component
            when 'level' then monitored.unknown_levels
            when 'between_school_rate' then monitored.unknown_rates
        end as unknown,
        monitored.monitoring_year,
        monitored.results
    from counties
    cross join rules
    left join monitored on counties.county_code = monitored.county_code
    where rules.kind = 'imported'
),

weighed as (
    select
        *,
        case
            when amount is null then 'no_data'
            when not ({{ stands('comparison', 'amount - threshold') }}) then 'not_met'
            when unknown > 0 then 'no_data'
            else 'met'
        end as status
    from imported
)

select county_code, indicator_id, component, stage, value, status, detail from surveyed
union all
select
    county_code,
    indicator_id,
    component,
    stage,
    -- the worst known of a subject that fails; else all must be known
    case when status <> 'no_data' then cast(amount as double) end,
    status,
    concat_ws(
        '; ',
        'monitoring_year=' || monitoring_year,
        'results=' || results,
        case when unknown > 0 then 'unknown=' || unknown end
    )
from weighed
