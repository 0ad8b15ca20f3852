{{ config(materialized='ephemeral') }}
-- Staff at the school where they work and teach, with what their status, kind and employment mean,
-- and whether they have become outdated by a closing.
with delivered as (
    select * from {{ ref('stg_hr_payroll__staff') }} where _fate = 'current'
),

listed as (
    -- a unit may stand there by its name
    select delivered.* replace (coalesce(names.code, delivered.work_unit_code) as work_unit_code)
    from delivered
    left join {{ ref('int_register_name') }} as names
        on delivered.county_code = names.county_code and {{ folded_name('delivered.work_unit_code') }} = names.name
),

judged as (
    select
        listed.county_code,
        listed.person_key,
        listed.work_unit_code,
        listed.status_since,
        listed.teaching_since,
        listed.birth_month,
        listed.joined_on,
        listed._as_of_date,
        listed._delivery,
        listed._position,
        listed._sheet,
        listed._row,
        listed._key,
        {{ resolved_school('work_unit_code') }} as school_id,
        person_statuses.meaning as person_status,
        categories.meaning as staff_category,
        employments.meaning as employment,
        teaching.meaning as teaching_status,
        sexes.meaning as sex,
        {{ faults([
            unresolved('work_unit_code'),
            unknown_code('person_status', 'listed.person_status', 'person_statuses'),
            unknown_code('staff_category', 'listed.staff_category', 'categories'),
            unknown_code('employment', 'listed.employment', 'employments'),
            unknown_code('teaching_status', 'listed.teaching_status', 'teaching'),
        ]) }} as _faults
    from listed
    {{ join_school('work_unit_code', 'hr_payroll') }}
    {{ join_meaning('person_statuses', 'person_status', 'listed.person_status') }}
    {{ join_meaning('categories', 'staff_category', 'listed.staff_category') }}
    {{ join_meaning('employments', 'employment', 'listed.employment') }}
    {{ join_meaning('teaching', 'teaching_status', 'listed.teaching_status') }}
    {{ join_meaning('sexes', 'sex', 'listed.sex') }}
)

select judged.*, {{ outdated_by_closing() }} as is_outdated
from judged
{{ join_later_lists('work_unit_code') }}
