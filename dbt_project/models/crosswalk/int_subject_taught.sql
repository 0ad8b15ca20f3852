{{ config(materialized='ephemeral') }}
-- Courses taught, their stage, and whether they are PE or arts.
with listed as (
    select * from {{ ref('stg_hr_payroll__subjects_taught') }} where _fate = 'current'
)

select
    listed.*,
    stages.meaning as stage_taught,
    courses.meaning as course_kind,
    {{ faults([
        unknown_code('stage', 'listed.stage', 'stages'),
        unknown_code('course', 'listed.course', 'courses'),
    ]) }} as _faults
from listed
{{ join_meaning('stages', 'stage_taught', 'listed.stage') }}
{{ join_meaning('courses', 'course', 'listed.course') }}
