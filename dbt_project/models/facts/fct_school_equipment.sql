with cards as (
    select * from {{ ref('int_asset_card') }} where _faults = ''
)

select
    county_code,
    school_id,
    cast(coalesce(sum(original_value_yuan) filter (where is_teaching_equipment), 0) as decimal(38, 2))
        as equipment_value_yuan,
    -- pieces; a card that does not say how many leaves the school's number unknown
    case
        when count(*) filter (where is_computer and quantity is null) = 0
            then cast(coalesce(sum(quantity) filter (where is_computer), 0) as bigint)
    end as computers
from cards
group by all
order by county_code, school_id
