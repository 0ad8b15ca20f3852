-- Money of the running fiscal year. Rows of one line are versions, of which the newest counts, unless it says that
-- the line is deleted; lines add up.
with versions as (
    select * from {{ ref('int_budget_line') }} where _faults = ''
),

run as (
    select as_of_date, fiscal_year from {{ ref('int_run') }}
),

classes as (
    select classes.*
    from {{ ref('budget_classes') }} as classes
    cross join run
    where {{ holds_on('classes', 'run.as_of_date') }}
),

lines as (
    select versions.*
    from versions
    join run on versions.fiscal_year = run.fiscal_year
    qualify row_number() over (
        partition by versions.county_code, versions.budget_unit_code, versions.line_id
        -- of one day, what replaced a deleted version stands
        order by versions.updated_on desc, versions.is_deleted, versions._delivery, versions._position desc
    ) = 1
),

used as (
    select
        *,
        {%- for use in ['public_funds', 'teacher_training'] %}
        exists (
            select 1 from classes where classes.use = '{{ use }}' and starts_with(lines.economic_code, classes.prefix)
        ) as is_{{ use }}{{ ',' if not loop.last }}
        {%- endfor %}
    from lines
    where is_deleted = '0'
)

select
    county_code,
    school_id,
    {%- for use in ['public_funds', 'teacher_training'] %}
    cast(coalesce(sum(amount_yuan) filter (where is_{{ use }}), 0) as decimal(18, 2)) as {{ use }}_yuan{{ ',' if not loop.last }}
    {%- endfor %}
from used
group by all
order by county_code, school_id
