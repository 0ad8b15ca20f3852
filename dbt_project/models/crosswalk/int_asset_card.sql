{{ config(materialized='ephemeral') }}
-- Asset cards at the school that holds them, and whether they count as teaching equipment or as computers in use.
with listed as (
    select * from {{ ref('stg_asset_register__asset_cards') }} where _fate = 'current'
),

run as (
    select as_of_date, amount_limit from {{ ref('int_run') }}
),

{%- set uses = {'teaching_equipment': 'equipment_classes', 'computer': 'computer_classes'} %}
{%- for seed in uses.values() %}

{{ seed }} as (
    select classes.prefix
    from {{ ref(seed) }} as classes
    cross join run
    where {{ holds_on('classes', 'run.as_of_date') }}
),
{%- endfor %}

judged as (
    select
        listed.*,
        {{ resolved_school('holder_code') }} as school_id,
        {%- for use, seed in uses.items() %}
        use_statuses.meaning = 'in_use'
        -- where the card does not say what it is used for, its class decides
        and coalesce(directions.meaning, 'teaching') = 'teaching'
        and exists (select 1 from {{ seed }} where starts_with(listed.class_code, {{ seed }}.prefix)) as is_{{ use }},
        {%- endfor %}
        -- after a merger both lists were put together: the same card under two codes of one school
        first_value(listed.holder_code) over (
            partition by
                listed.county_code, {{ resolved_school('holder_code') }},
                listed.card_id, listed.class_code, listed.original_value_yuan, listed.entered_on
            order by length(listed.holder_code) desc, listed.holder_code
        ) <> listed.holder_code as is_twice,
        {{ faults([
            unresolved('holder_code'),
            unknown_code('use_status', 'listed.use_status', 'use_statuses'),
            unknown_code('use_direction', 'listed.use_direction', 'directions'),
            ('original_value_yuan', 'abs(listed.original_value_yuan) >= run.amount_limit', "'value_out_of_range'"),
        ]) }} as _faults
    from listed
    cross join run
    {{ join_school('holder_code', 'asset_register') }}
    {{ join_meaning('use_statuses', 'use_status', 'listed.use_status') }}
    {{ join_meaning('directions', 'use_direction', 'listed.use_direction') }}
)

select
    * exclude (_faults, is_twice),
    case when _faults = '' and is_twice then 'card_id:' || 'asset_twice' else _faults end as _faults
from judged
