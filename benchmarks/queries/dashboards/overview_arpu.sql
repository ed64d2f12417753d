-- ARPU of each tier in all countries.
select
    booking_month,
    tier,
    average_users,
    arpu_eur_micro
from marts.mart_arpu_monthly
where is_all_countries
order by booking_month, tier
