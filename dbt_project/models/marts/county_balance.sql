-- Student-weighted coefficient of variation over the units in scope. Deviations are taken from the unit next
-- to the mean, exactly (a difference of fractions), so that equal values give 0 and close ones lose no digit.
with units as (
    select * from {{ ref('school_unit') }} where is_in_scope
),

measures as (
    select * from {{ ref('int_unit_measure') }} where is_used
),

rules as (
    select * from {{ ref('int_rule') }} where cv_limit is not null and kind = 'ratio'
),

counties as (
    select * from {{ ref('int_county') }}
),

run as (
    select as_of_date, cv_tie_tolerance from {{ ref('int_run') }}
),

resources as (
    select
        units.county_code,
        units.school_id,
        units.stage,
        rules.indicator_id,
        units.students,
        {{ in_smallest_units('measures.amount') }} * {{ in_hundredths('measures.share') }} as resource_units,
        {{ in_hundredths('measures.whole') }} * units.students as per_student,
        measures.value as resource,
        measures.value / nullif(units.students, 0) as ratio
    from units
    join rules on units.stage = rules.stage
    left join measures
        on units.county_code = measures.county_code
        and units.school_id = measures.school_id
        and units.stage = measures.stage
        and rules.numerator_measure = measures.measure_id
),

totals as (
    -- floating sums run in the order of school codes: the same bytes on any number of threads
    select
        county_code,
        stage,
        indicator_id,
        count(*) as school_units,
        count(ratio) as known_units,
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
        resources.indicator_id,
        resources.resource_units,
        resources.per_student
    from resources
    join totals
        on resources.county_code = totals.county_code
        and resources.stage = totals.stage
        and resources.indicator_id = totals.indicator_id
    where totals.school_units = totals.known_units
    qualify row_number() over (
        partition by resources.county_code, resources.stage, resources.indicator_id
        order by abs(resources.ratio - totals.mean_ratio), resources.school_id
    ) = 1
),

apart as (
    select
        resources.county_code,
        resources.school_id,
        resources.stage,
        resources.indicator_id,
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
        and resources.indicator_id = central.indicator_id
),

deviations as (
    select
        county_code,
        school_id,
        stage,
        indicator_id,
        cast(students as double) as students,
        difference / nullif(scale, 0) as deviation
    from apart
),

offsets as (
    -- how far the mean lies from the central unit
    select
        county_code,
        stage,
        indicator_id,
        fsum(students * deviation order by school_id) / nullif(sum(students), 0) as offset_of_mean
    from deviations
    group by all
),

variances as (
    select
        deviations.county_code,
        deviations.stage,
        deviations.indicator_id,
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
        and deviations.indicator_id = offsets.indicator_id
    group by all
),

measured as (
    select
        counties.county_code,
        rules.rule_set,
        rules.stage,
        rules.indicator_id,
        rules.cv_limit,
        rules.per,
        coalesce(totals.school_units, 0) as school_units,
        coalesce(totals.students, 0) as students,
        case when totals.school_units = totals.known_units then totals.mean_ratio end as mean_ratio,
        sqrt(variances.variance) as deviation
    from counties
    cross join rules
    left join totals
        on counties.county_code = totals.county_code
        and rules.stage = totals.stage
        and rules.indicator_id = totals.indicator_id
    left join variances
        on counties.county_code = variances.county_code
        and rules.stage = variances.stage
        and rules.indicator_id = variances.indicator_id
),

with_cv as (
    select
        *,
        mean_ratio * per as mean,
        case when mean_ratio is not null then deviation * per end as standard_deviation,
        -- a mean of zero has no coefficient
        deviation / nullif(mean_ratio, 0) as cv
    from measured
)

select
    run.as_of_date,
    with_cv.rule_set,
    with_cv.county_code,
    with_cv.stage,
    with_cv.indicator_id,
    with_cv.school_units,
    with_cv.students,
    with_cv.mean,
    with_cv.standard_deviation,
    with_cv.cv,
    cast(with_cv.cv_limit as double) as cv_limit,
    case
        when with_cv.cv is null then 'no_data'
        when {{ stands("'<='", cv_distance('with_cv.cv', 'cast(with_cv.cv_limit as double)', 'run.cv_tie_tolerance')) }} then 'met'
        else 'not_met'
    end as status
from with_cv
cross join run
order by with_cv.rule_set, with_cv.county_code, with_cv.stage, with_cv.indicator_id
