-- Full-time teachers of the compulsory stages of schools of compulsory education, special schools included: what
-- the county indicators ask of each. One row a county and person; null: not known.
with teachers as (
    select * from {{ ref('fct_full_time_teacher') }}
),

schools as (
    select * from {{ ref('int_school') }}
),

stages as (
    select distinct stage from {{ ref('school_type_stages') }}
),

certificates as (
    select * from {{ ref('int_certificate') }}
),

training_hours as (
    select * from {{ ref('stg_hr_payroll__training_hours') }} where _fate = 'current'
),

rotations as (
    select * from {{ ref('int_rotation') }}
    where _faults = '' and rotation_meaning = 'rotation' and from_unit_code <> to_unit_code
),

run as (
    select * from {{ ref('int_run') }}
),

schools_with_certificates as (
    select county_code, school_id from {{ ref('int_hr_coverage') }} where table_name = 'certificates'
),

schools_with_training_hours as (
    select county_code, school_id from {{ ref('int_hr_coverage') }} where table_name = 'training_hours'
),

schools_with_rotations as (
    select county_code, school_id from {{ ref('int_hr_coverage') }} where table_name = 'rotations'
),

schools_with_backbone_titles as (
    select county_code, school_id from {{ ref('int_hr_coverage') }} where table_name = 'backbone_titles'
),

bars as (
    select bars.stage, bars.certificate_level
    from {{ ref('certificate_bars') }} as bars
    join run on bars.rule_set = run.rule_set
    where {{ holds_on('bars', 'run.rule_date') }}
),

limits as (
    select
        {%- for limit in ['training_hours', 'training_window_years', 'training_hours_a_year'] %}
        max(value) filter (where limit_id = '{{ limit }}') as {{ limit }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('int_item_limit') }}
),

certified as (
    select distinct certificates.county_code, certificates.person_key, bars.stage
    from certificates
    cross join run
    join bars on certificates.certificate_level = bars.certificate_level
    where certificates._faults = '' and (certificates.issued_on is null or certificates.issued_on <= run.as_of_date)
),

uncertain as (
    -- what a certificate is good for that no list knows is not known
    select distinct certificates.county_code, certificates.person_key
    from certificates
    cross join run
    where certificates._faults <> '' and (certificates.issued_on is null or certificates.issued_on <= run.as_of_date)
),

trained as (
    -- calendar years before the one of the as-of date
    select training_hours.county_code, training_hours.person_key, cast(sum(training_hours.hours) as decimal(18, 2)) as hours
    from training_hours
    cross join run
    cross join limits
    where training_hours.training_year < year(run.as_of_date)
        and training_hours.training_year >= year(run.as_of_date) - limits.training_window_years
    group by all
),

moves as (
    select
        rotations.county_code,
        rotations.person_key,
        bool_or(
            rotations.started_on >= run.exchange_year_from
            and rotations.started_on < run.exchange_year_from + to_years(1)
            and rotations.started_on <= run.as_of_date
        ) as has_rotated,
        -- had moved already in the years before the exchange year
        bool_or(
            rotations.started_on < run.exchange_year_from
            and rotations.started_on > run.exchange_year_from - to_years(cast(run.rotation_least_years as integer))
        ) as had_moved
    from rotations
    cross join run
    group by all
),

compulsory as (
    select
        teachers.*,
        -- full calendar years of service before the one of the as-of date; unknown service is full service
        coalesce(
            year(run.as_of_date)
            - try_cast(left(teachers.teaching_since, 4) as integer)
            - cast(right(teachers.teaching_since, 2) <> '01' as integer),
            limits.training_window_years
        ) as years_of_service
    from teachers
    join schools on teachers.county_code = schools.county_code and teachers.school_id = schools.school_id
    join stages on teachers.stage = stages.stage
    cross join run
    cross join limits
)

select
    compulsory.county_code,
    compulsory.person_key,
    compulsory.school_id,
    case
        when schools_with_training_hours.county_code is not null then coalesce(trained.hours, 0) >= case
            when compulsory.years_of_service >= limits.training_window_years then limits.training_hours
            else compulsory.years_of_service * limits.training_hours_a_year
        end
    end as has_training_hours,
    case
        when certified.person_key is not null then true
        when schools_with_certificates.county_code is not null and uncertain.person_key is null then false
    end as is_certified,
    case when schools_with_rotations.county_code is not null then coalesce(moves.has_rotated, false) end as has_rotated,
    -- long enough at one school, and young enough, when the exchange year began; who has moved in it stands at the new
    -- school, so that teaching and earlier moves tell of the old one
    case
        when schools_with_rotations.county_code is not null
            then case
                    when moves.has_rotated
                        then not coalesce(moves.had_moved, false)
                            and compulsory.teaching_since <= strftime(
                                run.exchange_year_from - to_years(cast(run.rotation_least_years as integer)), '%Y-%m'
                            )
                    else compulsory.joined_on
                        <= run.exchange_year_from - to_years(cast(run.rotation_least_years as integer))
                end
                and case compulsory.sex
                    when 'female' then compulsory.birth_month > strftime(
                        run.exchange_year_from - to_years(cast(run.rotation_women_below_age as integer)), '%Y-%m'
                    )
                    when 'male' then compulsory.birth_month > strftime(
                        run.exchange_year_from - to_years(cast(run.rotation_men_below_age as integer)), '%Y-%m'
                    )
                end
    end as is_eligible,
    case when schools_with_backbone_titles.county_code is not null then compulsory.is_backbone end as is_backbone
from compulsory
cross join run
cross join limits
left join schools_with_certificates
    on compulsory.county_code = schools_with_certificates.county_code
    and compulsory.school_id = schools_with_certificates.school_id
left join schools_with_training_hours
    on compulsory.county_code = schools_with_training_hours.county_code
    and compulsory.school_id = schools_with_training_hours.school_id
left join schools_with_rotations
    on compulsory.county_code = schools_with_rotations.county_code
    and compulsory.school_id = schools_with_rotations.school_id
left join schools_with_backbone_titles
    on compulsory.county_code = schools_with_backbone_titles.county_code
    and compulsory.school_id = schools_with_backbone_titles.school_id
left join certified
    on compulsory.county_code = certified.county_code
    and compulsory.person_key = certified.person_key
    and compulsory.stage = certified.stage
left join uncertain
    on compulsory.county_code = uncertain.county_code and compulsory.person_key = uncertain.person_key
left join trained on compulsory.county_code = trained.county_code and compulsory.person_key = trained.person_key
left join moves on compulsory.county_code = moves.county_code and compulsory.person_key = moves.person_key
order by compulsory.county_code, compulsory.person_key
