-- Every way to write a coded value: the code, its label, an alias, or `code-label`.
with code_lists as (
    select * from {{ ref('code_lists') }}
),

run as (
    select as_of_date from {{ ref('int_run') }}
),

valid as (
    select code_lists.*
    from code_lists
    cross join run
    where {{ holds_on('code_lists', 'run.as_of_date') }}
),

labels as (
    select list_id, code, meaning, label_zh as label from valid
    union all
    select list_id, code, meaning, unnest(string_split(aliases, '|')) as label from valid where aliases is not null
),

spellings as (
    select list_id, meaning, code as spelling from valid where code is not null
    union
    select list_id, meaning, label from labels
    union
    select list_id, meaning, code || '-' || label from labels where code is not null
)

select list_id, spelling, meaning from spellings
order by list_id, spelling
