{{ config(materialized='ephemeral') }}
-- What part of a whole school's facilities a unit has, by weighted students: share / whole. One row a unit and
-- basis of the facilities; none where a stage's students are unknown or the rule names no weight. Filed facilities
-- are split by filed students; where a school has not filed those, by its roll.
with units as (
    select * from {{ ref('int_unit') }}
),

run as (
    select * from {{ ref('int_run') }}
),

weights as (
    select split_weights.*
    from {{ ref('split_weights') }} as split_weights
    join run on split_weights.rule_set = run.rule_set
    where {{ holds_on('split_weights', 'run.rule_date') }}
),

students as (
    select county_code, school_id, stage, 'records' as basis, cast(students as bigint) as students
    from {{ ref('fct_school_enrolment') }}
    union all
    select county_code, school_id, stage, 'declared', cast(value as bigint)
    from {{ ref('fct_school_declared') }}
    where measure_id = 'students' and value is not null
),

weighted as (
    select
        schools.county_code,
        schools.school_id,
        bases.basis,
        weights.stage,
        count(*) over school as stages,
        weights.weight * students.students as share,
        case
            when count(students.students) over school = count(*) over school
                then sum(weights.weight * students.students) over school
        end as whole
    from (select distinct county_code, school_id, school_type from units) as schools
    join weights on schools.school_type = weights.school_type
    cross join (values ('records'), ('declared')) as bases (basis)
    left join students
        on schools.county_code = students.county_code
        and schools.school_id = students.school_id
        and bases.basis = students.basis
        and weights.stage = students.stage
    window school as (partition by schools.county_code, schools.school_id, bases.basis)
),

split as (
    select
        units.county_code,
        units.school_id,
        units.stage,
        weighted.basis,
        -- a kind of school with one stage has nothing to split, whatever is known of its students
        cast(case when weighted.stages = 1 then 1 else weighted.share end as decimal(18, 2)) as share,
        cast(case when weighted.stages = 1 then 1 else weighted.whole end as decimal(18, 2)) as whole
    from units
    join weighted
        on units.county_code = weighted.county_code
        and units.school_id = weighted.school_id
        and units.stage = weighted.stage
    where weighted.stages = 1 or weighted.whole > 0
)

select * from split
union all
select rolls.* replace ('declared' as basis)
from split as rolls
anti join (select * from split where basis = 'declared') as filed
    on rolls.county_code = filed.county_code and rolls.school_id = filed.school_id
