{{ config(materialized='ephemeral') }}
-- Every outcome in the words of the ledger: what was found, by which clause, who answers for it, by when.
with outcomes as (
    select * from {{ ref('int_outcome') }}
),

words as (
    select * from {{ ref('int_rule_words') }}
),

said as (
    select * from {{ ref('finding_words') }}
),

schools as (
    select * from {{ ref('school') }}
),

responsibility as (
    select * from {{ ref('int_responsibility') }}
),

planned as (
    select * from {{ ref('int_indicator_due') }}
),

answering as (
    -- a line for the component outranks one for the whole indicator
    select
        outcomes.item_id,
        responsibility.responsible_kind,
        responsibility.responsible,
        responsibility.due_on
    from outcomes
    join responsibility
        on outcomes.county_code = responsibility.county_code
        and outcomes.indicator_id = responsibility.subject_id
        and responsibility.component in ('', outcomes.component)
    qualify row_number() over (partition by outcomes.item_id order by responsibility.component desc) = 1
),

due as (
    select outcomes.item_id, min(planned.due_on) as due_on
    from outcomes
    join planned
        on outcomes.county_code = planned.county_code
        and outcomes.planned_as = planned.indicator_id
        and planned.component in ('', outcomes.component)
    group by all
),

described as (
    select
        outcomes.*,
        schools.township,
        schools.school_name,
        words.clause,
        words.name_zh,
        words.name_en,
        said.name_zh as said_zh,
        said.name_en as said_en,
        coalesce(answering.responsible_kind, case when outcomes.school_id = '' then 'department' else 'school' end)
            as responsible_kind,
        answering.responsible as named,
        coalesce(answering.due_on, due.due_on) as due_on
    from outcomes
    join words on outcomes.indicator_id = words.indicator_id and outcomes.component = words.component
    left join said on outcomes.said = said.outcome
    left join schools on outcomes.county_code = schools.county_code and outcomes.school_id = schools.school_id
    left join answering on outcomes.item_id = answering.item_id
    left join due on outcomes.item_id = due.item_id
)

select
    * exclude (said, planned_as, named, name_zh, name_en, said_zh, said_en, school_name),
    concat_ws(
        '，', name_zh, case stage when 'primary' then '小学' when 'junior' then '初中' end, nullif(item, '')
    ) || '：' || said_zh as finding_zh,
    concat_ws(', ', name_en, nullif(stage, 'all'), nullif(item, '')) || ': ' || said_en as finding_en,
    coalesce(
        named,
        case responsible_kind when 'school' then school_name when 'township' then township end
    ) as responsible
from described
