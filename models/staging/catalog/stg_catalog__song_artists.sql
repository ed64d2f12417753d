with source as (
    select * from {{ source('raw', 'song_artists') }}
),

renamed as (
    select
        -- ids
        song_id,
        artist_id,

        -- attributes
        role,

        -- numbers
        credit_position,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        song_id,
        artist_id,
        nullif(lower({{ trimmed('role') }}), '') as role,
        credit_position,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
