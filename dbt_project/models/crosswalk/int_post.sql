{{ config(materialized='ephemeral') }}
-- Posts held, whether they are teaching posts, and what the professional rank held with them amounts to.
with listed as (
    select * from {{ ref('stg_hr_payroll__posts') }} where _fate = 'current'
)

select
    listed.*,
    categories.meaning as post_kind,
    -- no rank is below the middle; one that the list does not know leaves the person's rank unknown
    case
        when coalesce(trim(listed.professional_rank), '') = '' then false
        else ranks.meaning = 'mid_or_above'
    end as is_mid_rank,
    {{ faults([
        unknown_code('post_category', 'listed.post_category', 'categories'),
    ]) }} as _faults
from listed
{{ join_meaning('categories', 'post_category', 'listed.post_category') }}
{{ join_meaning('ranks', 'professional_rank', 'listed.professional_rank') }}
