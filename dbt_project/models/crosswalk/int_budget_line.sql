{{ config(materialized='ephemeral') }}
-- Versions of budget lines at the school that the budget unit stands for.
with listed as (
    select * from {{ ref('stg_finance_budget__budget_lines') }} where _fate = 'current'
),

run as (
    select amount_limit from {{ ref('int_run') }}
)

select
    listed.*,
    {{ resolved_school('budget_unit_code') }} as school_id,
    {{ faults([
        unresolved('budget_unit_code'),
        ('amount_yuan', 'abs(listed.amount_yuan) >= run.amount_limit', "'value_out_of_range'"),
    ]) }} as _faults
from listed
cross join run
{{ join_school('budget_unit_code', 'finance_budget') }}
