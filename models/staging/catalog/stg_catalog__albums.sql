with source as (
    select * from {{ source('raw', 'albums') }}
),

renamed as (
    select
        -- ids
        album_id,
        artist_id,
        label_id,

        -- attributes
        title,
        album_type,
        upc,
        description,
        cover_url,

        -- times
        release_date,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        album_id,
        artist_id,
        label_id,
        nullif({{ trimmed('title') }}, '') as title,
        nullif(lower({{ trimmed('album_type') }}), '') as album_type,
        nullif({{ trimmed('upc') }}, '') as upc,
        nullif({{ trimmed('description') }}, '') as description,
        nullif({{ trimmed('cover_url') }}, '') as cover_url,
        release_date,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
