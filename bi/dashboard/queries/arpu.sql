-- ARPU by month, and each cell of country and tier, `all` included.
select
    booking_month,
    payment_country_code as country,
    tier,
    currency_code,
    average_users,
    recognised_eur_micro,
    arpu_micro,
    arpu_eur_micro,
    is_closed
from marts.mart_arpu_monthly
order by booking_month, payment_country_code, tier
