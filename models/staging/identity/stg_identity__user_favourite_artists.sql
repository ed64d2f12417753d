with source as (
    select * from {{ source('raw', 'user_favourite_artists') }}
),

renamed as (
    select
        -- ids
        user_id,
        artist_id,

        -- numbers
        preference_rank,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
)

select * from renamed
