-- Schools that the personnel deliveries speak for, table by table: one row a county, school and table. Where a
-- table speaks for a school, who has no row in it has nothing; elsewhere nothing is known.
{%- set told_of_persons = {
    'posts': 'int_post', 'degrees': 'int_degree', 'subjects_taught': 'int_subject_taught', 'certificates': 'int_certificate',
    'training_hours': 'stg_hr_payroll__training_hours', 'rotations': 'int_rotation',
} %}
with staff as (
    select * from {{ ref('int_staff') }} where _faults = ''
),

units as (
    select * from {{ ref('int_hr_unit') }} where _faults = ''
),

deliveries as (
    select deliveries.*
    from {{ ref('int_landed_delivery') }} as deliveries
    join {{ ref('int_run') }} as run on deliveries.as_of_date <= run.as_of_date
    where deliveries.source = 'hr_payroll'
),

schools as (
    select county_code, school_id from staff
    union
    select county_code, school_id from units
),

pulled_staff_counties as (
    {{ pulled_counties('hr_payroll', 'staff', 'staff') }}
),

pulled as (
    -- a pull brings all tables; of several counties at once its rows tell which
    select distinct pulled_staff_counties.county_code, deliveries.table_name
    from deliveries
    join pulled_staff_counties
        on coalesce(deliveries.county_code, pulled_staff_counties.county_code) = pulled_staff_counties.county_code
    where deliveries.is_pull
),

workbooks as (
    -- files that list the staff of schools, and which schools' lists are in use
    select distinct staff.county_code, staff.school_id, deliveries.digest
    from staff
    join deliveries on staff._delivery = deliveries.delivery_id
    where not deliveries.is_pull
),

lists_of_titles as (
    -- titles are awarded by the bureau: who is not on its own list has none
    select distinct deliveries.county_code
    from deliveries
    where deliveries.table_name = 'backbone_titles' and not deliveries.is_pull
        and deliveries.digest not in (select digest from deliveries where table_name = 'staff')
),

together as (
    select schools.county_code, schools.school_id, pulled.table_name
    from schools
    join pulled on schools.county_code = pulled.county_code
    union
    -- a workbook speaks for the schools of its staff in every table that it holds
    select workbooks.county_code, workbooks.school_id, deliveries.table_name
    from workbooks
    join deliveries on workbooks.digest = deliveries.digest
    where not deliveries.is_pull
    union
    select schools.county_code, schools.school_id, 'backbone_titles'
    from schools
    join lists_of_titles on schools.county_code = lists_of_titles.county_code
    {%- for table_name, model in told_of_persons.items() %}
    union
    -- a list of its own speaks for the schools of the persons that it names
    select staff.county_code, staff.school_id, '{{ table_name }}'
    from staff
    join {{ ref(model) }} as told on staff.county_code = told.county_code and staff.person_key = told.person_key
    where told._fate = 'current'
    {%- endfor %}
)

select * from together
order by county_code, school_id, table_name
