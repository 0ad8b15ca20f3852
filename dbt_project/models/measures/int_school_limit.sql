-- Limits that hold for a school because of its age or its students, in place of those of int_item_limit: one row a
-- school and limit. Who cannot be shown to be old enough, or to have so many migrant workers' children, has none.
with limits as (
    select * from {{ ref('item_limits') }}
),

run as (
    select rule_set, rule_date from {{ ref('int_run') }}
),

registered as (
    select * from {{ ref('int_register_school') }}
),

classes as (
    select * from {{ ref('fct_class') }}
),

conditional as (
    select limits.*
    from limits
    join run on limits.rule_set = run.rule_set
    where {{ holds_on('limits', 'run.rule_date') }}
        and (limits.opened_until is not null or limits.migrant_share_above is not null)
),

rolls as (
    -- the compulsory part of a school
    select county_code, school_id, sum(students) as students, sum(migrant_children) as migrant_children
    from classes
    where stage in (select stage from {{ ref('school_type_stages') }})
    group by all
)

select registered.county_code, registered.school_id, conditional.limit_id, conditional.value
from registered
join conditional on conditional.school_type is null or conditional.school_type = registered.school_type
left join rolls on registered.county_code = rolls.county_code and registered.school_id = rolls.school_id
where (conditional.opened_until is null or registered.opened_on <= conditional.opened_until)
    and (
        conditional.migrant_share_above is null
        or rolls.migrant_children * 100 > conditional.migrant_share_above * rolls.students
    )
-- where several hold, the one for older schools goes first
qualify row_number() over (
    partition by registered.county_code, registered.school_id, conditional.limit_id
    order by conditional.opened_until nulls last, conditional.migrant_share_above desc nulls last, conditional.school_type nulls last
) = 1
order by registered.county_code, registered.school_id, conditional.limit_id
