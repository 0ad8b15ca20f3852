-- Schools of compulsory education at the as-of date: those of the register where there is one, else
-- those that the sources' rows name. One row a county and school.
with registered as (
    select * from {{ ref('int_register_school') }}
),

register_counties as (
    select distinct county_code from {{ ref('int_register_code') }}
),

roll_schools as (
    select county_code, school_id, school_name, school_type, boarding
    from {{ ref('int_roll_school') }}
    where _faults = ''
    qualify row_number() over (
        partition by county_code, school_id order by school_type nulls last, school_name, boarding
    ) = 1
),

filed as (
    select county_code, school_id, school_name, school_type, township
    from {{ ref('int_declared_measure') }}
    where _faults = ''
    -- the newest row tells; equal days are told apart by text, so that the order of arrival does not matter
    qualify row_number() over (
        partition by county_code, school_id
        order by _as_of_date desc, school_type, school_name nulls last, township nulls last
    ) = 1
),

found as (
    select county_code, school_id from {{ ref('fct_school_enrolment') }}
    union
    select county_code, school_id from {{ ref('fct_school_staffing') }}
    union
    select county_code, school_id from {{ ref('fct_school_facilities') }}
    union
    select county_code, school_id from {{ ref('fct_school_equipment') }}
    union
    select county_code, school_id from {{ ref('fct_school_declared') }}
),

schools as (
    select county_code, school_id, true as is_registered from registered
    union all
    select found.county_code, found.school_id, false
    from found
    anti join register_counties on found.county_code = register_counties.county_code
),

described as (
    select
        schools.county_code,
        schools.school_id,
        schools.is_registered,
        coalesce(registered.school_name, roll_schools.school_name, filed.school_name) as school_name,
        coalesce(registered.school_type, roll_schools.school_type, filed.school_type) as school_type,
        coalesce(registered.township, filed.township) as township,
        registered.ownership,
        registered.urban_rural,
        coalesce(registered.boarding, roll_schools.boarding) = 'yes' as is_boarding
    from schools
    left join registered
        on schools.county_code = registered.county_code and schools.school_id = registered.school_id
    left join roll_schools
        on schools.county_code = roll_schools.county_code and schools.school_id = roll_schools.school_id
    left join filed
        on schools.county_code = filed.county_code and schools.school_id = filed.school_id
)

select * from described
-- senior schools and kindergartens are not schools of compulsory education
where school_type is null or school_type in (select school_type from {{ ref('school_type_stages') }})
order by county_code, school_id
