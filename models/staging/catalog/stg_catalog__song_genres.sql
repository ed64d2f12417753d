with source as (
    select * from {{ source('raw', 'song_genres') }}
),

renamed as (
    select
        -- ids
        song_id,
        genre_id,

        -- numbers
        tag_position,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
)

select * from renamed
