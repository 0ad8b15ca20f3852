-- What the budgets of successive years give to education, and per student (两个只增不减). Compared exactly, in whole cents
-- and heads; a year without the one before it says nothing of growth.
with lines as (
    select * from {{ ref('stg_finance_budget__budget_table') }} where _fate = 'current'
),

rolls as (
    select * from {{ ref('fct_county_roll') }}
),

counties as (
    select * from {{ ref('int_county') }}
),

run as (
    select as_of_date from {{ ref('int_run') }}
),

functions as (
    select functions.*
    from {{ ref('budget_functions') }} as functions
    cross join run
    where {{ holds_on('functions', 'run.as_of_date') }}
),

totals as (
    -- the amount of a function is its heading 合计; where a class and its items both stand, the items
    select lines.county_code, lines.fiscal_year, lines.budget_unit_code, lines.function_code, lines.amount_yuan
    from lines
    anti join lines as items
        on lines.county_code = items.county_code
        and lines.fiscal_year = items.fiscal_year
        and lines.budget_unit_code = items.budget_unit_code
        and lines.function_code <> items.function_code
        and starts_with(items.function_code, lines.function_code)
    where lines.item = '合计'
),

spent as (
    select
        totals.county_code,
        totals.fiscal_year,
        functions.spending,
        functions.name_zh,
        functions.name_en,
        functions.stage,
        count(distinct totals.budget_unit_code) as units,
        cast(sum(totals.amount_yuan) as decimal(18, 2)) as total_yuan
    from totals
    join functions on starts_with(totals.function_code, functions.prefix)
    group by all
),

taught as (
    select county_code, fiscal_year, stage, students, basis from rolls
    union all
    -- all compulsory stages, where every one is told
    select county_code, fiscal_year, 'all', sum(students), max_by(basis, basis = 'declared')
    from rolls
    group by all
    having count(*) = (select count(distinct stage) from {{ ref('school_type_stages') }})
),

years as (
    select
        spent.*,
        cast(nullif(taught.students, 0) as bigint) as students,
        taught.basis,
        {{ in_hundredths('spent.total_yuan') }} as cents
    from spent
    left join taught
        on spent.county_code = taught.county_code
        and spent.fiscal_year = taught.fiscal_year
        and spent.stage = taught.stage
),

compared as (
    select
        years.*,
        before.units as previous_units,
        before.total_yuan as previous_total_yuan,
        before.students as previous_students,
        before.cents as previous_cents,
        years.cents - before.cents as more_cents,
        -- cents per student of both years on one denominator
        years.cents * before.students as per_student_now,
        before.cents * years.students as per_student_before,
        case when 'declared' in (years.basis, before.basis) then 'declared' else 'records' end as basis_of_both
    from years
    left join years as before
        on years.county_code = before.county_code
        and years.spending = before.spending
        and years.fiscal_year = before.fiscal_year + 1
)

select
    run.as_of_date,
    compared.county_code,
    compared.fiscal_year,
    compared.spending,
    compared.name_zh,
    compared.name_en,
    compared.units,
    compared.previous_units,
    cast(compared.total_yuan as double) as total_yuan,
    cast(compared.previous_total_yuan as double) as previous_total_yuan,
    cast(compared.more_cents as double) / nullif(cast(compared.previous_cents as double), 0) as total_growth,
    compared.students,
    compared.previous_students,
    cast(compared.total_yuan as double) / compared.students as per_student_yuan,
    cast(compared.previous_total_yuan as double) / compared.previous_students as previous_per_student_yuan,
    cast(compared.per_student_now - compared.per_student_before as double)
        / nullif(cast(compared.per_student_before as double), 0) as per_student_growth,
    compared.more_cents >= 0 as is_total_not_reduced,
    compared.per_student_now >= compared.per_student_before as is_per_student_not_reduced,
    compared.basis_of_both as basis
from compared
cross join run
-- codes that no county of the run bears are no county
join counties on compared.county_code = counties.county_code
order by compared.county_code, compared.fiscal_year, compared.spending
