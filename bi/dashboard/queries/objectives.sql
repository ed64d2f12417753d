-- Service levels by month: what was measured, what was promised, and what is left of the error budget.
select
    levels.objective,
    levels.month_start_date,
    levels.title,
    levels.kind,
    levels.threshold,
    levels.threshold_unit,
    levels.target_value,
    levels.measured,
    levels.samples,
    levels.bad,
    levels.allowed,
    levels.is_met,
    levels.error_budget_left
from marts.mart_slo_monthly as levels
where levels.month_start_date >= (select min(arpu.booking_month) from marts.mart_arpu_monthly as arpu)
order by levels.objective, levels.month_start_date
