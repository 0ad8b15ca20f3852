{{ config(materialized='ephemeral') }}
-- Students on the roll lists in use: their school, the stage of their grade, and whether they are at school,
-- and whether they have become outdated by a closing.
with listed as (
    select * from {{ ref('stg_student_status__students') }} where _fate = 'current'
),

judged as (
    select
        listed.* exclude (school_id),
        listed.school_id as delivered_school_id,
        {{ resolved_school('school_id') }} as school_id,
        grades.meaning as stage,
        statuses.meaning as roll_status,
        migrants.meaning = 'yes' as is_migrant_child,
        {{ faults([
            unresolved('school_id'),
            unknown_code('grade', 'listed.grade', 'grades'),
            unknown_code('status', 'listed.status', 'statuses'),
        ]) }} as _faults
    from listed
    {{ join_school('school_id', 'student_status') }}
    {{ join_meaning('grades', 'grade', 'listed.grade') }}
    {{ join_meaning('statuses', 'roll_status', 'listed.status') }}
    {{ join_meaning('migrants', 'yes_no', 'listed.migrant_child') }}
)

select judged.*, {{ outdated_by_closing() }} as is_outdated
from judged
{{ join_later_lists('delivered_school_id') }}
