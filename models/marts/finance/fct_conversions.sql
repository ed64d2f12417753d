with
conversions as (
    select * from {{ ref('int_first_paid_periods') }}
),

users as (
    select
        user_id,
        user_key,
        valid_to,
        {{ first_from_the_beginning('user_key') }} as valid_from
    from {{ ref('int_user_versions') }}
),

touches as (
    select
        marketing_touch_id,
        user_id,
        promotion_id,
        touched_at
    from {{ ref('fct_marketing_touches') }}
    where
        is_click
        and not is_prospect
),

redemptions as (
    select
        coupon_redemption_id,
        subscription_id,
        promotion_id,
        row_number() over (partition by subscription_id order by redeemed_at, coupon_redemption_id) as redemption_no
    from {{ ref('fct_coupon_redemptions') }}
),

referrals as (
    select
        referral_id,
        referee_user_id,
        promotion_id,
        row_number() over (partition by referee_user_id order by invited_at, referral_id) as referral_no
    from {{ ref('fct_referrals') }}
    where referee_user_id > 0
),

promotions as (
    select
        promotion_id,
        channel
    from {{ ref('dim_promotion') }}
),

revenue as (
    select * from {{ ref('int_conversion_revenue') }}
),

clock as (
    select data_clock
    from {{ ref('int_clock') }}
),

clicked as (
    select
        conversions.user_id,
        touches.marketing_touch_id,
        touches.promotion_id,
        touches.touched_at,
        row_number() over (
            partition by conversions.user_id order by touches.touched_at desc, touches.marketing_touch_id desc
        ) as click_no
    from conversions
    inner join touches
        on
            conversions.user_id = touches.user_id
            and conversions.clicks_from <= touches.touched_at
            and conversions.converted_at > touches.touched_at
),

-- The last click, else the coupon, else who brought the account.
credited as (
    select
        conversions.*,
        clicked.touched_at,
        case
            when clicked.user_id is not null then 'touch'
            when redemptions.subscription_id is not null then 'coupon'
            when referrals.referee_user_id is not null then 'referral'
            else 'direct'
        end as credited_to,
        coalesce(clicked.promotion_id, redemptions.promotion_id, referrals.promotion_id, {{ not_applicable_key() }})
            as promotion_id,
        clicked.marketing_touch_id,
        case when clicked.user_id is null then redemptions.coupon_redemption_id end as coupon_redemption_id,
        case
            when clicked.user_id is null and redemptions.subscription_id is null then referrals.referral_id
        end as referral_id
    from conversions
    left join clicked
        on
            conversions.user_id = clicked.user_id
            and clicked.click_no = 1
    left join redemptions
        on
            conversions.subscription_id = redemptions.subscription_id
            and redemptions.redemption_no = 1
    left join referrals
        on
            conversions.user_id = referrals.referee_user_id
            and referrals.referral_no = 1
)

select
    credited.user_id,
    {{ fact_version_key('users.user_key', 'credited.user_id') }} as user_key,
    credited.subscription_id,
    cast(coalesce(credited.plan_id, {{ unknown_key() }}) as bigint) as plan_id,
    cast(credited.credited_to as text) as credited_to,
    cast(credited.promotion_id as bigint) as promotion_id,
    cast(case when credited.credited_to = 'direct' then 'direct' else promotions.channel end as text) as channel,
    cast(coalesce(credited.marketing_touch_id, {{ not_applicable_key() }}) as bigint) as marketing_touch_id,
    cast(coalesce(credited.coupon_redemption_id, {{ not_applicable_key() }}) as bigint) as coupon_redemption_id,
    cast(coalesce(credited.referral_id, {{ not_applicable_key() }}) as bigint) as referral_id,
    cast({{ datediff_ms('credited.touched_at', 'credited.converted_at') }} as bigint) as click_delay_ms,
    cast(coalesce(revenue.revenue_reporting_micro, 0) as bigint) as revenue_reporting_micro,
    {{ date_instant('credited.window_end_date') }} <= clock.data_clock as is_window_complete,
    credited.converted_date,
    credited.window_end_date,
    credited.converted_at
from credited
cross join clock
left join promotions on credited.promotion_id = promotions.promotion_id
left join revenue on credited.user_id = revenue.user_id
{{ join_version('credited', 'users', 'user_id', 'converted_at') }}
