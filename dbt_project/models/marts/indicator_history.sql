-- A row changes only by being closed: what stood before and is said otherwise now ends on this day, what is
-- said anew begins. Nothing changed, nothing grows.
{%- set subject = ['rule_set', 'county_code', 'school_id', 'stage', 'indicator_id', 'component'] %}
with before as (
    select previous.*
    from {{ source('run', 'previous_history') }} as previous
    join {{ ref('int_this_release') }} as this_release on previous.rule_set = this_release.rule_set
),

now as (
    select * from {{ ref('int_standing_value') }}
),

this_release as (
    select * from {{ ref('int_this_release') }}
),

compared as (
    -- value and limit are compared as they were published: a change that no reader sees is none
    select
        before.*,
        coalesce(
            before.valid_to is null
            {%- for column in ['value', 'threshold', 'status'] %}
            and before.{{ column }} is not distinct from now.{{ column }}
            {%- endfor %}
            and now.status is not null,
            false
        ) as still_stands
    from before
    left join now
        on before.valid_to is null
        {%- for column in subject %}
        and before.{{ column }} = now.{{ column }}
        {%- endfor %}
),

carried as (
    select
        compared.* exclude (still_stands) replace (
            case when still_stands then null else coalesce(valid_to, this_release.as_of_date) end as valid_to
        )
    from compared
    cross join (select as_of_date from this_release) as this_release
),

begun as (
    select
        now.*,
        this_release.as_of_date as valid_from,
        cast(null as date) as valid_to,
        this_release.release_id
    from now
    cross join this_release
    anti join (select * from compared where still_stands) as standing
        on {% for column in subject %}now.{{ column }} = standing.{{ column }}{{ ' and ' if not loop.last }}{% endfor %}
),

together as (
    select * from carried
    union all by name
    select * from begun
)

select
    rule_set,
    county_code,
    school_id,
    stage,
    indicator_id,
    component,
    valid_from,
    valid_to,
    value,
    threshold,
    status,
    release_id
from together
order by rule_set, county_code, school_id, stage, indicator_id, component, valid_from, release_id
