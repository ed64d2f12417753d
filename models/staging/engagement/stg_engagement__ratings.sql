with source as (
    select * from {{ source('raw', 'ratings') }}
),

renamed as (
    select
        -- ids
        rating_id,
        user_id,
        song_id,

        -- numbers
        stars,

        -- times
        rated_at,
        updated_at,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
)

select * from renamed
