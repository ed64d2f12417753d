with source as (
    select * from {{ source('raw', 'artists') }}
),

renamed as (
    select
        -- ids
        artist_id,
        cast(artist_uuid as text) as artist_uuid,
        user_id,
        label_id,
        country_id,

        -- attributes
        name,
        verification_status,
        biography,
        picture_url,
        cover_url,

        -- times
        created_at,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        artist_id,
        lower(artist_uuid) as artist_uuid,
        user_id,
        label_id,
        country_id,
        nullif({{ trimmed('name') }}, '') as name,
        nullif(lower({{ trimmed('verification_status') }}), '') as verification_status,
        nullif({{ trimmed('biography') }}, '') as biography,
        nullif({{ trimmed('picture_url') }}, '') as picture_url,
        nullif({{ trimmed('cover_url') }}, '') as cover_url,
        created_at,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
