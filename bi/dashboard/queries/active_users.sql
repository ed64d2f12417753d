-- Active listeners by day, and each cell of country and tier, `all` included: they cannot be added up.
select
    date_day,
    payment_country_code as country,
    tier,
    dau,
    wau,
    mau,
    stickiness
from marts.mart_active_users
order by date_day, payment_country_code, tier
