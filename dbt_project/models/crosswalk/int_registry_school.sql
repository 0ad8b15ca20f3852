{{ config(materialized='ephemeral') }}
-- Rows of the school register in use, with the kind of school told by the code list.
with registered as (
    select * from {{ ref('stg_registry__schools') }} where _fate = 'current'
)

select
    registered.*,
    education_types.meaning as school_type,
    organizers.meaning as ownership,
    urban_rural.meaning as urban_rural,
    boarding.meaning as boarding,
    {{ faults([unknown_code('education_type', 'registered.education_type', 'education_types')]) }} as _faults
from registered
{{ join_meaning('education_types', 'education_type', 'registered.education_type') }}
{{ join_meaning('organizers', 'organizer', 'registered.organizer') }}
{{ join_meaning('urban_rural', 'urban_rural', 'registered.urban_rural_code') }}
{{ join_meaning('boarding', 'yes_no', 'registered.is_boarding') }}
