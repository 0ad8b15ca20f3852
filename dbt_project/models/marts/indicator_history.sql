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

still_standing as (
    -- value and limit are compared as they were published: a change that no reader sees is none
    select before.*
    from before
    join now
        on before.valid_to is null
        {%- for column in subject %}
        and before.{{ column }} = now.{{ column }}
        {%- endfor %}
        {%- for column in ['value', 'threshold', 'status'] %}
        and before.{{ column }} is not distinct from now.{{ column }}
        {%- endfor %}
),

ended as (
    select before.* replace (coalesce(before.valid_to, this_release.as_of_date) as valid_to)
    from before
    cross join this_release
    anti join still_standing using ({{ subject | join(', ') }}, release_id)
),

begun as (
    select
        now.*,
        this_release.as_of_date as valid_from,
        cast(null as date) as valid_to,
        this_release.release_id
    from now
    cross join this_release
    anti join still_standing using ({{ subject | join(', ') }})
),

together as (
    select * from still_standing
    union all by name
    select * from ended
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
