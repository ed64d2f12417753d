-- Revenue by booking month, payment country and tier.
select
    booking_month,
    payment_country_code as country,
    tier,
    subscription_eur_micro,
    advertising_eur_micro,
    commission_eur_micro,
    recognised_eur_micro,
    fee_eur_micro,
    net_revenue_eur_micro,
    gmv_eur_micro
from marts.mart_revenue_by_tier
order by booking_month, payment_country_code, tier
