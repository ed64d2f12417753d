with source as (
    select * from {{ source('raw', 'coupon_redemptions') }}
),

renamed as (
    select
        -- ids
        coupon_redemption_id,
        coupon_id,
        user_id,
        subscription_id,
        transaction_id,

        -- attributes
        currency_code,

        -- numbers
        discount_minor,

        -- times
        redeemed_at,

        -- arrival
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        coupon_redemption_id,
        coupon_id,
        user_id,
        subscription_id,
        transaction_id,
        nullif(upper({{ trimmed('currency_code') }}), '') as currency_code,
        discount_minor,
        redeemed_at,
        arrived_at,
        load_id
    from renamed
),

judged as (
    select
        cleaned.*,
        case
            when
                coupon_redemption_id is null
                or coupon_id is null
                or user_id is null
                or subscription_id is null
                or discount_minor is null
                or currency_code is null
                or redeemed_at is null
                then 'missing_value'
            when not {{ regexp_like('currency_code', '^[A-Z]{3}$') }} then 'malformed_value'
            when discount_minor < 0 then 'negative_amount'
            when {{ after_arrival('redeemed_at') }} then 'started_after_arrival'
        end as broken_rule
    from cleaned
),

copies as (
    select
        judged.*,
        row_number() over (
            partition by coupon_redemption_id, broken_rule is null
            order by arrived_at, load_id
        ) as copy_no
    from judged
),

checked as (
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
        load_id,
        case when broken_rule is null and copy_no > 1 then 'duplicate' else broken_rule end as reject_rule,
        case
            when broken_rule is not null or copy_no > 1
                then {{ row_payload([
                    'coupon_redemption_id', 'coupon_id', 'user_id', 'subscription_id',
                    'transaction_id', 'discount_minor', 'currency_code', 'redeemed_at',
                    'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from copies
)

select * from checked
