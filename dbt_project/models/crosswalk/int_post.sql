{{ config(materialized='ephemeral') }}
-- Posts held, and whether they are teaching posts.
with listed as (
    select * from {{ ref('stg_hr_payroll__posts') }} where _fate = 'current'
)

select
    listed.*,
    categories.meaning as post_kind,
    {{ faults([
        unknown_code('post_category', 'listed.post_category', 'categories'),
    ]) }} as _faults
from listed
{{ join_meaning('categories', 'post_category', 'listed.post_category') }}
