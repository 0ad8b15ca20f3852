{%- set counts = [
    'students', 'classes', 'classes_56_65', 'classes_66_up',
    'full_time_teachers', 'teachers_above_required_degree', 'backbone_teachers', 'pe_arts_teachers',
    'mid_rank_teachers',
] %}
{%- set amounts = [
    'teaching_area_m2', 'sports_area_m2', 'equipment_value_yuan', 'multimedia_classrooms', 'computers', 'books',
] %}
with units as (
    select * from {{ ref('school_unit') }}
),

schools as (
    select * from {{ ref('school') }}
),

measures as (
    select * from {{ ref('int_unit_measure') }} where is_used
),

pivoted as (
    select
        county_code,
        school_id,
        stage,
        {%- for measure in counts %}
        cast(max(amount) filter (where measure_id = '{{ measure }}') as bigint) as {{ measure }},
        {%- endfor %}
        {%- for measure in amounts %}
        max(value) filter (where measure_id = '{{ measure }}') as {{ measure }}{{ ',' if not loop.last }}
        {%- endfor %}
    from measures
    group by all
)

select
    units.as_of_date,
    units.county_code,
    schools.township,
    units.school_id,
    schools.school_name,
    schools.school_type,
    units.stage,
    units.is_in_scope,
    {%- for measure in counts + amounts %}
    pivoted.{{ measure }}{{ ',' if not loop.last }}
    {%- endfor %}
from units
join schools on units.county_code = schools.county_code and units.school_id = schools.school_id
left join pivoted
    on units.county_code = pivoted.county_code
    and units.school_id = pivoted.school_id
    and units.stage = pivoted.stage
order by units.county_code, units.school_id, units.stage
