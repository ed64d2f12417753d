with source as (
    select * from {{ source('raw', 'genres') }}
),

renamed as (
    select
        -- ids
        genre_id,
        parent_genre_id,

        -- attributes
        name,

        -- arrival
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        genre_id,
        parent_genre_id,
        nullif({{ trimmed('name') }}, '') as name,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
