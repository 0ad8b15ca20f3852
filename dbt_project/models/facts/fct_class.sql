-- Classes of the roll lists in use with the students that they have on the roll. Class numbers are unique in the
-- school that delivered them. One row a county, delivering school, stage and class.
with students as (
    select * from {{ ref('int_student') }} where _faults = ''
)

select
    county_code,
    school_id,
    stage,
    delivered_school_id,
    coalesce(class_id, '') as class_id,
    count(*) as students,
    -- as far as the roll says so
    count(*) filter (where is_migrant_child) as migrant_children
from students
where roll_status = 'on_roll'
group by all
order by county_code, school_id, stage, delivered_school_id, class_id
