with base as (
    select * from {{ ref('base_marketing__promo_spend') }}
)

select
    promo_spend_id,
    promo_campaign_id,
    channel,
    currency_code,
    amount_minor,
    contacts,
    clicks,
    spend_date,
    reported_at,
    arrived_at,
    load_id
from base
where {{ is_accepted() }}
