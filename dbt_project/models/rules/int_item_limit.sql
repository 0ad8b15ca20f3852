-- What each counted thing must keep in this run: one row a limit, kind of school and stage (empty: any). Limits of
-- schools of a certain age or with certain students: int_school_limit.
with run as (
    select rule_set, rule_date from {{ ref('int_run') }}
),

limits as (
    select * from {{ ref('item_limits') }}
)

select limits.limit_id, limits.school_type, limits.stage, limits.value
from limits
join run on limits.rule_set = run.rule_set
where {{ holds_on('limits', 'run.rule_date') }}
    and limits.opened_until is null
    and limits.migrant_share_above is null
