with source as (
    select * from {{ source('raw', 'marketing_touches') }}
),

renamed as (
    select
        -- ids
        marketing_touch_id,
        promo_campaign_id,
        user_id,
        device_id,

        -- attributes
        channel,
        prospect_key,
        touch_type,

        -- times
        touched_at,

        -- arrival
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        marketing_touch_id,
        promo_campaign_id,
        user_id,
        device_id,
        nullif(lower({{ trimmed('channel') }}), '') as channel,
        nullif({{ trimmed('prospect_key') }}, '') as prospect_key,
        nullif(lower({{ trimmed('touch_type') }}), '') as touch_type,
        touched_at,
        arrived_at,
        load_id
    from renamed
),

judged as (
    select
        cleaned.*,
        case
            when
                marketing_touch_id is null
                or promo_campaign_id is null
                or channel is null
                or touch_type is null
                or touched_at is null
                then 'missing_value'
            when
                channel not in ('social_media', 'email', 'push', 'influencer', 'search', 'display')
                or touch_type not in ('sent', 'shown', 'clicked')
                then 'unknown_code'
            when
                (user_id is null) = (prospect_key is null)
                or not (user_id is not null or device_id is null)
                then 'contradiction'
            when {{ after_arrival('touched_at') }} then 'started_after_arrival'
        end as broken_rule
    from cleaned
),

copies as (
    select
        judged.*,
        row_number() over (
            partition by marketing_touch_id, broken_rule is null
            order by arrived_at, load_id
        ) as copy_no
    from judged
),

checked as (
    select
        marketing_touch_id,
        promo_campaign_id,
        user_id,
        device_id,
        channel,
        prospect_key,
        touch_type,
        touched_at,
        arrived_at,
        load_id,
        case when broken_rule is null and copy_no > 1 then 'duplicate' else broken_rule end as reject_rule,
        case
            when broken_rule is not null or copy_no > 1
                then {{ row_payload([
                    'marketing_touch_id', 'promo_campaign_id', 'channel', 'user_id', 'prospect_key',
                    'device_id', 'touch_type', 'touched_at', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from copies
)

select * from checked
