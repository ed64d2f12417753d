with source as (
    select * from {{ source('raw', 'song_works') }}
),

renamed as (
    select
        -- ids
        song_id,
        work_id,

        -- numbers
        share_ppm,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
)

select * from renamed
