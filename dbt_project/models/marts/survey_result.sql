-- Satisfaction by survey and group of respondents, and of all groups together, in surveys that were over on the as-of
-- date. A blank sheet is no valid answer; somebody who is fairly satisfied is not satisfied; what an answer means that no
-- list knows is not known, and no share is told beside it. A sheet of a group that is none of ours is left out.
with answers as (
    select *, _faults <> '' as is_unknown from {{ ref('int_survey_answer') }} where group_meaning is not null
),

run as (
    select as_of_date from {{ ref('int_run') }}
),

surveys as (
    -- one survey is of one kind; who writes it in two ways has asked for less than the nation
    select
        county_code,
        survey_id,
        case when min(kind_meaning) = max(kind_meaning) then min(kind_meaning) else 'county' end as survey_kind,
        max(answered_on) as last_answered_on
    from answers
    where kind_meaning is not null
    group by all
),

grouped as (
    select county_code, survey_id, group_meaning as respondent_group, answer_meaning, is_unknown from answers
    union all
    select county_code, survey_id, 'all', answer_meaning, is_unknown from answers
),

counted as (
    select
        county_code,
        survey_id,
        respondent_group,
        count(*) as answers,
        count(answer_meaning) filter (where not is_unknown) as valid_answers,
        count(*) filter (where is_unknown) as unknown_answers,
        count(*) filter (where not is_unknown and answer_meaning = 'satisfied') as satisfied,
        count(*) filter (where not is_unknown and answer_meaning = 'somewhat_satisfied') as somewhat_satisfied
    from grouped
    group by all
)

select
    run.as_of_date,
    counted.county_code,
    counted.survey_id,
    counted.respondent_group,
    surveys.survey_kind,
    surveys.last_answered_on,
    counted.answers,
    counted.valid_answers,
    counted.unknown_answers,
    counted.satisfied,
    counted.somewhat_satisfied,
    case
        when counted.unknown_answers = 0 then cast(counted.satisfied as double) * 100 / nullif(counted.valid_answers, 0)
    end as satisfied_share,
    surveys.survey_kind <> 'national' as is_forecast
from counted
join surveys on counted.county_code = surveys.county_code and counted.survey_id = surveys.survey_id
cross join run
where surveys.last_answered_on <= run.as_of_date
order by counted.county_code, counted.survey_id, counted.respondent_group
