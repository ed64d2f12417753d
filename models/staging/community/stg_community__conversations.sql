with source as (
    select * from {{ source('raw', 'conversations') }}
),

renamed as (
    select
        -- ids
        conversation_id,
        created_by_user_id,
        artist_id,

        -- attributes
        conversation_type,
        title,

        -- numbers
        participant_count,

        -- times
        created_at,
        updated_at,
        archived_at,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        conversation_id,
        created_by_user_id,
        artist_id,
        nullif(lower({{ trimmed('conversation_type') }}), '') as conversation_type,
        nullif({{ trimmed('title') }}, '') as title,
        participant_count,
        created_at,
        updated_at,
        archived_at,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
