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
        nullif(trim(title), '') as title,
        nullif(lower(trim(album_type)), '') as album_type,
        nullif(upper(trim(upc)), '') as upc,
        release_date,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
