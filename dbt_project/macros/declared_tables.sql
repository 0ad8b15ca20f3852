{# Every table that a source declares, as (source, table), in the order of the graph's sources. #}
{% macro declared_tables() %}
    {%- set tables = [] -%}
    {%- for source_name, names in {
        'registry': ['schools', 'crosswalk'],
        'student_status': ['schools', 'campuses', 'classes', 'students'],
        'hr_payroll': [
            'units', 'staff', 'posts', 'degrees', 'certificates', 'subjects_taught', 'backbone_titles',
            'training_hours', 'rotations', 'monthly_pay',
        ],
        'finance_budget': ['budget_table', 'budget_lines'],
        'asset_register': ['asset_cards', 'buildings', 'rooms'],
        'declared': ['measures', 'county_measures'],
        'evidence': ['items', 'inspections', 'notes'],
        'survey': ['answers'],
        'monitoring': ['results'],
        'special_education': ['placements'],
    }.items() -%}
        {%- for name in names -%}{%- do tables.append((source_name, name)) -%}{%- endfor -%}
    {%- endfor -%}
    {{ return(tables) }}
{% endmacro %}
