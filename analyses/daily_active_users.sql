with
active_users as (
    select * from {{ ref('mart_active_users') }}
)

select
    date_day,
    dau,
    wau,
    mau
from active_users
where
    is_all_countries
    and is_all_tiers
order by date_day
