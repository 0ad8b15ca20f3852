-- What every code of the register means over time: one row a county, code and span of days with the school that
-- rows of those days belong to, or the rule that they break. A closed school's rows go to its successor while
-- they are dated before the closing, later ones nowhere.
with recursive registered as (
    select * from {{ ref('int_registry_school') }} where _faults = ''
),

standing as (
    select county_code, school_id from {{ ref('int_register_school') }}
),

run as (
    select as_of_date from {{ ref('int_run') }}
),

gone as (
    select
        registered.county_code,
        registered.school_id,
        max(registered.closed_on) as closed_on,
        max_by(registered.successor_school_id, registered.closed_on) as successor_school_id
    from registered
    cross join run
    anti join standing
        on registered.county_code = standing.county_code and registered.school_id = standing.school_id
    where registered.school_id is not null and registered.closed_on <= run.as_of_date
    group by all
),

succession as (
    -- a successor may itself have been merged; `union` ends a circle
    select county_code, school_id, successor_school_id as heir_id
    from gone
    where successor_school_id is not null
    union
    select succession.county_code, succession.school_id, gone.successor_school_id
    from succession
    join gone on succession.county_code = gone.county_code and succession.heir_id = gone.school_id
    where gone.successor_school_id is not null
),

heirs as (
    select succession.county_code, succession.school_id, min(succession.heir_id) as heir_id
    from succession
    join standing on succession.county_code = standing.county_code and succession.heir_id = standing.school_id
    group by all
),

owners as (
    -- a campus or point without a code of its own belongs to its parent
    select
        registered.*,
        coalesce(registered.school_id, registered.parent_school_id) as owner_id,
        registered.school_id is null and registered.closed_on <= run.as_of_date as is_closed_point
    from registered
    cross join run
    where registered.opened_on is null or registered.opened_on <= run.as_of_date
),

targets as (
    select
        owners.county_code,
        owners.school_id,
        owners.credit_code,
        owners.budget_unit_code,
        owners.opened_on,
        owners.closed_on,
        coalesce(standing.school_id, heirs.heir_id) as target_school_id,
        case
            when owners.is_closed_point then least(owners.closed_on, coalesce(gone.closed_on, owners.closed_on))
            when standing.school_id is null then gone.closed_on
        end as gone_from
    from owners
    left join standing on owners.county_code = standing.county_code and owners.owner_id = standing.school_id
    left join gone on owners.county_code = gone.county_code and owners.owner_id = gone.school_id
    left join heirs on owners.county_code = heirs.county_code and owners.owner_id = heirs.school_id
    where standing.school_id is not null or gone.school_id is not null
),

codes as (
    select county_code, school_id as code, 1 as kind_rank, opened_on, closed_on, target_school_id, gone_from from targets
    union
    select county_code, credit_code, 2, opened_on, closed_on, target_school_id, gone_from from targets
    union
    select county_code, budget_unit_code, 2, opened_on, closed_on, target_school_id, gone_from from targets
),

turns as (
    select county_code, code, unnest([date '0001-01-01', opened_on, closed_on, gone_from]) as from_day
    from codes
    where code is not null
),

spans as (
    select distinct county_code, code, from_day from turns where from_day is not null
),

best_matches as (
    -- a school code outranks other codes; a row that holds on the day outranks one that does not
    select
        spans.county_code,
        spans.code,
        spans.from_day,
        case when codes.gone_from is null or spans.from_day < codes.gone_from then codes.target_school_id end as school_id
    from spans
    join codes on spans.county_code = codes.county_code and spans.code = codes.code
    qualify dense_rank() over (
        partition by spans.county_code, spans.code, spans.from_day
        order by
            codes.kind_rank,
            coalesce(codes.opened_on <= spans.from_day, true) and coalesce(codes.closed_on > spans.from_day, true) desc
    ) = 1
),

matched as (
    select county_code, code, from_day, min(school_id) as school_id, count(distinct school_id) as schools
    from best_matches
    group by all
)

select
    county_code,
    code,
    from_day,
    lead(from_day, 1, date '9999-12-31') over (partition by county_code, code order by from_day) as until_day,
    case when schools = 1 then school_id end as school_id,
    case schools when 0 then 'school_closed' when 1 then null else 'ambiguous_code' end as rule
from matched
order by county_code, code, from_day
