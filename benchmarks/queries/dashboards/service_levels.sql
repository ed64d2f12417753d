-- Objectives of a month.
select
    objective,
    measured,
    target_value,
    is_met,
    error_budget_left
from marts.mart_slo_monthly
where month_start_date = date '2026-01-01'
order by objective
