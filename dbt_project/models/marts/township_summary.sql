-- The townships of a county beside one another. Gaps are summed over the indicators of part 1 by what they are
-- counted in, so a teacher who is missing under two indicators is missing twice.
with schools as (
    select county_code, school_id, coalesce(township, '') as township from {{ ref('school') }}
),

compliance as (
    select * from {{ ref('school_compliance') }} where verdict <> 'out_of_scope'
),

outcomes as (
    select * from {{ ref('int_outcome') }}
),

units as (
    select * from {{ ref('school_indicator') }}
),

ledger as (
    select * from {{ ref('rectification_ledger') }} where school_id <> '' and status <> 'closed'
),

run as (
    select as_of_date, rule_set from {{ ref('int_run') }}
),

counted as (
    select
        schools.county_code,
        schools.township,
        count(distinct schools.school_id) as schools,
        count(compliance.verdict) as units_in_scope,
        count(*) filter (where compliance.verdict = 'pass') as units_passing,
        count(*) filter (where compliance.verdict = 'fail') as units_failing,
        count(*) filter (where compliance.verdict = 'undecided') as units_undecided
    from schools
    left join compliance on schools.county_code = compliance.county_code and schools.school_id = compliance.school_id
    group by all
),

gaps as (
    -- floating sums run in one order: the same bytes on any number of threads
    select
        schools.county_code,
        schools.township,
        {%- for unit in ['persons', 'm2', 'rooms', 'yuan'] %}
        coalesce(
            fsum(outcomes.gap order by outcomes.school_id, outcomes.stage, outcomes.indicator_id)
            filter (where outcomes.gap_unit = '{{ unit }}'),
            0
        ) as gap_{{ unit }}{{ ',' if not loop.last }}
        {%- endfor %}
    from schools
    join outcomes on schools.county_code = outcomes.county_code and schools.school_id = outcomes.school_id
    join units
        on outcomes.county_code = units.county_code
        and outcomes.school_id = units.school_id
        and outcomes.stage = units.stage
        and outcomes.indicator_id = units.indicator_id
    where outcomes.item_kind = 'school'
    group by all
),

items as (
    select
        ledger.county_code,
        coalesce(ledger.township, '') as township,
        count(*) as items_open,
        count(*) filter (where ledger.due_on < run.as_of_date) as items_overdue
    from ledger
    cross join run
    group by all
),

together as (
    select
        counted.*,
        counted.units_passing * cast(100 as double) / nullif(counted.units_in_scope, 0) as share_passing_pct,
        {%- for unit in ['persons', 'm2', 'rooms', 'yuan'] %}
        coalesce(gaps.gap_{{ unit }}, 0) as gap_{{ unit }},
        {%- endfor %}
        coalesce(items.items_open, 0) as items_open,
        coalesce(items.items_overdue, 0) as items_overdue
    from counted
    left join gaps on counted.county_code = gaps.county_code and counted.township = gaps.township
    left join items on counted.county_code = items.county_code and counted.township = items.township
),

ranked as (
    -- equal numbers of a hundred are equal doubles: both are the same quotient, rounded once
    select *, rank() over (partition by county_code order by share_passing_pct desc nulls last) as place from together
)

select
    run.as_of_date,
    run.rule_set,
    ranked.county_code,
    ranked.township,
    ranked.schools,
    ranked.units_in_scope,
    ranked.units_passing,
    ranked.units_failing,
    ranked.units_undecided,
    ranked.share_passing_pct,
    ranked.gap_persons as gap_teachers,
    ranked.gap_m2 as gap_area_m2,
    ranked.gap_rooms,
    ranked.gap_yuan,
    ranked.items_open,
    ranked.items_overdue,
    case when ranked.units_in_scope > 0 then ranked.place end as rank
from ranked
cross join run
order by run.rule_set, ranked.county_code, ranked.township
