{{ config(materialized='ephemeral') }}
-- Inspections and visits: what they speak of (`subject`; `school_id` empty: the whole county), their kind, and what
-- they conclude.
with listed as (
    select * from {{ ref('stg_evidence__inspections') }} where _fate = 'current'
)

select
    listed.* exclude (school_id, inspection_kind),
    subjects.subject_id as subject,
    case when coalesce(trim(listed.school_id), '') = '' then '' else {{ resolved_school('school_id') }} end as school_id,
    kinds.meaning as inspection_kind,
    conclusions.meaning as conclusion_meaning,
    {{ faults([
        unknown_subject('subject_id'),
        unresolved_if_named('school_id'),
        unknown_code('inspection_kind', 'listed.inspection_kind', 'kinds'),
        unknown_code('conclusion', 'listed.conclusion', 'conclusions'),
    ]) }} as _faults
from listed
{{ join_school('school_id', 'evidence') }}
{{ join_subject('listed.subject_id') }}
{{ join_meaning('kinds', 'inspection_kind', 'listed.inspection_kind') }}
{{ join_meaning('conclusions', 'conclusion', 'listed.conclusion') }}
