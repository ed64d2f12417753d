with
sharing as (
    select * from {{ ref('mart_account_sharing') }}
),

users as (
    select
        user_id,
        payment_country,
        user_type
    from {{ ref('dim_user') }}
    where is_current
)

select
    sharing.user_id,
    users.payment_country,
    users.user_type,
    sharing.countries,
    sharing.country_changes,
    sharing.impossible_travels,
    sharing.plays_above_limit,
    sharing.devices,
    sharing.days_played,
    sharing.plays,
    sharing.has_many_countries as is_over_threshold,
    sharing.signs
from sharing
inner join users on sharing.user_id = users.user_id
where
    sharing.countries > 1
    or sharing.is_suspected
order by sharing.signs desc, sharing.countries desc, sharing.country_changes desc, sharing.user_id asc
limit 1000
