with
active_users as (
    select *
    from {{ ref('mart_active_users') }}
),

last_day as (
    select max(date_day) as date_day
    from active_users
),

-- The last day of each month, and the data day for the month that is still open.
month_ends as (
    select active_users.*
    from active_users
    cross join last_day
    where
        active_users.is_all_tiers
        and (active_users.is_month_end or active_users.date_day = last_day.date_day)
)

select
    date_day as as_of_date,
    payment_country as country,
    mau,
    wau,
    dau,
    average_dau,
    stickiness
from month_ends
order by date_day asc, is_all_countries desc, mau desc, payment_geography_id asc
limit 500
