with source as (
    select * from {{ source('raw', 'promo_spend') }}
),

renamed as (
    select
        -- ids
        promo_spend_id,
        promo_campaign_id,

        -- attributes
        channel,
        currency_code,

        -- numbers
        amount_minor,
        contacts,
        clicks,

        -- times
        spend_date,
        reported_at,

        -- arrival
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        promo_spend_id,
        promo_campaign_id,
        nullif(lower({{ trimmed('channel') }}), '') as channel,
        nullif(upper({{ trimmed('currency_code') }}), '') as currency_code,
        amount_minor,
        contacts,
        clicks,
        spend_date,
        reported_at,
        arrived_at,
        load_id
    from renamed
),

judged as (
    select
        cleaned.*,
        case
            when
                promo_spend_id is null
                or promo_campaign_id is null
                or channel is null
                or spend_date is null
                or amount_minor is null
                or currency_code is null
                or contacts is null
                or clicks is null
                or reported_at is null
                then 'missing_value'
            when channel not in ('social_media', 'email', 'push', 'influencer', 'search', 'display')
                then 'unknown_code'
            when not {{ regexp_like('currency_code', '^[A-Z]{3}$') }} then 'malformed_value'
            when amount_minor < 0 then 'negative_amount'
            when not (clicks between 0 and contacts) then 'contradiction'
            when {{ after_arrival('reported_at') }} then 'started_after_arrival'
        end as broken_rule
    from cleaned
),

copies as (
    select
        judged.*,
        row_number() over (
            partition by promo_spend_id, broken_rule is null
            order by arrived_at, load_id
        ) as copy_no
    from judged
),

checked as (
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
        load_id,
        case when broken_rule is null and copy_no > 1 then 'duplicate' else broken_rule end as reject_rule,
        case
            when broken_rule is not null or copy_no > 1
                then {{ row_payload([
                    'promo_spend_id', 'promo_campaign_id', 'channel', 'spend_date', 'amount_minor',
                    'currency_code', 'contacts', 'clicks', 'reported_at', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from copies
)

select * from checked
