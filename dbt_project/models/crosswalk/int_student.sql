{{ config(materialized='ephemeral') }}
-- Students on the roll lists in use: their school, the stage of their grade, and whether they are at school.
select * exclude (is_outdated) from {{ ref('int_listed_student') }} where not is_outdated
