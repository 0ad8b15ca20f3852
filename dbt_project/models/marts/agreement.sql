-- Two bases side by side: what records and forms say of the same thing, how far they are apart, and what looks as if
-- it had been made. Nothing here decides an indicator: records do.
with pairs as (
    select * from {{ ref('int_agreement_pair') }}
),

enrolment as (
    select * from {{ ref('fct_school_enrolment') }}
),

run as (
    select as_of_date, cv_tie_tolerance from {{ ref('int_run') }}
),

tolerances as (
    select tolerances.*
    from {{ ref('agreement_tolerances') }} as tolerances
    cross join run
    where {{ holds_on('tolerances', 'run.as_of_date') }}
),

findings as (
    -- one row: what each finding asks for
    select
        {%- for finding in ['raised_by_round_number', 'other_unit', 'evened_out_on_form', 'evened_out_on_roll', 'in_two_schools', 'class_without_students', 'migrant_of_this_county'] %}
        max(findings.least) filter (where findings.finding = '{{ finding }}') as {{ finding }}_least,
        max(findings.percent) filter (where findings.finding = '{{ finding }}') as {{ finding }}_percent{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('agreement_findings') }} as findings
    cross join run
    where {{ holds_on('findings', 'run.as_of_date') }}
),

units_of_measures as (
    select measure_id, unit, true as is_of_school from {{ ref('measures') }}
    union all
    select measure_id, unit, false from {{ ref('county_measures') }}
    union all
    -- counts that no catalogue names
    select measure_id, unit, true from tolerances where unit is not null
),

compared as (
    select
        pairs.*,
        units_of_measures.unit,
        {{ measure_value('pairs.records_amount', 'pairs.records_share', 'pairs.records_whole') }} as records_value,
        {{ measure_value('pairs.declared_amount', 'pairs.declared_share', 'pairs.declared_whole') }} as declared_value,
        -- declared - records, times both wholes and all scales: its sign and zero are exact
        {{ difference_of_products(
            'apart',
            in_smallest_units('pairs.declared_amount') ~ ' * ' ~ in_hundredths('pairs.declared_share'),
            in_hundredths('pairs.records_whole'),
            in_smallest_units('pairs.records_amount') ~ ' * ' ~ in_hundredths('pairs.records_share'),
            in_hundredths('pairs.declared_whole'),
        ) }},
        -- a whole school's figure, or one that nothing splits: what was filed is seen before it is split
        pairs.records_share = pairs.declared_share and pairs.records_whole = pairs.declared_whole as is_alike,
        case
            when is_alike
                then {{ measure_value('(pairs.declared_amount - pairs.records_amount)', 'pairs.records_share', 'pairs.records_whole') }}
            else apart / (
                cast(pairs.records_whole as double) * cast(pairs.declared_whole as double) * 10000000000000000.0 * 10000.0
            )
        end as difference,
        enrolment.classes,
        coalesce(tolerances.absolute, 0) as absolute,
        coalesce(tolerances.relative, 0) as relative,
        coalesce(tolerances.grave_relative, 0) as grave_relative
    from pairs
    left join units_of_measures
        on pairs.measure_id = units_of_measures.measure_id and (pairs.school_id <> '') = units_of_measures.is_of_school
    left join tolerances on pairs.measure_id = tolerances.measure_id
    left join enrolment
        on pairs.county_code = enrolment.county_code
        and pairs.school_id = enrolment.school_id
        and pairs.stage = enrolment.stage
),

found as (
    select
        compared.*,
        difference / nullif(records_value, 0) as relative_difference,
        greatest(cast(absolute as double), cast(relative as double) * records_value) as tolerance,
        case
            when measure_id in ('teachers_in_two_schools', 'students_in_two_schools')
                and records_amount >= findings.in_two_schools_least
                then 'in_two_schools'
            when measure_id = 'classes_without_students' and records_amount >= findings.class_without_students_least
                then 'class_without_students'
            when measure_id = 'migrants_of_this_county' and records_amount >= findings.migrant_of_this_county_least
                then 'migrant_of_this_county'
            when measure_id = 'classes_at_limit'
                and records_amount >= findings.evened_out_on_roll_least
                and records_amount * 100 > findings.evened_out_on_roll_percent * classes
                then 'evened_out_on_roll'
            when measure_id = 'classes_over_limit'
                and abs(declared_amount - records_amount) >= findings.evened_out_on_form_least
                then 'evened_out_on_form'
            when unit = 'm2' and is_alike
                and declared_amount > records_amount
                and (declared_amount - records_amount) % findings.raised_by_round_number_least = 0
                then 'raised_by_round_number'
            when unit = 'yuan' and records_value > 0 and declared_value > 0 and (
                abs(declared_value / records_value / findings.other_unit_least - 1) * 100 <= findings.other_unit_percent
                or abs(records_value / declared_value / findings.other_unit_least - 1) * 100 <= findings.other_unit_percent
            ) then 'other_unit'
            else ''
        end as finding
    from compared
    cross join findings
)

select
    run.as_of_date,
    found.county_code,
    found.school_id,
    found.stage,
    found.measure_id,
    coalesce(found.unit, '') as unit,
    found.records_value,
    found.declared_value,
    found.difference,
    found.relative_difference,
    found.tolerance,
    case
        when found.finding <> '' then 'grave'
        when found.declared_value is null or found.apart = 0 then 'equal'
        -- on the line is within, as everywhere
        when abs(found.difference) <= found.tolerance * (1 + cast(run.cv_tie_tolerance as double)) then 'within_tolerance'
        when found.relative_difference is null or abs(found.relative_difference) > cast(found.grave_relative as double) then 'grave'
        else 'differs'
    end as grade,
    found.finding
from found
cross join run
order by found.county_code, found.school_id, found.stage, found.measure_id
