-- Every county that the data name: with schools, or with rows that lead to none.
select county_code from {{ ref('int_school') }}
union
select county_code from {{ ref('int_quarantined_row') }} where county_code is not null
order by county_code
