with
levels as (
    select * from {{ ref('mart_slo_monthly') }}
)

select
    month_start_date,
    objective,
    requirement_id,
    title,
    target_value,
    measured,
    samples,
    bad,
    is_met,
    error_budget_left
from levels
order by month_start_date desc, is_met asc, objective asc
limit 500
