-- What records and forms both say, side by side: amount * share / whole on either side. A whole school's filed figure
-- is split as the records' is, so that like stands against like. The form's side is missing where a finding rests on
-- records alone. One row a county, school (empty: the county), stage and measure.
with units as (
    select * from {{ ref('int_unit_measure') }} where basis = 'records'
),

schools as (
    select * from {{ ref('int_school') }}
),

filed as (
    select * from {{ ref('fct_school_declared') }} where value is not null
),

class_counts as (
    select * from {{ ref('int_class_count') }}
),

filed_class_counts as (
    select * from {{ ref('int_filed_class_count') }}
),

facilities as (
    select * from {{ ref('fct_school_facilities') }}
),

teachers as (
    select checks.county_code, checks.school_id, staff.stage, checks.is_certified, checks.has_training_hours
    from {{ ref('int_teacher_check') }} as checks
    join {{ ref('fct_full_time_teacher') }} as staff
        on checks.county_code = staff.county_code and checks.person_key = staff.person_key
),

two_schools as (
    select * from {{ ref('int_two_schools') }}
),

pupils_in_two_schools as (
    select * from {{ ref('int_pupils_in_two_schools') }}
),

classes_without_students as (
    select * from {{ ref('int_class_without_students') }}
),

migrants_of_this_county as (
    select * from {{ ref('int_migrants_of_this_county') }}
),

counties as (
    select * from {{ ref('int_county_measure') }} where amount is not null and unknown = 0 and unheard = 0
),

counted as (
    -- what the records tell of a stage beside the measures of a unit
    select county_code, school_id, stage, measure_id, cast(classes as decimal(38, 16)) as amount
    from class_counts
    where measure_id not in (select measure_id from units)
        and measure_id not in ('classes_over_limit', 'classes_at_limit')
    {%- for measure, condition in {
        'certified_teachers': 'is_certified', 'teachers_with_training_hours': 'has_training_hours'
    }.items() %}
    union all
    select county_code, school_id, stage, '{{ measure }}', count(*) filter (where {{ condition }})
    from teachers
    group by all
    having count({{ condition }}) = count(*)
    {%- endfor %}
),

of_units as (
    select
        units.county_code, units.school_id, units.stage, units.measure_id,
        units.amount as records_amount, units.share as records_share, units.whole as records_whole,
        filed.value as declared_amount,
        case when filed.stage = 'whole' then units.share else 1 end as declared_share,
        case when filed.stage = 'whole' then units.whole else 1 end as declared_whole
    from units
    join filed
        on units.county_code = filed.county_code
        and units.school_id = filed.school_id
        and units.measure_id = filed.measure_id
        and filed.stage in (units.stage, 'whole')
    union all
    select
        counted.county_code, counted.school_id, counted.stage, counted.measure_id, counted.amount, 1, 1, filed.value, 1, 1
    from counted
    join filed
        on counted.county_code = filed.county_code
        and counted.school_id = filed.school_id
        and counted.stage = filed.stage
        and counted.measure_id = filed.measure_id
),

of_schools as (
    {%- for measure in ['music_rooms', 'art_rooms'] %}
    -- filed for the whole school or for its only stage
    select
        facilities.county_code, facilities.school_id, 'all' as stage, '{{ measure }}' as measure_id,
        facilities.{{ measure }} as records_amount, max(filed.value) as declared_amount
    from facilities
    join schools on facilities.county_code = schools.county_code and facilities.school_id = schools.school_id
    join filed
        on facilities.county_code = filed.county_code
        and facilities.school_id = filed.school_id
        and filed.measure_id = '{{ measure }}'
    where facilities.{{ measure }} is not null
    group by all
    having count(*) = 1
    union all
    {%- endfor %}
    select
        class_counts.county_code, class_counts.school_id, class_counts.stage, class_counts.measure_id,
        class_counts.classes, filed_class_counts.classes_over_limit
    from class_counts
    join filed_class_counts
        on class_counts.county_code = filed_class_counts.county_code
        and class_counts.school_id = filed_class_counts.school_id
        and class_counts.stage = filed_class_counts.stage
    where class_counts.measure_id = 'classes_over_limit'
    union all
    select class_counts.county_code, class_counts.school_id, class_counts.stage, class_counts.measure_id, class_counts.classes, null
    from class_counts
    join schools on class_counts.county_code = schools.county_code and class_counts.school_id = schools.school_id
    where class_counts.measure_id = 'classes_at_limit'
    union all
    select county_code, school_id, 'all', 'teachers_in_two_schools', teachers, null
    from two_schools
    union all
    select county_code, school_id, 'all', 'students_in_two_schools', students, null
    from pupils_in_two_schools
    union all
    select county_code, school_id, 'all', 'classes_without_students', classes, null
    from classes_without_students
    union all
    select county_code, school_id, 'all', 'migrants_of_this_county', students, null
    from migrants_of_this_county
),

of_counties as (
    select
        counted.county_code, '' as school_id, counted.stage, counted.measure_id,
        counted.amount as records_amount, 1 as records_share, counted.whole as records_whole,
        told.amount as declared_amount, 1 as declared_share, told.whole as declared_whole
    from counties as counted
    join counties as told
        on counted.county_code = told.county_code
        and counted.stage = told.stage
        and counted.measure_id = told.measure_id
    where counted.basis = 'records' and told.basis = 'declared'
),

together as (
    select * from of_units
    union all by name
    select *, 1 as records_share, 1 as records_whole, 1 as declared_share, 1 as declared_whole from of_schools
    union all by name
    select * from of_counties
)

select
    county_code,
    school_id,
    stage,
    measure_id,
    cast(records_amount as decimal(38, 16)) as records_amount,
    cast(records_share as decimal(18, 2)) as records_share,
    cast(records_whole as decimal(18, 2)) as records_whole,
    cast(declared_amount as decimal(38, 16)) as declared_amount,
    cast(declared_share as decimal(18, 2)) as declared_share,
    cast(declared_whole as decimal(18, 2)) as declared_whole
from together
order by county_code, school_id, stage, measure_id
