with source as (
    select * from {{ source('raw', 'playlist_items') }}
),

renamed as (
    select
        -- ids
        playlist_item_id,
        playlist_id,
        content_id,
        added_by_user_id,

        -- numbers
        position,

        -- times
        added_at,
        removed_at,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
)

select * from renamed
