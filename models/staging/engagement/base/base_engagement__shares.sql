with source as (
    select * from {{ source('raw', 'shares') }}
),

renamed as (
    select
        -- ids
        share_id,
        user_id,
        content_id,
        post_id,

        -- attributes
        share_type,
        platform,
        caption,

        -- times
        shared_at,
        expires_at,

        -- arrival
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        share_id,
        user_id,
        content_id,
        post_id,
        nullif(lower({{ trimmed('share_type') }}), '') as share_type,
        nullif(lower({{ trimmed('platform') }}), '') as platform,
        nullif({{ trimmed('caption') }}, '') as caption,
        shared_at,
        expires_at,
        arrived_at,
        load_id
    from renamed
),

judged as (
    select
        cleaned.*,
        case
            when share_id is null or user_id is null or share_type is null or shared_at is null
                then 'missing_value'
            when
                share_type not in ('repost', 'quote', 'external', 'link')
                or platform not in ('whatsapp', 'instagram', 'x', 'telegram', 'facebook')
                then 'unknown_code'
            when expires_at <= shared_at then 'wrong_order'
            when
                (content_id is null) = (post_id is null)
                or (share_type = 'external') <> (platform is not null)
                or (share_type = 'quote') <> (caption is not null)
                then 'contradiction'
            when {{ after_arrival('shared_at') }} then 'started_after_arrival'
        end as broken_rule
    from cleaned
),

copies as (
    select
        judged.*,
        row_number() over (
            partition by share_id, broken_rule is null
            order by arrived_at, load_id
        ) as copy_no
    from judged
),

checked as (
    select
        share_id,
        user_id,
        content_id,
        post_id,
        share_type,
        platform,
        caption,
        shared_at,
        expires_at,
        arrived_at,
        load_id,
        case when broken_rule is null and copy_no > 1 then 'duplicate' else broken_rule end as reject_rule,
        case
            when broken_rule is not null or copy_no > 1
                then {{ row_payload([
                    'share_id', 'user_id', 'content_id', 'post_id', 'share_type', 'platform',
                    'caption', 'shared_at', 'expires_at', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from copies
)

select * from checked
