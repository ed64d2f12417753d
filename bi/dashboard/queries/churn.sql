-- Customers won and lost by month, and each cell of country and tier, `all` included.
select
    booking_month,
    payment_country_code as country,
    tier,
    average_customers,
    won_customers,
    lost_customers,
    lost_voluntary,
    lost_involuntary,
    customer_churn_rate,
    gross_revenue_churn_rate,
    net_revenue_churn_rate,
    is_closed
from marts.mart_churn_monthly
order by booking_month, payment_country_code, tier
