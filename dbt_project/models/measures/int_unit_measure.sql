-- Every known measure of a school unit on either basis, exactly: value = amount * share / whole.
-- Records win: `is_used` marks the basis that the indicators rest on.
{%- set by_stage = [
    ('fct_school_enrolment', 'student_status', ['students', 'classes', 'classes_56_65', 'classes_66_up']),
    ('fct_school_staffing', 'hr_payroll',
        ['full_time_teachers', 'teachers_above_required_degree', 'backbone_teachers', 'pe_arts_teachers',
            'mid_rank_teachers']),
] %}
{%- set by_school = [
    ('fct_school_facilities', 'asset_register', ['teaching_area_m2', 'sports_area_m2', 'multimedia_classrooms']),
    ('fct_school_equipment', 'asset_register', ['equipment_value_yuan', 'computers']),
] %}
with units as (
    select * from {{ ref('int_unit') }}
),

shares as (
    select * from {{ ref('int_facility_share') }}
),

run as (
    select as_of_date from {{ ref('int_run') }}
),

filed as (
    -- what is told of whole schools and never split is no measure of a unit
    select fct_school_declared.*
    from {{ ref('fct_school_declared') }} as fct_school_declared
    join {{ ref('measures') }} as catalogue on fct_school_declared.measure_id = catalogue.measure_id
    cross join run
    where not catalogue.is_whole_school and {{ holds_on('catalogue', 'run.as_of_date') }}
),

measured as (
    {%- for fact, source_name, measures in by_stage %}{% set outer = loop %}{% for measure in measures %}
    select
        county_code, school_id, stage, '{{ measure }}' as measure_id, 'records' as basis,
        '{{ source_name }}' as source, cast({{ measure }} as decimal(38, 16)) as amount
    from {{ ref(fact) }}
    {% if not (outer.last and loop.last) %}union all{% endif %}
    {%- endfor %}{% endfor %}
    union all
    select county_code, school_id, stage, measure_id, 'declared', 'declared', value
    from filed
    where stage <> 'whole'
),

whole_schools as (
    {%- for fact, source_name, measures in by_school %}{% set outer = loop %}{% for measure in measures %}
    select
        county_code, school_id, '{{ measure }}' as measure_id, 'records' as basis,
        '{{ source_name }}' as source, cast({{ measure }} as decimal(38, 16)) as amount
    from {{ ref(fact) }}
    {% if not (outer.last and loop.last) %}union all{% endif %}
    {%- endfor %}{% endfor %}
    union all
    select filed.county_code, filed.school_id, filed.measure_id, 'declared', 'declared', filed.value
    from filed
    where filed.stage = 'whole'
),

of_units as (
    select
        units.county_code,
        units.school_id,
        units.stage,
        measured.measure_id,
        measured.basis,
        measured.source,
        measured.amount,
        cast(1 as decimal(18, 2)) as share,
        cast(1 as decimal(18, 2)) as whole
    from units
    join measured
        on units.county_code = measured.county_code
        and units.school_id = measured.school_id
        and units.stage = measured.stage
    where measured.amount is not null
    union all
    select
        units.county_code,
        units.school_id,
        units.stage,
        whole_schools.measure_id,
        whole_schools.basis,
        whole_schools.source,
        whole_schools.amount,
        shares.share,
        shares.whole
    from units
    join shares
        on units.county_code = shares.county_code
        and units.school_id = shares.school_id
        and units.stage = shares.stage
    join whole_schools
        on units.county_code = whole_schools.county_code
        and units.school_id = whole_schools.school_id
        and shares.basis = whole_schools.basis
    where whole_schools.amount is not null
),

single as (
    -- figures by stage and for the whole school contradict each other when both stand (a merger of
    -- two filings): then neither is known
    select * from of_units
    qualify count(*) over (partition by county_code, school_id, stage, measure_id, basis) = 1
)

select
    *,
    basis = max(basis) over (partition by county_code, school_id, stage, measure_id) as is_used,
    {{ measure_value('amount', 'share', 'whole') }} as value
from single
order by county_code, school_id, stage, measure_id, basis
