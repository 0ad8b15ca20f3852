{{ config(materialized='ephemeral') }}
-- Schools that the student-status system keeps a roll for.
with listed as (
    select * from {{ ref('stg_student_status__schools') }} where _fate = 'current'
)

select
    listed.* exclude (school_id),
    {{ resolved_school('school_id') }} as school_id,
    education_types.meaning as school_type,
    boarding.meaning as boarding,
    {{ faults([
        unresolved('school_id'),
        unknown_code('education_type', 'listed.education_type', 'education_types'),
    ]) }} as _faults
from listed
{{ join_school('school_id', 'student_status') }}
{{ join_meaning('education_types', 'education_type', 'listed.education_type') }}
{{ join_meaning('boarding', 'yes_no', 'listed.is_boarding') }}
