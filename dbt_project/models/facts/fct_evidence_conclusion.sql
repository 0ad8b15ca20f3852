-- The conclusion that stands on each subject: the latest not after the as-of date; of one day the worst, so that a
-- contradiction is never to the good. A veto that was found stands until a later day finds it absent, whatever is still to
-- be verified. `conform_since`: the first day after the last conclusion to the contrary on which it conformed. One row a
-- county, subject, component and school (empty: the whole county).
with items as (
    select * from {{ ref('int_evidence_item') }} where _faults = ''
),

rules as (
    select distinct indicator_id, component, kind from {{ ref('int_rule') }}
),

run as (
    select * from {{ ref('int_run') }}
),

outcomes as (
    select outcomes.*
    from {{ ref('conclusion_outcomes') }} as outcomes
    join run on outcomes.rule_set = run.rule_set
    where {{ holds_on('outcomes', 'run.rule_date') }}
),

weighed as (
    select
        items.county_code,
        items.subject,
        items.component,
        items.school_id,
        items.dated_on,
        rules.kind,
        -- a conclusion that the subject does not ask for decides nothing
        coalesce(of_indicator.outcome, of_kind.outcome, 'open') as outcome
    from items
    cross join run
    left join rules on items.subject = rules.indicator_id and items.component = rules.component
    left join outcomes as of_kind
        on of_kind.indicator_id is null
        -- items of the plan are asked for like any other evidence
        and case when rules.kind in ('veto', 'precondition') then rules.kind else 'evidence' end = of_kind.kind
        and items.conclusion_meaning = of_kind.conclusion
    left join outcomes as of_indicator
        on items.subject = of_indicator.indicator_id and items.conclusion_meaning = of_indicator.conclusion
    where items.dated_on <= run.as_of_date
),

compared as (
    select
        *,
        max(dated_on) filter (where outcome = 'not_conform') over matter as last_against,
        max(dated_on) filter (where outcome = 'conform') over matter as last_conform
    from weighed
    window matter as (partition by county_code, subject, component, school_id)
),

spanned as (
    select
        *,
        min(dated_on) filter (where outcome = 'conform' and dated_on > coalesce(last_against, date '0001-01-01')) over (
            partition by county_code, subject, component, school_id
        ) as conform_since
    from compared
)

select
    county_code,
    subject,
    component,
    school_id,
    dated_on,
    outcome,
    conform_since
from spanned
-- what is only to be verified says nothing of a veto that was found before and not cleared since
where not (kind = 'veto' and outcome = 'open' and coalesce(last_against >= coalesce(last_conform, last_against), false))
qualify row_number() over (
    partition by county_code, subject, component, school_id
    order by dated_on desc, case outcome when 'not_conform' then 0 when 'open' then 1 else 2 end
) = 1
order by county_code, subject, component, school_id
