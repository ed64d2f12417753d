with
touches as (
    select * from {{ ref('stg_marketing__marketing_touches') }}
),

promotions as (
    select promotion_id from {{ ref('dim_promotion') }}
),

users as (
    select
        user_id,
        user_key,
        valid_from,
        valid_to,
        load_id
    from {{ ref('int_user_homes') }}
),

resolved as (
    select
        touches.*,
        promotions.promotion_id,
        users.user_key,
        greatest(touches.load_id, users.load_id) as inputs_load_id
    from touches
    left join promotions on {{ promotion_id('campaign', 'touches.promo_campaign_id') }} = promotions.promotion_id
    {{ join_version('touches', 'users', 'user_id', 'touched_at') }}
)

select
    marketing_touch_id,
    cast(coalesce(promotion_id, {{ unknown_key() }}) as bigint) as promotion_id,
    cast(coalesce(user_id, {{ not_applicable_key() }}) as bigint) as user_id,
    {{ fact_version_key('user_key', 'user_id') }} as user_key,
    cast(coalesce(device_id, {{ not_applicable_key() }}) as bigint) as device_id,
    channel,
    touch_type,
    user_id is null as is_prospect,
    touch_type = 'clicked' as is_click,
    {{ to_date('touched_at') }} as touched_date,
    touched_at,
    arrived_at,
    inputs_load_id as load_id
from resolved
