with source as (
    select * from {{ source('raw', 'playlists') }}
),

renamed as (
    select
        -- ids
        playlist_id,
        owner_user_id,
        sponsor_advertiser_id,

        -- attributes
        name,
        playlist_type,
        description,
        cover_url,

        -- numbers
        version_no,

        -- flags
        is_public,
        is_collaborative,

        -- times
        created_at,
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
        playlist_id,
        owner_user_id,
        sponsor_advertiser_id,
        nullif({{ trimmed('name') }}, '') as name,
        nullif(lower({{ trimmed('playlist_type') }}), '') as playlist_type,
        nullif({{ trimmed('description') }}, '') as description,
        nullif({{ trimmed('cover_url') }}, '') as cover_url,
        version_no,
        is_public,
        is_collaborative,
        created_at,
        deleted_at,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
