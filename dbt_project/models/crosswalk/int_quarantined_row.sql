-- Rows that nothing counts, one a row, column and rule: those that the gate stopped and those whose codes
-- lead nowhere. `is_open` until a later delivery replaces the row.
{%- set judged = [
    ('registry', 'schools', 'int_registry_school'),
    ('student_status', 'schools', 'int_roll_school'),
    ('student_status', 'students', 'int_student'),
    ('hr_payroll', 'units', 'int_hr_unit'),
    ('hr_payroll', 'staff', 'int_staff'),
    ('hr_payroll', 'posts', 'int_post'),
    ('hr_payroll', 'degrees', 'int_degree'),
    ('hr_payroll', 'certificates', 'int_certificate'),
    ('hr_payroll', 'subjects_taught', 'int_subject_taught'),
    ('hr_payroll', 'backbone_titles', 'int_backbone_title'),
    ('hr_payroll', 'rotations', 'int_rotation'),
    ('finance_budget', 'budget_lines', 'int_budget_line'),
    ('asset_register', 'asset_cards', 'int_asset_card'),
    ('asset_register', 'buildings', 'int_building'),
    ('asset_register', 'rooms', 'int_room'),
    ('declared', 'measures', 'int_declared_measure'),
    ('declared', 'county_measures', 'int_declared_county_measure'),
    ('evidence', 'items', 'int_evidence_item'),
    ('evidence', 'inspections', 'int_inspection'),
    ('survey', 'answers', 'int_survey_answer'),
    ('monitoring', 'results', 'int_monitoring_result'),
    ('special_education', 'placements', 'int_placement'),
] %}
with faulty as (
    {%- for source_name, table_name, model in judged %}
    select
        '{{ source_name }}' as source, '{{ table_name }}' as table_name, county_code,
        _delivery as delivery_id, _position as position, _sheet as sheet, _row as row_number, _key as row_key, _faults
    from {{ ref(model) }}
    where _faults <> ''
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
),

single_faults as (
    select * exclude (_faults), unnest(string_split(_faults, ';')) as fault from faulty
),

stopped as (
    select * from {{ ref('int_stopped_row') }}
),

replaced as (
    select delivery_id, position, is_replaced from {{ ref('int_row_fate') }} where position is not null
),

rules as (
    select * from {{ ref('quarantine_rules') }}
),

together as (
    select
        single_faults.* exclude (fault),
        split_part(single_faults.fault, ':', 1) as column_name,
        split_part(single_faults.fault, ':', 2) as rule,
        rules.message_zh,
        rules.message_en,
        'crosswalk' as stopped_by,
        true as is_open
    from single_faults
    left join rules on split_part(single_faults.fault, ':', 2) = rules.rule
    union all
    select
        stopped.source,
        stopped.table_name,
        stopped.county_code,
        stopped.delivery_id,
        stopped.position,
        stopped.sheet,
        stopped.row,
        stopped.row_key,
        coalesce(stopped.column_name, ''),
        stopped.rule,
        stopped.message_zh,
        stopped.message_en,
        'gate',
        not replaced.is_replaced
    from stopped
    join replaced on stopped.delivery_id = replaced.delivery_id and stopped.position = replaced.position
)

select * from together
