with units as (
    select * from {{ ref('int_unit') }}
),

measures as (
    select * from {{ ref('int_unit_measure') }} where is_used
),

run as (
    select * from {{ ref('int_run') }}
),

exclusions as (
    select exclusions.*
    from {{ ref('scope_exclusions') }} as exclusions
    join run on exclusions.rule_set = run.rule_set
    where {{ holds_on('exclusions', 'run.rule_date') }}
),

counted as (
    select
        county_code,
        school_id,
        stage,
        {%- for measure in ['students', 'classes', 'classes_56_65', 'classes_66_up'] %}
        cast(max(amount) filter (where measure_id = '{{ measure }}') as bigint) as {{ measure }}{{ ',' if not loop.last }}
        {%- endfor %}
    from measures
    group by all
),

excluded as (
    select units.county_code, units.school_id, units.stage, min_by(exclusions.scope_reason, exclusions.rank) as scope_reason
    from units
    left join counted
        on units.county_code = counted.county_code
        and units.school_id = counted.school_id
        and units.stage = counted.stage
    join exclusions
        on (exclusions.school_type is null or exclusions.school_type = units.school_type)
        -- unknown students exclude nobody
        and (exclusions.students_below is null or counted.students < exclusions.students_below)
    group by all
)

select
    run.as_of_date,
    units.county_code,
    units.school_id,
    units.stage,
    counted.students,
    counted.classes,
    counted.classes_56_65,
    counted.classes_66_up,
    excluded.scope_reason is null as is_in_scope,
    excluded.scope_reason
from units
cross join run
left join counted
    on units.county_code = counted.county_code
    and units.school_id = counted.school_id
    and units.stage = counted.stage
left join excluded
    on units.county_code = excluded.county_code
    and units.school_id = excluded.school_id
    and units.stage = excluded.stage
order by units.county_code, units.school_id, units.stage
