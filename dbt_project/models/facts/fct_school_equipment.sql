with cards as (
    select * from {{ ref('int_asset_card') }} where _faults = ''
)

select
    county_code,
    school_id,
    cast(coalesce(sum(original_value_yuan) filter (where is_teaching_equipment), 0) as decimal(38, 2))
        as equipment_value_yuan
from cards
group by all
order by county_code, school_id
