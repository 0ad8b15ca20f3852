-- The county's plan, item by item: how much of what measures it is met. A document that is missing makes nobody late,
-- and nothing that is open counts as met.
with items as (
    select * from {{ ref('int_plan_item') }}
),

parts as (
    select * from {{ ref('int_plan_part') }}
),

measures as (
    select * from {{ ref('int_plan_measure') }}
),

units as (
    select * from {{ ref('int_plan_units') }}
),

responsibility as (
    select * from {{ ref('int_responsibility') }} where component = ''
),

inspections as (
    select * from {{ ref('int_plan_inspection') }}
),

run as (
    select as_of_date, rule_set from {{ ref('int_run') }}
),

counted as (
    select
        county_code,
        plan_id,
        list_sort(list(distinct concat_ws('.', indicator_id, nullif(component, '')))) as measured_by,
        count(*) as items_total,
        count(*) filter (where status = 'met') as items_met,
        count(*) filter (where status = 'not_met') as items_not_met,
        count(*) filter (where status in ('no_data', 'needs_evidence')) as items_open,
        count(*) filter (where status = 'needs_evidence') as items_unproved
    from parts
    group by all
),

related as (
    select
        items.county_code,
        items.plan_id,
        list_sort(list(distinct concat_ws('.', measures.indicator_id, nullif(measures.component, '')))) as related
    from items
    join items as of_items
        on items.county_code = of_items.county_code
        and (of_items.plan_id = items.plan_id or of_items.parent_id = items.plan_id)
    join measures
        on of_items.county_code = measures.county_code
        and of_items.plan_id = measures.plan_id
        and measures.role = 'related'
    group by all
),

described as (
    select
        items.*,
        run.as_of_date,
        run.rule_set,
        responsibility.responsible_kind,
        responsibility.responsible,
        coalesce(counted.measured_by, []) as measured_by,
        coalesce(related.related, []) as related,
        {%- for column in ['items_total', 'items_met', 'items_not_met', 'items_open', 'items_unproved'] %}
        coalesce(counted.{{ column }}, 0) as {{ column }},
        {%- endfor %}
        now_units.school_units,
        now_units.school_units_met,
        start_units.day as start_measured_on,
        start_units.school_units as school_units_at_start,
        start_units.school_units_met as school_units_met_at_start,
        inspections.last_held_on,
        inspections.next_due_on,
        coalesce(inspections.next_due_on < run.as_of_date, false) as is_inspection_overdue
    from items
    cross join run
    left join counted on items.county_code = counted.county_code and items.plan_id = counted.plan_id
    left join related on items.county_code = related.county_code and items.plan_id = related.plan_id
    left join units as now_units
        on items.county_code = now_units.county_code and items.plan_id = now_units.plan_id and now_units.moment = 'now'
    left join units as start_units
        on items.county_code = start_units.county_code and items.plan_id = start_units.plan_id and start_units.moment = 'start'
    left join responsibility on items.county_code = responsibility.county_code and items.plan_id = responsibility.subject_id
    left join inspections on items.county_code = inspections.county_code and items.plan_id = inspections.plan_id
)

select
    as_of_date,
    rule_set,
    county_code,
    plan_id,
    place,
    kind,
    parent_id,
    name_zh,
    name_en,
    start_on,
    due_on,
    dates_from,
    responsible_kind,
    responsible,
    measured_by,
    related,
    items_total,
    items_met,
    items_not_met,
    items_open,
    items_met * cast(100 as double) / nullif(items_total, 0) as progress_pct,
    school_units,
    school_units_met,
    school_units_met * cast(100 as double) / nullif(school_units, 0) as share_met_pct,
    start_measured_on,
    school_units_at_start,
    school_units_met_at_start,
    school_units_met_at_start * cast(100 as double) / nullif(school_units_at_start, 0) as share_met_at_start_pct,
    case
        when is_inspection_overdue then 'late'
        when items_total > 0 and items_met = items_total then 'done'
        when is_unscheduled or start_on > as_of_date then 'not_started'
        when items_not_met = 0 and items_unproved = items_open then 'evidence_missing'
        when due_on < as_of_date then 'late'
        else 'on_course'
    end as status,
    coalesce(due_on, next_due_on) - as_of_date as days_left,
    last_held_on,
    next_due_on,
    is_inspection_overdue
from described
order by rule_set, county_code, plan_id
