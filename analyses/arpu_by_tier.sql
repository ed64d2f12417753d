with
arpu_monthly as (
    select *
    from {{ ref('mart_arpu_monthly') }}
)

select
    booking_month,
    payment_country as country,
    tier,
    currency_code,
    {{ ratio('arpu_micro', '1000000') }} as arpu,
    {{ ratio('arpu_eur_micro', '1000000') }} as arpu_eur,
    {{ ratio('recognised_eur_micro', '1000000') }} as revenue_eur,
    average_users,
    is_closed
from arpu_monthly
order by booking_month desc, is_all_countries desc, payment_geography_id asc, is_all_tiers desc, tier desc
limit 500
