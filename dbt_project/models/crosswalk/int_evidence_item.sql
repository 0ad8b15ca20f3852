{{ config(materialized='ephemeral') }}
-- Rows of the evidence register: what they speak of (`subject`; `school_id` empty: the whole county) and what they
-- conclude. A kind of document that no list knows is no fault, and a veto stands whatever part of it a row names.
with listed as (
    select * from {{ ref('stg_evidence__items') }} where _fate = 'current'
),

components as (
    select distinct indicator_id, component from {{ ref('indicator_components') }}
)

select
    listed.* exclude (school_id, component),
    subjects.subject_id as subject,
    coalesce(components.component, '') as component,
    case when coalesce(trim(listed.school_id), '') = '' then '' else {{ resolved_school('school_id') }} end as school_id,
    kinds.meaning as evidence_kind,
    conclusions.meaning as conclusion_meaning,
    {{ faults([
        unknown_subject('subject_id'),
        ('component', "subjects.kind <> 'veto' and trim(listed.component) <> '' and components.component is null", "'unknown_component'"),
        unresolved_if_named('school_id'),
        unknown_code('conclusion', 'listed.conclusion', 'conclusions'),
    ]) }} as _faults
from listed
{{ join_school('school_id', 'evidence') }}
{{ join_subject('listed.subject_id') }}
{{ join_meaning('kinds', 'evidence_kind', 'listed.item_kind') }}
{{ join_meaning('conclusions', 'conclusion', 'listed.conclusion') }}
left join components
    on subjects.subject_id = components.indicator_id and trim(listed.component) = components.component
