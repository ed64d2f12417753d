-- Recognised revenue by booking month, payment country, tier and what was sold.
select
    revenue.booking_month,
    markets.country_code as country,
    revenue.tier,
    revenue.service,
    cast(sum(revenue.recognised_eur_micro) as bigint) as recognised_eur_micro
from marts.fct_revenue_daily as revenue
inner join marts.dim_geography as markets on revenue.payment_geography_id = markets.geography_id
group by revenue.booking_month, markets.country_code, revenue.tier, revenue.service
order by revenue.booking_month, markets.country_code, revenue.tier, revenue.service
