-- What is to be mended. An item opens when a rule fails, closes only when later data passes the same rule, and
-- reopens by itself. Data that went missing close nothing. A closed item rests as it was closed.
{%- set about = ['county_code', 'school_id', 'stage', 'indicator_id', 'component', 'item_kind', 'item'] -%}
{%- set described = ['township', 'clause', 'responsible_kind', 'responsible', 'gap_unit', 'due_on'] -%}
{%- set measured = ['current_value', 'target', 'gap'] -%}
{%- set found = ['finding_zh', 'finding_en'] -%}
{%- set kept = [
    'status', 'is_lesser', 'opened_value', 'opened_gap', 'opened_on', 'opened_release', 'last_changed_on',
    'last_changed_release', 'closed_on', 'closed_release', 'times_reopened'
] %}
with before as (
    select previous.*
    from {{ source('run', 'previous_ledger') }} as previous
    join {{ ref('int_this_release') }} as this_release on previous.rule_set = this_release.rule_set
),

now as (
    select * from {{ ref('int_ledger_item') }}
),

schools as (
    -- of classes and rooms only those that fail are listed: one that its known school does not list passes
    select county_code, school_id, stage, indicator_id, component
    from {{ ref('int_outcome') }}
    where item_kind = 'school' and outcome <> 'unknown'
),

notes as (
    select * from {{ ref('int_ledger_note') }}
),

this_release as (
    select * from {{ ref('int_this_release') }}
),

met as (
    select
        coalesce(before.rule_set, now.rule_set) as rule_set,
        coalesce(before.item_id, now.item_id) as item_id,
        before.item_id is not null as is_known,
        now.item_id is not null as is_judged,
        case
            when now.item_id is not null then now.outcome
            when before.item_kind in ('class', 'room') and schools.school_id is not null then 'passes'
            else 'unknown'
        end as outcome,
        now.status = 'within_floor' as now_is_lesser,
        {%- for column in about %}
        coalesce(before.{{ column }}, now.{{ column }}) as {{ column }},
        {%- endfor %}
        {%- for column in described + measured + found %}
        now.{{ column }} as now_{{ column }},
        before.{{ column }} as was_{{ column }},
        {%- endfor %}
        {%- for column in kept %}
        before.{{ column }} as was_{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from before
    full join now on before.rule_set = now.rule_set and before.item_id = now.item_id
    left join schools
        on before.county_code = schools.county_code
        and before.school_id = schools.school_id
        and before.stage = schools.stage
        and before.indicator_id = schools.indicator_id
        and before.component = schools.component
    -- what passes and was never wrong is no item
    where before.item_id is not null or now.outcome = 'fails'
),

steps as (
    select
        *,
        case
            when outcome = 'fails' and (not is_known or was_status = 'closed') then 'opens'
            when outcome = 'fails' then 'stays'
            when was_status = 'closed' then 'rests'
            when outcome = 'passes' then 'closes'
            else 'vanishes'
        end as step
    from met
),

valued as (
    select
        *,
        {%- for column in measured %}
        -- a resting item keeps what closed it, of a vanished one nothing is known
        case step when 'rests' then was_{{ column }} when 'vanishes' then null else now_{{ column }} end as {{ column }},
        {%- endfor %}
        case when outcome = 'fails' then now_is_lesser else was_is_lesser end as is_lesser,
        case when step = 'opens' then now_current_value else was_opened_value end as opened_value,
        case when step = 'opens' then now_gap else was_opened_gap end as opened_gap,
        coalesce(was_times_reopened, 0) + case when is_known and step = 'opens' then 1 else 0 end as times_reopened
    from steps
),

standing as (
    select
        *,
        case
            when step in ('rests', 'closes') then 'closed'
            when step = 'vanishes' then 'unknown'
            -- less is missing than when it opened
            when gap < opened_gap then 'improved'
            when times_reopened > 0 then 'reopened'
            else 'open'
        end as status
    from valued
),

changed as (
    select
        *,
        not is_known
        {%- for column in ['status', 'is_lesser'] + measured %}
        or {{ column }} is distinct from was_{{ column }}
        {%- endfor %} as is_changed
    from standing
)

select
    changed.rule_set,
    changed.item_id,
    {%- for column in about %}
    changed.{{ column }},
    {%- endfor %}
    {%- for column in described %}
    case when changed.is_judged then changed.now_{{ column }} else changed.was_{{ column }} end as {{ column }},
    {%- endfor %}
    {%- for column in found %}
    -- what was found stays written when it is no longer so
    case when changed.outcome = 'fails' then changed.now_{{ column }} else changed.was_{{ column }} end as {{ column }},
    {%- endfor %}
    changed.is_lesser,
    {%- for column in measured %}
    changed.{{ column }},
    {%- endfor %}
    changed.opened_value,
    changed.opened_gap,
    changed.status,
    coalesce(changed.was_opened_on, this_release.as_of_date) as opened_on,
    coalesce(changed.was_opened_release, this_release.release_id) as opened_release,
    case when changed.is_changed then this_release.as_of_date else changed.was_last_changed_on end as last_changed_on,
    case when changed.is_changed then this_release.release_id else changed.was_last_changed_release end as last_changed_release,
    case changed.step when 'closes' then this_release.as_of_date when 'rests' then changed.was_closed_on end as closed_on,
    case changed.step when 'closes' then this_release.release_id when 'rests' then changed.was_closed_release end as closed_release,
    cast(changed.times_reopened as bigint) as times_reopened,
    coalesce(notes.notes_count, 0) as notes_count,
    notes.last_noted_on,
    notes.last_note
from changed
cross join this_release
left join notes on changed.item_id = notes.item_id
order by changed.rule_set, changed.item_id
