{#
  The school that each code of a source means on the day of its row: one row a (county_code, code,
  day) with `school_id` or the `rule` that it breaks. Decided crosswalk rows outrank the register;
  where a county has no register a ten-digit school code stands for itself. Names never match.

  rows: a relation or CTE with county_code and _as_of_date; code: its column; source_system: as
  crosswalk decisions call the source.
#}
{% macro schools_of_codes(rows, code, source_system) %}
    with asked as (
        select distinct county_code, {{ code }} as code, _as_of_date as day
        from {{ rows }}
        where {{ code }} is not null
    ),

    decided as (
        select
            asked.county_code,
            asked.code,
            asked.day,
            min(decisions.school_id) as school_id,
            count(distinct decisions.school_id) > 1 as is_ambiguous
        from asked
        join {{ ref('stg_registry__crosswalk') }} as decisions
            on decisions.county_code = asked.county_code
            and decisions.source_system = '{{ source_system }}'
            and decisions.source_code = asked.code
            and {{ holds_on('decisions', 'asked.day') }}
        where decisions._fate = 'current' and decisions.match_method <> 'proposal'
        group by all
    ),

    meant as (
        select
            asked.county_code,
            asked.code,
            asked.day,
            coalesce(decided.school_id, asked.code) as meant_code,
            coalesce(decided.is_ambiguous, false) as is_ambiguous
        from asked
        left join decided
            on decided.county_code = asked.county_code and decided.code = asked.code and decided.day = asked.day
    ),

    best_matches as (
        -- a school code outranks other codes, a row that was valid on the day outranks one that was not
        select
            meant.county_code,
            meant.code,
            meant.day,
            case when known.gone_from is null or meant.day < known.gone_from then known.target_school_id end as school_id
        from meant
        join {{ ref('int_register_code') }} as known
            on known.county_code = meant.county_code and known.code = meant.meant_code
        qualify dense_rank() over (
            partition by meant.county_code, meant.code, meant.day
            order by
                known.kind_rank,
                coalesce(known.opened_on <= meant.day, true) and coalesce(known.closed_on > meant.day, true) desc
        ) = 1
    ),

    matched as (
        select county_code, code, day, min(school_id) as school_id, count(distinct school_id) as schools
        from best_matches
        group by all
    ),

    register_counties as (
        select distinct county_code from {{ ref('int_register_code') }}
    ),

    judged as (
        select
            meant.county_code,
            meant.code,
            meant.day,
            case
                when matched.schools = 1 then matched.school_id
                when register_counties.county_code is null and regexp_full_match(meant.meant_code, '\d{10}')
                    then meant.meant_code
            end as school_id,
            case
                when meant.is_ambiguous or matched.schools > 1 then 'ambiguous_code'
                when matched.schools = 0 then 'school_closed'
                else 'unknown_school'
            end as rule
        from meant
        left join matched
            on matched.county_code = meant.county_code and matched.code = meant.code and matched.day = meant.day
        left join register_counties on register_counties.county_code = meant.county_code
    )

    select
        county_code,
        code,
        day,
        case when rule <> 'ambiguous_code' then school_id end as school_id,
        case when rule = 'ambiguous_code' or school_id is null then rule end as rule
    from judged
{% endmacro %}

{% macro join_school(rows, code) -%}
    left join schools_of_codes as resolved
        on resolved.county_code = {{ rows }}.county_code
        and resolved.code = {{ rows }}.{{ code }}
        and resolved.day = {{ rows }}._as_of_date
{%- endmacro %}
