{{ config(materialized='ephemeral') }}
-- Students on the roll lists in use: their school, the stage of their grade, and whether they are at school,
-- and whether they have become outdated by a closing.
with listed as (
    select * from {{ ref('stg_student_status__students') }} where _fate = 'current'
),

classes as (
    select county_code, school_id, class_id, max(_as_of_date) as _as_of_date
    from {{ ref('stg_student_status__classes') }}
    where _fate = 'current'
    group by all
),

class_lists as (
    -- an older list does not know the classes of a newer roll
    select county_code, school_id, max(_as_of_date) as listed_on from classes group by all
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
            ('class_id', "class_lists.listed_on >= listed._as_of_date and classes.class_id is null and statuses.meaning = 'on_roll'", "'unknown_class'"),
        ]) }} as _faults
    from listed
    left join class_lists on listed.county_code = class_lists.county_code and listed.school_id = class_lists.school_id
    left join classes
        on listed.county_code = classes.county_code
        and listed.school_id = classes.school_id
        and listed.class_id = classes.class_id
    {{ join_school('school_id', 'student_status') }}
    {{ join_meaning('grades', 'grade', 'listed.grade') }}
    {{ join_meaning('statuses', 'roll_status', 'listed.status') }}
    {{ join_meaning('migrants', 'yes_no', 'listed.migrant_child') }}
)

select judged.*, {{ outdated_by_closing() }} as is_outdated
from judged
{{ join_later_lists('delivered_school_id') }}
