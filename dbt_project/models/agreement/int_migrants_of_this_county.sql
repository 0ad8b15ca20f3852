{{ config(materialized='ephemeral') }}
-- Pupils ticked as migrant workers' children whose household is of this very county: the word means another one. How
-- many of each school whose roll says where households are; the tick stands. One row a county and school.
with students as (
    select county_code, school_id, is_migrant_child, household_division
    from {{ ref('int_student') }}
    where _faults = '' and roll_status = 'on_roll'
)

select
    county_code,
    school_id,
    count(*) filter (where is_migrant_child and household_division = county_code) as students
from students
group by all
having count(household_division) > 0
