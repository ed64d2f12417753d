-- Active listeners of a month, day by day.
select
    date_day,
    dau,
    wau,
    mau
from marts.mart_active_users
where
    is_all_countries
    and is_all_tiers
    and date_day between date '2026-01-15' and date '2026-02-11'
order by date_day
