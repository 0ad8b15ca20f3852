-- Classes by size, each band with the convention of its count: class by class where the roll tells, else from the bands
-- that the school filed, where these add up to the band asked for.
with units as (
    select * from {{ ref('int_unit') }}
),

rolls as (
    select * from {{ ref('fct_school_enrolment') }}
),

classes as (
    select * from {{ ref('fct_class') }}
),

filed as (
    select * from {{ ref('fct_school_declared') }}
),

run as (
    select as_of_date, rule_set from {{ ref('int_run') }}
),

filed_bands as (
    select bands.*
    from {{ ref('class_bands') }} as bands
    cross join run
    where {{ holds_on('bands', 'run.as_of_date') }}
),

conventions as (
    select conventions.*
    from {{ ref('class_conventions') }} as conventions
    cross join run
    where {{ holds_on('conventions', 'run.as_of_date') }}
),

stages as (
    select distinct stage from {{ ref('school_type_stages') }}
),

bands as (
    -- a band that begins above a limit of the rule set begins with the next student
    select
        stages.stage,
        conventions.band,
        coalesce(conventions.size_from, cast(floor(limits.value) as bigint) + 1) as size_from,
        conventions.size_to,
        conventions.name_zh,
        conventions.name_en,
        conventions.convention_zh,
        conventions.convention_en
    from stages
    cross join conventions
    left join {{ ref('int_item_limit') }} as limits
        on conventions.limit_id = limits.limit_id and stages.stage = limits.stage
    where coalesce(conventions.size_from, limits.value) is not null
),

of_rolls as (
    select
        units.county_code,
        units.school_id,
        units.stage,
        bands.band,
        'records' as basis,
        count(classes.students) filter (
            where classes.students >= bands.size_from and coalesce(classes.students <= bands.size_to, true)
        ) as classes
    from units
    -- a school whose roll is known has the classes that stand there, and none where none stands
    join rolls
        on units.county_code = rolls.county_code
        and units.school_id = rolls.school_id
        and units.stage = rolls.stage
    join bands on units.stage = bands.stage
    left join classes
        on units.county_code = classes.county_code
        and units.school_id = classes.school_id
        and units.stage = classes.stage
    group by all
),

of_forms as (
    -- a filed band within the band asked for adds its classes; one across its edge does no harm while it holds none
    select
        units.county_code,
        units.school_id,
        units.stage,
        bands.band,
        'declared' as basis,
        case
            when bool_and(coalesce(
                case
                    when filed_bands.size_from >= bands.size_from
                        and coalesce(filed_bands.size_to <= bands.size_to, bands.size_to is null)
                        then filed.value is not null
                    else filed.value = 0
                end,
                false
            ))
                then sum(filed.value)
        end as classes
    from units
    anti join rolls
        on units.county_code = rolls.county_code
        and units.school_id = rolls.school_id
        and units.stage = rolls.stage
    join bands on units.stage = bands.stage
    join filed_bands
        on coalesce(filed_bands.size_to >= bands.size_from, true)
        and coalesce(filed_bands.size_from <= bands.size_to, true)
    left join filed
        on units.county_code = filed.county_code
        and units.school_id = filed.school_id
        and units.stage = filed.stage
        and filed_bands.measure_id = filed.measure_id
    group by all
),

of_units as (
    select * from of_rolls
    union all
    select * from of_forms
),

with_all as (
    select
        *,
        max(classes) filter (where band = 'all') over (partition by county_code, school_id, stage) as all_classes
    from of_units
),

counted as (
    select
        county_code,
        stage,
        band,
        sum(classes) as classes,
        sum(all_classes) filter (where classes is not null) as all_classes,
        count(*) filter (where classes is null) as school_units_unknown,
        case
            when count(classes) = 0 then 'none'
            when count(*) filter (where basis = 'declared' and classes is not null) = 0 then 'records'
            else 'declared'
        end as basis
    from with_all
    group by all
)

select
    run.as_of_date,
    run.rule_set,
    counted.county_code,
    counted.stage,
    counted.band,
    bands.size_from,
    bands.size_to,
    bands.name_zh,
    bands.name_en,
    bands.convention_zh,
    bands.convention_en,
    cast(counted.classes as bigint) as classes,
    cast(counted.all_classes as bigint) as all_classes,
    cast(counted.classes * 100 as double) / nullif(cast(counted.all_classes as double), 0) as share,
    counted.school_units_unknown,
    counted.basis
from counted
join bands on counted.stage = bands.stage and counted.band = bands.band
cross join run
order by run.rule_set, counted.county_code, counted.stage, counted.band
