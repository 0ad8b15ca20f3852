{{ config(materialized='ephemeral') }}
-- Survey answers: who asked whom and how satisfied they are; a blank answer is none (`answer_meaning` null).
with listed as (
    select * from {{ ref('stg_survey__answers') }} where _fate = 'current'
)

select
    listed.*,
    kinds.meaning as kind_meaning,
    groups.meaning as group_meaning,
    answers.meaning as answer_meaning,
    {{ faults([
        unknown_code('survey_kind', 'listed.survey_kind', 'kinds'),
        unknown_code('respondent_group', 'listed.respondent_group', 'groups'),
        unknown_code('answer', 'listed.answer', 'answers'),
    ]) }} as _faults
from listed
{{ join_meaning('kinds', 'survey_kind', 'listed.survey_kind') }}
{{ join_meaning('groups', 'respondent_group', 'listed.respondent_group') }}
{{ join_meaning('answers', 'survey_answer', 'listed.answer') }}
