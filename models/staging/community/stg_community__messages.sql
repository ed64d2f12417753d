with source as (
    select * from {{ source('raw', 'messages') }}
),

renamed as (
    select
        -- ids
        message_id,
        conversation_id,
        sender_user_id,
        shared_content_id,
        shared_playlist_id,
        reply_to_message_id,

        -- attributes
        message_type,
        content,
        media_url,

        -- numbers
        read_count,

        -- flags
        is_system_message,

        -- times
        first_read_at,
        sent_at,
        updated_at,
        edited_at,
        deleted_at,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        message_id,
        conversation_id,
        sender_user_id,
        shared_content_id,
        shared_playlist_id,
        reply_to_message_id,
        nullif(lower({{ trimmed('message_type') }}), '') as message_type,
        nullif({{ trimmed('content') }}, '') as content,
        nullif({{ trimmed('media_url') }}, '') as media_url,
        read_count,
        is_system_message,
        first_read_at,
        sent_at,
        updated_at,
        edited_at,
        deleted_at,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
