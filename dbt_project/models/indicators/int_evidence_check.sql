-- Evidence that is asked of every school, school by school: one row a county, school, indicator and component. A school
-- that is known to have no students of compulsory stages is asked for nothing; a conclusion on the whole county stands
-- for no school.
with rules as (
    select * from {{ ref('int_rule') }} where kind = 'evidence' and level = 'school'
),

schools as (
    select * from {{ ref('int_school') }}
),

units as (
    select * from {{ ref('int_unit') }}
),

students as (
    select * from {{ ref('int_unit_measure') }} where is_used and measure_id = 'students'
),

conclusions as (
    select * from {{ ref('fct_evidence_conclusion') }}
),

empty_schools as (
    select units.county_code, units.school_id
    from units
    left join students
        on units.county_code = students.county_code
        and units.school_id = students.school_id
        and units.stage = students.stage
    group by all
    having bool_and(coalesce(students.amount = 0, false))
)

select
    schools.county_code,
    schools.school_id,
    rules.indicator_id,
    rules.component,
    rules.stage,
    conclusions.outcome,
    conclusions.dated_on,
    case
        when conclusions.outcome = 'conform' then 'met'
        when conclusions.outcome = 'not_conform' then 'not_met'
        else 'needs_evidence'
    end as status
from schools
anti join empty_schools
    on schools.county_code = empty_schools.county_code and schools.school_id = empty_schools.school_id
cross join rules
left join conclusions
    on schools.county_code = conclusions.county_code
    and schools.school_id = conclusions.school_id
    and rules.indicator_id = conclusions.subject
    and rules.component = conclusions.component
order by schools.county_code, schools.school_id, rules.indicator_id, rules.component
