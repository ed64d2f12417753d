with source as (
    select * from {{ source('raw', 'moods') }}
),

renamed as (
    select
        -- ids
        mood_id,

        -- attributes
        name,

        -- arrival
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        mood_id,
        nullif({{ trimmed('name') }}, '') as name,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
