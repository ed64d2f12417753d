with source as (
    select * from {{ source('raw', 'notifications') }}
),

renamed as (
    select
        -- ids
        notification_id,
        recipient_user_id,
        sender_user_id,
        related_resource_id,
        related_content_id,
        related_user_id,

        -- attributes
        notification_type,
        title,
        message,
        related_resource_type,
        data,

        -- flags
        is_read,
        is_pushed,

        -- times
        created_at,
        read_at,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        notification_id,
        recipient_user_id,
        sender_user_id,
        related_resource_id,
        related_content_id,
        related_user_id,
        nullif(lower({{ trimmed('notification_type') }}), '') as notification_type,
        nullif({{ trimmed('title') }}, '') as title,
        nullif({{ trimmed('message') }}, '') as message,
        nullif({{ trimmed('related_resource_type') }}, '') as related_resource_type,
        nullif({{ trimmed('data') }}, '') as data,
        is_read,
        is_pushed,
        created_at,
        read_at,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
