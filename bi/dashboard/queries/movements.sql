-- The MRR walk by month, payment country, tier and kind of movement, in euro and in the customers' currency.
select
    movements.booking_month,
    markets.country_code as country,
    movements.tier,
    movements.currency_code,
    movements.movement_type,
    cast(coalesce(sum(movements.mrr_minor), 0) as bigint) as mrr_minor,
    cast(coalesce(sum(movements.mrr_eur_micro), 0) as bigint) as mrr_eur_micro,
    cast(coalesce(sum(movements.customer_change), 0) as bigint) as customer_change
from marts.fct_subscription_movements as movements
inner join marts.dim_geography as markets on movements.payment_geography_id = markets.geography_id
group by
    movements.booking_month, markets.country_code, movements.tier, movements.currency_code, movements.movement_type
order by
    movements.booking_month, markets.country_code, movements.tier, movements.currency_code, movements.movement_type
