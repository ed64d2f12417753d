-- What each tier brings a month.
select
    booking_month,
    tier,
    sum(recognised_eur_micro) as recognised_eur_micro,
    sum(net_revenue_eur_micro) as net_revenue_eur_micro
from marts.mart_revenue_by_tier
group by booking_month, tier
order by booking_month, tier
