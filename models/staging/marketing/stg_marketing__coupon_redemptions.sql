with base as (
    select * from {{ ref('base_marketing__coupon_redemptions') }}
)

select
    coupon_redemption_id,
    coupon_id,
    user_id,
    subscription_id,
    transaction_id,
    currency_code,
    discount_minor,
    redeemed_at,
    arrived_at,
    load_id
from base
where {{ is_accepted() }}
