-- Churn of each tier and month.
select
    booking_month,
    tier,
    customer_churn_rate,
    voluntary_churn_rate,
    involuntary_churn_rate,
    net_revenue_churn_rate
from marts.mart_churn_monthly
where is_all_countries
order by booking_month, tier
