with
churn_monthly as (
    select *
    from {{ ref('mart_churn_monthly') }}
)

select
    booking_month,
    payment_country as country,
    tier,
    average_customers,
    won_customers,
    lost_voluntary,
    lost_involuntary,
    customer_churn_rate,
    voluntary_churn_rate,
    involuntary_churn_rate,
    gross_revenue_churn_rate,
    net_revenue_churn_rate,
    is_closed
from churn_monthly
order by booking_month desc, is_all_countries desc, payment_geography_id asc, is_all_tiers desc, tier desc
limit 500
