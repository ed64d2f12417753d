with source as (
    select * from {{ source('raw', 'song_moods') }}
),

renamed as (
    select
        -- ids
        song_id,
        mood_id,

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
