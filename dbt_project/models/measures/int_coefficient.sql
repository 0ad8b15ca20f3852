-- Student-weighted coefficients of variation over the units in scope, one row a county, stage and measure per student:
-- what part 1 and the yearly monitor both rest on, and no limit. Deviations are taken from the unit next to the mean,
-- exactly (a difference of fractions), so that equal values give 0 and close ones lose no digit.
with units as (
    select * from {{ ref('school_unit') }} where is_in_scope
),

measures as (
    select * from {{ ref('int_unit_measure') }} where is_used
),

asked as (
    select stage, numerator_measure as measure_id
    from {{ ref('int_rule') }}
    where cv_limit is not null and kind = 'ratio'
    union
    select stage, numerator_measure from {{ ref('int_monitor_rule') }}
),

students as (
    select * from measures where measure_id = 'students'
),

resources as (
    select
        units.county_code,
        units.school_id,
        units.stage,
        asked.measure_id,
        units.students,
        {{ in_smallest_units('measures.amount') }} * {{ in_hundredths('measures.share') }} as resource_units,
        {{ in_hundredths('measures.whole') }} * units.students as per_student,
        measures.value as resource,
        measures.value / nullif(units.students, 0) as ratio,
        measures.basis = 'records' and students.basis = 'records' as is_of_records
    from units
    join asked on units.stage = asked.stage
    left join measures
        on units.county_code = measures.county_code
        and units.school_id = measures.school_id
        and units.stage = measures.stage
        and asked.measure_id = measures.measure_id
    left join students
        on units.county_code = students.county_code
        and units.school_id = students.school_id
        and units.stage = students.stage
),

totals as (
    -- floating sums run in the order of school codes: the same bytes on any number of threads
    select
        county_code,
        stage,
        measure_id,
        count(*) as school_units,
        count(ratio) as known_units,
        bool_and(is_of_records) as is_of_records,
        cast(sum(students) as bigint) as students,
        fsum(resource order by school_id) as resource,
        fsum(resource order by school_id) / nullif(sum(students), 0) as mean_ratio
    from resources
    group by all
),

central as (
    -- one unit next to the mean, from which the others deviate
    select
        resources.county_code,
        resources.stage,
        resources.measure_id,
        resources.resource_units,
        resources.per_student
    from resources
    join totals
        on resources.county_code = totals.county_code
        and resources.stage = totals.stage
        and resources.measure_id = totals.measure_id
    where totals.school_units = totals.known_units
    qualify row_number() over (
        partition by resources.county_code, resources.stage, resources.measure_id
        order by abs(resources.ratio - totals.mean_ratio), resources.school_id
    ) = 1
),

apart as (
    select
        resources.county_code,
        resources.school_id,
        resources.stage,
        resources.measure_id,
        resources.students,
        cast(resources.per_student as double) * cast(central.per_student as double) * 10000000000000000.0 as scale,
        {{ difference_of_products(
            'difference',
            'resources.resource_units', 'central.per_student',
            'central.resource_units', 'resources.per_student',
        ) }}
    from resources
    join central
        on resources.county_code = central.county_code
        and resources.stage = central.stage
        and resources.measure_id = central.measure_id
),

deviations as (
    select
        county_code,
        school_id,
        stage,
        measure_id,
        cast(students as double) as students,
        difference / nullif(scale, 0) as deviation
    from apart
),

offsets as (
    -- how far the mean lies from the central unit
    select
        county_code,
        stage,
        measure_id,
        fsum(students * deviation order by school_id) / nullif(sum(students), 0) as offset_of_mean
    from deviations
    group by all
),

variances as (
    select
        deviations.county_code,
        deviations.stage,
        deviations.measure_id,
        fsum(
            deviations.students
            * (deviations.deviation - offsets.offset_of_mean)
            * (deviations.deviation - offsets.offset_of_mean)
            order by deviations.school_id
        ) / nullif(sum(deviations.students), 0) as variance
    from deviations
    join offsets
        on deviations.county_code = offsets.county_code
        and deviations.stage = offsets.stage
        and deviations.measure_id = offsets.measure_id
    group by all
),

measured as (
    select
        totals.county_code,
        totals.stage,
        totals.measure_id,
        totals.school_units,
        totals.students,
        totals.is_of_records,
        case when totals.school_units = totals.known_units then totals.mean_ratio end as mean_ratio,
        sqrt(variances.variance) as deviation
    from totals
    left join variances
        on totals.county_code = variances.county_code
        and totals.stage = variances.stage
        and totals.measure_id = variances.measure_id
)

select
    county_code,
    stage,
    measure_id,
    school_units,
    students,
    mean_ratio,
    case when mean_ratio is not null then deviation end as deviation,
    -- a mean of zero has no coefficient
    deviation / nullif(mean_ratio, 0) as cv,
    case when mean_ratio is null then 'none' when is_of_records then 'records' else 'declared' end as basis
from measured
order by county_code, stage, measure_id
